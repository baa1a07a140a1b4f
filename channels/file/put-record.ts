/**
 * The record that a put leaves in a data file, as README.md specifies it: a header (record-form.ts), the different headers of its events once each, and the
 * events. All numbers are big-endian; lengths are unsigned LEB128. A record is read only after its checksum, so lengths in it are believed.
 */
import { Chunk } from '../../src/base/chunk.ts'
import {
  type Batch,
  bodyLengthOf,
  copyBody,
  type Event,
  type Headers,
  noHeaders,
  PlainEvent,
} from '../../src/flow/event.ts'
import { putRecordHeader, type RecordForm, type RecordHeader, recordHeaderBytes } from './record-form.ts'

const varintBytes = (value: number): number => {
  let bytes = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) bytes++
  return bytes
}

const putVarint = (into: Uint8Array, from: number, value: number): number => {
  let at = from
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) into[at++] = (rest % 128) | 0x80
  into[at++] = rest
  return at
}

const textBytes = (text: string): number => {
  const bytes = Buffer.byteLength(text)
  return varintBytes(bytes) + bytes
}

const headersBytes = (headers: Headers): number => {
  const entries = Object.entries(headers)
  return entries.reduce((sum, [name, value]) => sum + textBytes(name) + textBytes(value), varintBytes(entries.length))
}

/** Events of a batch with equal headers share one object: each is written once. */
interface Layout {
  readonly sets: readonly Headers[]
  /** Which set each event has; undefined when there is one for all. */
  readonly setOf: readonly number[] | undefined
  readonly sizeInBytes: number
}

/** More different headers than this are not looked for again: each event then brings its own. */
const setsSearched = 16

const setsOf = (batch: Batch): Pick<Layout, 'sets' | 'setOf'> => {
  const first = batch[0]?.headers ?? noHeaders
  if (batch.every((event) => event.headers === first)) return { sets: [first], setOf: undefined }
  const sets: Headers[] = []
  const setOf = batch.map(({ headers }) => {
    const oldest = Math.max(0, sets.length - setsSearched)
    for (let i = sets.length - 1; i >= oldest; i--) if (sets[i] === headers) return i
    return sets.push(headers) - 1
  })
  return { sets, setOf }
}

const layoutOf = (batch: Batch): Layout => {
  const { sets, setOf } = setsOf(batch)
  let bytes = recordHeaderBytes
  for (const headers of sets) bytes += headersBytes(headers)
  for (const event of batch) {
    const length = bodyLengthOf(event)
    bytes += varintBytes(length) + length
  }
  if (setOf !== undefined) for (const set of setOf) bytes += varintBytes(set)
  return { sets, setOf, sizeInBytes: bytes }
}

const putText = (into: Buffer, at: number, text: string): number => {
  const start = putVarint(into, at, Buffer.byteLength(text))
  return start + into.write(text, start)
}

const putHeaders = (into: Buffer, from: number, headers: Headers): number => {
  const entries = Object.entries(headers)
  let at = putVarint(into, from, entries.length)
  for (const [name, value] of entries) at = putText(into, putText(into, at, name), value)
  return at
}

/** The size of the record of a batch. */
export const recordBytesOf = (batch: Batch): number => layoutOf(batch).sizeInBytes

/** Where records are built, one after the other, until they are written together. */
export class RecordBuffer {
  #chunk: Chunk
  #size = 0

  constructor(bytesAtFirst = 65_536) {
    this.#chunk = new Chunk(Buffer.allocUnsafeSlow(bytesAtFirst))
  }

  /** What was added since `clear`, with the checksums for `position` in a file of this `form`; good until the next `add`. */
  sealed(form: RecordForm, position: number): Buffer {
    for (let at = 0; at < this.#size;) at += form.seal(this.#chunk.bytes, at, position + at)
    return this.#chunk.bytes.subarray(0, this.#size)
  }

  get size(): number {
    return this.#size
  }

  /** Adds the record of a batch that has at least one event. Returns its size. */
  add(batch: Batch, firstOrdinal: number): number {
    const layout = layoutOf(batch)
    const from = this.#size
    this.#reserve(from + layout.sizeInBytes)
    const into = this.#chunk.bytes
    const { sizeInBytes, sets } = layout
    putRecordHeader(into, from, { sizeInBytes, firstOrdinal, count: batch.length, headerSets: sets.length })
    let at = from + recordHeaderBytes
    for (const headers of sets) at = putHeaders(into, at, headers)
    for (let i = 0; i < batch.length; i++) {
      const event = batch[i] as Event
      const length = bodyLengthOf(event)
      if (layout.setOf !== undefined) at = putVarint(into, at, layout.setOf[i] ?? 0)
      at = putVarint(into, at, length)
      copyBody(event, this.#chunk, at)
      at += length
    }
    this.#size = at
    return sizeInBytes
  }

  /** Forgets everything, and gives room back that one large batch took. */
  clear(keepBytes = 8 * 1024 * 1024): void {
    this.#size = 0
    if (this.#chunk.length > keepBytes) this.#chunk = new Chunk(Buffer.allocUnsafeSlow(65_536))
  }

  #reserve(bytes: number): void {
    const { bytes: before } = this.#chunk
    if (bytes <= before.length) return
    const wider = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * before.length))
    before.copy(wider, 0, 0, this.#size)
    this.#chunk = new Chunk(wider)
  }
}

class Cursor {
  readonly bytes: Buffer
  at: number

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes
    this.at = at
  }

  varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++] ?? 0
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }

  text(): string {
    const end = this.varint() + this.at
    const text = this.bytes.toString('utf8', this.at, end)
    this.at = end
    return text
  }

  headers(): Headers {
    const names = this.varint()
    if (names === 0) return noHeaders
    const entries: [string, string][] = []
    for (let i = 0; i < names; i++) entries.push([this.text(), this.text()])
    return Object.freeze(Object.fromEntries(entries))
  }

  body(): Buffer {
    const end = this.varint() + this.at
    const body = this.bytes.subarray(this.at, end)
    this.at = end
    return body
  }
}

/** The events of a record that is whole; their bodies are views into `bytes`. */
export const eventsOf = (bytes: Buffer, at: number, { count, headerBytes, headerSets }: RecordHeader): Event[] => {
  const cursor = new Cursor(bytes, at + headerBytes)
  const sets = Array.from({ length: headerSets }, () => cursor.headers())
  const only = sets.length === 1 ? sets[0] : undefined
  const events: Event[] = []
  for (let i = 0; i < count; i++) {
    const headers = only ?? sets[cursor.varint()] ?? noHeaders
    events.push(new PlainEvent(headers, cursor.body()))
  }
  return events
}
