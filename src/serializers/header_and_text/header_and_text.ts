/** Headers as Java prints a map, a blank, and the body, one event a line: for looking at by eye. Nothing is escaped. */
import { flag } from '../../config/setting-kinds.ts'
import { defineSerializer } from '../../flow/component.ts'
import { type Batch, bodyLengthOf, copyBody, type Headers, noHeaders } from '../../flow/event.ts'
import type { Serializer } from '../../flow/serializer.ts'
import { javaMapOrder } from '../../formats/java-map-order.ts'
import { outputBuffer } from '../../formats/output-buffer.ts'

const newline = 10

const headersText = (headers: Headers): Buffer => {
  const entries = javaMapOrder(Object.keys(headers)).map((name) => `${name}=${headers[name] ?? ''}`)
  return Buffer.from(`{${entries.join(', ')}} `)
}

class HeaderAndTextSerializer implements Serializer {
  readonly appendable = true
  readonly #endBytes: 0 | 1
  #headers = noHeaders
  #text = headersText(noHeaders)

  constructor(appendNewline: boolean) {
    this.#endBytes = appendNewline ? 1 : 0
  }

  encode(batch: Batch): readonly Uint8Array[] {
    let length = 0
    for (const event of batch) length += this.#textOf(event.headers).length + bodyLengthOf(event) + this.#endBytes
    const into = outputBuffer(length)
    const { bytes } = into
    let at = 0
    for (const event of batch) {
      at += this.#textOf(event.headers).copy(bytes, at)
      copyBody(event, into, at)
      at += bodyLengthOf(event)
      if (this.#endBytes === 1) bytes[at++] = newline
    }
    return [bytes.subarray(0, at)]
  }

  /** Events of a run share their headers. */
  #textOf(headers: Headers): Buffer {
    if (headers !== this.#headers) {
      this.#headers = headers
      this.#text = headersText(headers)
    }
    return this.#text
  }
}

export const headerAndText = defineSerializer({
  type: 'header_and_text',
  aliases: ['org.apache.flume.serialization.HeaderAndBodyTextEventSerializer$Builder'],
  summary: 'Headers and body, one event a line.',
  settings: { appendNewline: flag({ doc: 'End each event with a newline.', default: true }) },
  create: ({ appendNewline }) => new HeaderAndTextSerializer(appendNewline),
})
