/**
 * The record that a put leaves in a data file, as README.md specifies it: a header of 28 bytes, the different headers of its events once each, and the
 * events. All numbers are big-endian; lengths are unsigned LEB128. A record is read only after its checksum, so lengths in it are believed.
 */
import { crc32c } from '../../src/base/checksums.ts'
import { type Batch, bodyLengthOf, type Event, type Headers, noHeaders, PlainEvent } from '../../src/flow/event.ts'

/** `MEV1`: where a record begins, so that a reader finds the next one behind damage. */
export const recordMagic = 0x4d_45_56_31
export const recordHeaderBytes = 28
/** Nothing longer is written or believed: an event, its headers and what stands around them. */
export const recordBytesMax = 1 << 30

const lengthAt = 4
const checksumAt = 8
/** The checksum covers everything from here on. */
const checkedAt = 12
const ordinalAt = 12
const countAt = 20
const headerSetsAt = 24

/** What stands in a record's header. */
export interface RecordHeader {
  /** The whole record. */
  readonly sizeInBytes: number
  readonly firstOrdinal: number
  readonly count: number
}

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
  #bytes: Buffer
  #size = 0

  constructor(bytesAtFirst = 65_536) {
    this.#bytes = Buffer.allocUnsafeSlow(bytesAtFirst)
  }

  /** What was added since `clear`; good until the next `add`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size)
  }

  get size(): number {
    return this.#size
  }

  /** Adds the record of a batch that has at least one event. Returns its size. */
  add(batch: Batch, firstOrdinal: number): number {
    const layout = layoutOf(batch)
    const from = this.#size
    this.#reserve(from + layout.sizeInBytes)
    const into = this.#bytes
    into.writeUInt32BE(recordMagic, from)
    into.writeUInt32BE(layout.sizeInBytes, from + lengthAt)
    into.writeBigUInt64BE(BigInt(firstOrdinal), from + ordinalAt)
    into.writeUInt32BE(batch.length, from + countAt)
    into.writeUInt32BE(layout.sets.length, from + headerSetsAt)
    let at = from + recordHeaderBytes
    for (const headers of layout.sets) at = putHeaders(into, at, headers)
    for (let i = 0; i < batch.length; i++) {
      const { body } = batch[i] as Event
      if (layout.setOf !== undefined) at = putVarint(into, at, layout.setOf[i] ?? 0)
      at = putVarint(into, at, body.length)
      into.set(body, at)
      at += body.length
    }
    into.writeUInt32BE(crc32c(into.subarray(from + checkedAt, at)), from + checksumAt)
    this.#size = at
    return layout.sizeInBytes
  }

  /** Forgets everything, and gives room back that one large batch took. */
  clear(keepBytes = 8 * 1024 * 1024): void {
    this.#size = 0
    if (this.#bytes.length > keepBytes) this.#bytes = Buffer.allocUnsafeSlow(65_536)
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return
    const wider = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * this.#bytes.length))
    this.#bytes.copy(wider, 0, 0, this.#size)
    this.#bytes = wider
  }
}

/** The header at `at`, of which `bytes` has at least `recordHeaderBytes`; undefined where none begins. Nothing is checked yet but the magic and the length. */
export const readRecordHeader = (bytes: Buffer, at: number): RecordHeader | undefined => {
  if (bytes.readUInt32BE(at) !== recordMagic) return undefined
  const sizeInBytes = bytes.readUInt32BE(at + lengthAt)
  const count = bytes.readUInt32BE(at + countAt)
  if (sizeInBytes <= recordHeaderBytes || sizeInBytes > recordBytesMax || count === 0) return undefined
  const firstOrdinal = Number(bytes.readBigUInt64BE(at + ordinalAt))
  if (!Number.isSafeInteger(firstOrdinal)) return undefined
  return { sizeInBytes, firstOrdinal, count }
}

/** Whether the record's checksum holds; all of it must be in `bytes`. */
export const isWhole = (bytes: Buffer, at: number, { sizeInBytes }: RecordHeader): boolean =>
  bytes.readUInt32BE(at + checksumAt) === crc32c(bytes.subarray(at + checkedAt, at + sizeInBytes))

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
export const eventsOf = (bytes: Buffer, at: number, { count }: RecordHeader): Event[] => {
  const cursor = new Cursor(bytes, at + recordHeaderBytes)
  const sets = Array.from({ length: bytes.readUInt32BE(at + headerSetsAt) }, () => cursor.headers())
  const only = sets.length === 1 ? sets[0] : undefined
  const events: Event[] = []
  for (let i = 0; i < count; i++) {
    const headers = only ?? sets[cursor.varint()] ?? noHeaders
    events.push(new PlainEvent(headers, cursor.body()))
  }
  return events
}
