/** Bodies as lines, for file_roll and hdfs: what most people want of a log. Headers are left out, and newlines inside bodies are not escaped. */
import { flag } from '../../config/setting-kinds.ts'
import { defineSerializer } from '../../flow/component.ts'
import { type Batch, bodyLengthOf, copyBody } from '../../flow/event.ts'
import type { Serializer } from '../../flow/serializer.ts'
import { outputBuffer } from '../../formats/output-buffer.ts'

const newline = 10
const newlineBytes = Uint8Array.of(newline)
/** Longer bodies are not worth a copy. */
const copiedBytesMax = 1024 * 1024

class TextSerializer implements Serializer {
  readonly appendable = true
  readonly #endBytes: 0 | 1

  constructor(appendNewline: boolean) {
    this.#endBytes = appendNewline ? 1 : 0
  }

  encode(batch: Batch): readonly Uint8Array[] {
    const ends = this.#endBytes
    let length = batch.length * ends
    for (const event of batch) {
      const bytes = bodyLengthOf(event)
      if (bytes > copiedBytesMax) return this.#uncopied(batch)
      length += bytes
    }
    const into = outputBuffer(length)
    const { bytes } = into
    let at = 0
    for (const event of batch) {
      copyBody(event, into, at)
      at += bodyLengthOf(event)
      if (ends === 1) bytes[at++] = newline
    }
    return [bytes.subarray(0, at)]
  }

  #uncopied(batch: Batch): readonly Uint8Array[] {
    return batch.flatMap(({ body }) => (this.#endBytes === 1 ? [body, newlineBytes] : [body]))
  }
}

export const text = defineSerializer({
  type: 'text',
  aliases: ['org.apache.flume.serialization.BodyTextEventSerializer$Builder'],
  summary: 'Bodies, one a line.',
  settings: { appendNewline: flag({ doc: 'End each body with a newline.', default: true }) },
  create: ({ appendNewline }) => new TextSerializer(appendNewline),
})
