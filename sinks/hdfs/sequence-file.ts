/**
 * Hadoop's SequenceFile, version 6, without compression, as Flume writes it: the key is the event's time, the value its body; headers are left out.
 * Every batch begins with a sync point, so that readers that start in the middle find their way.
 */
import { writeI64 } from '../../src/base/bytes.ts'
import type { Chunk } from '../../src/base/chunk.ts'
import { type Batch, bodyLengthOf, copyBody, type Event, type Headers } from '../../src/flow/event.ts'
import type { Serializer } from '../../src/flow/serializer.ts'
import { timestampOf } from '../../src/formats/escapes.ts'
import { outputBuffer } from '../../src/formats/output-buffer.ts'

export type WriteFormat = 'Writable' | 'Text'

const magic = Buffer.from([0x53, 0x45, 0x51, 0x06])
const keyClass = 'org.apache.hadoop.io.LongWritable'
const valueClass = { Writable: 'org.apache.hadoop.io.BytesWritable', Text: 'org.apache.hadoop.io.Text' } as const

const keyBytes = 8
/** Length of the record and of the key. */
const recordHeadBytes = 8
const syncEscape = -1

/** Hadoop's VInt of a length: one byte up to 127, else how many bytes follow, then those. */
export const vint = (value: number): Buffer => {
  if (value < 128) return Buffer.from([value])
  const bytes = Buffer.alloc(5)
  bytes.writeUInt32BE(value, 1)
  let skip = 1
  while (bytes[skip] === 0) skip++
  bytes[skip - 1] = 0x100 - 112 - (5 - skip)
  return bytes.subarray(skip - 1)
}

const withLength = (text: string): Buffer => Buffer.concat([vint(Buffer.byteLength(text)), Buffer.from(text)])

export class SequenceFile implements Serializer {
  readonly appendable = false
  readonly #format: WriteFormat
  readonly #sync: Buffer
  readonly #now: () => number
  #headers: Headers | undefined
  #keyMs = 0

  /** `sync` is 16 bytes that no other file has; `now` the time of events that have none. */
  constructor(format: WriteFormat, sync: Buffer, now: () => number) {
    this.#format = format
    this.#sync = sync
    this.#now = now
  }

  begin(): Uint8Array {
    const notCompressed = Buffer.alloc(2)
    const noMetadata = Buffer.alloc(4)
    const classes = [withLength(keyClass), withLength(valueClass[this.#format])]
    return Buffer.concat([magic, ...classes, notCompressed, noMetadata, this.#sync])
  }

  encode(batch: Batch): readonly Uint8Array[] {
    const lengthsMax = batch.length * (recordHeadBytes + keyBytes + 5)
    let room = 4 + this.#sync.length + lengthsMax
    for (const event of batch) room += bodyLengthOf(event)
    const into = outputBuffer(room)
    const { bytes } = into
    let at = bytes.writeInt32BE(syncEscape, 0)
    at += this.#sync.copy(bytes, at)
    for (const event of batch) at = this.#put(event, into, at)
    return [bytes.subarray(0, at)]
  }

  #put(event: Event, into: Chunk, from: number): number {
    const { bytes } = into
    const length = bodyLengthOf(event)
    const keyAt = from + recordHeadBytes
    const bodyAt = this.#putLength(length, bytes, keyAt + keyBytes)
    const end = bodyAt + length
    bytes.writeInt32BE(end - keyAt, from)
    bytes.writeInt32BE(keyBytes, from + 4)
    writeI64(bytes, keyAt, this.#timeOf(event.headers))
    copyBody(event, into, bodyAt)
    return end
  }

  #putLength(length: number, into: Buffer, at: number): number {
    if (this.#format === 'Writable') return into.writeInt32BE(length, at)
    if (length < 128) {
      into[at] = length
      return at + 1
    }
    return at + vint(length).copy(into, at)
  }

  /** Events of a run share their headers. */
  #timeOf(headers: Headers): number {
    if (headers !== this.#headers) {
      this.#headers = headers
      this.#keyMs = timestampOf(headers) ?? this.#now()
    }
    return this.#keyMs
  }
}
