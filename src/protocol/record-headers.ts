/** The headers of records: encoded once for all records that share them, and decoded only when somebody asks. */
import { putVarint, varintBytes } from '../base/varint.ts'
import { CannotEncode } from './malformed.ts'
import { invalidRecord, VarintReader } from './varint-reader.ts'

/** Most bytes that the headers of one record may take. */
export const headersBytesMax = 16 * 1024 * 1024

/** What a producer gives: a name may stand once. */
export type RecordHeaders = Readonly<Record<string, string | Uint8Array | null>>

const bytesOf = (value: string | Uint8Array | null): Uint8Array | null =>
  typeof value === 'string' ? Buffer.from(value) : value

const sizeOf = (bytes: Uint8Array | null): number => (bytes === null ? 1 : varintBytes(bytes.length) + bytes.length)

const put = (into: Buffer, at: number, bytes: Uint8Array | null): number => {
  const start = putVarint(into, at, bytes === null ? -1 : bytes.length)
  if (bytes === null) return start
  into.set(bytes, start)
  return start + bytes.length
}

/** A header as bytes, where a name may stand more than once. */
export type HeaderBytes = readonly [name: Uint8Array, value: Uint8Array | null]

/**
 * Headers as they stand in a record, count included, for RecordBatchWriter.add: encode once, and every record that has the same copies the bytes.
 * Throws CannotEncode above `headersBytesMax`.
 */
export const encodeHeaders = (headers: RecordHeaders): Buffer =>
  encodeHeaderBytes(Object.entries(headers).map(([name, value]) => [Buffer.from(name), bytesOf(value)]))

/** As `encodeHeaders`, in the order given. */
export const encodeHeaderBytes = (headers: readonly HeaderBytes[]): Buffer => {
  const parts = headers.flat()
  const size = parts.reduce((sum, part) => sum + sizeOf(part), varintBytes(headers.length))
  if (size > headersBytesMax) throw new CannotEncode(`record headers of ${size} bytes; the limit is ${headersBytesMax}`)
  const encoded = Buffer.allocUnsafeSlow(size)
  let at = putVarint(encoded, 0, headers.length)
  for (const part of parts) at = put(encoded, at, part)
  return encoded
}

/** One header of a record; names may repeat. The value is a view. */
export interface RecordHeader {
  readonly name: string
  readonly value: Buffer | null
}

/** Walks headers without making anything of them; `each` gets where name and value stand (-1 for a null value). */
const walk = (
  buffer: Buffer,
  start: number,
  end: number,
  each: (nameStart: number, nameEnd: number, valueStart: number, valueEnd: number) => void,
): void => {
  const reader = new VarintReader(buffer, start, end)
  const count = reader.int()
  if (count < 0) throw invalidRecord(`A record of ${count} headers`)
  for (let i = 0; i < count; i++) {
    const nameStart = reader.part()
    const nameEnd = reader.at
    if (nameStart < 0) throw invalidRecord('A record header without a name')
    const valueStart = reader.part()
    each(nameStart, nameEnd, valueStart, reader.at)
  }
  if (reader.at !== end) throw invalidRecord(`${end - reader.at} bytes after the record headers`)
}

const nothing = (): void => {}

/** Checks the headers that stand between `start` and `end` of `buffer`. Throws INVALID_RECORD unless they fill that range exactly. */
export const checkHeaders = (buffer: Buffer, start: number, end: number): void => walk(buffer, start, end, nothing)

/** The headers between `start` and `end` (a RecordReader's `headersStart` and `headersEnd`). Throws INVALID_RECORD as checkHeaders does. */
export const decodeHeaders = (buffer: Buffer, start: number, end: number): RecordHeader[] => {
  const headers: RecordHeader[] = []
  walk(buffer, start, end, (nameStart, nameEnd, valueStart, valueEnd) => {
    headers.push({
      name: buffer.toString('utf8', nameStart, nameEnd),
      value: valueStart < 0 ? null : buffer.subarray(valueStart, valueEnd),
    })
  })
  return headers
}
