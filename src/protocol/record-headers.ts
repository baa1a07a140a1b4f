/** The headers of records: encoded once for all records that share them, and decoded only when somebody asks. */
import { putVarint, varintBytes } from '../base/varint.ts'
import { KafkaFault } from './error-codes.ts'
import { CannotEncode } from './malformed.ts'
import { VarintReader } from './varint-reader.ts'

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

/**
 * Headers as they stand in a record, count included, for RecordBatchWriter.add: encode once, and every record that has the same copies the bytes.
 * Throws CannotEncode above `headersBytesMax`.
 */
export const encodeHeaders = (headers: RecordHeaders): Buffer => {
  const parts = Object.entries(headers).flatMap(([name, value]) => [Buffer.from(name), bytesOf(value)])
  const size = parts.reduce((sum, part) => sum + sizeOf(part), varintBytes(parts.length / 2))
  if (size > headersBytesMax) throw new CannotEncode(`record headers of ${size} bytes; the limit is ${headersBytesMax}`)
  const encoded = Buffer.allocUnsafeSlow(size)
  let at = putVarint(encoded, 0, parts.length / 2)
  for (const part of parts) at = put(encoded, at, part)
  return encoded
}

/** One header of a record; names may repeat. The value is a view. */
export interface RecordHeader {
  readonly name: string
  readonly value: Buffer | null
}

/**
 * The headers that stand between `start` and `end` of `buffer` (a RecordReader's `headersStart` and `headersEnd`). Throws INVALID_RECORD unless they
 * fill that range exactly.
 */
export const decodeHeaders = (buffer: Buffer, start: number, end: number): RecordHeader[] => {
  const reader = new VarintReader(buffer, start, end)
  const count = reader.int()
  // A header takes two bytes at least, so a count that cannot be true is seen before anything is made of it.
  if (count < 0 || count * 2 > end - start) throw new KafkaFault('INVALID_RECORD', `A record of ${count} headers`)
  const headers: RecordHeader[] = []
  for (let i = 0; i < count; i++) {
    const name = reader.bytes()
    if (name === null) throw new KafkaFault('INVALID_RECORD', 'A record header without a name')
    headers.push({ name: name.toString('utf8'), value: reader.bytes() })
  }
  if (reader.at !== end) throw new KafkaFault('INVALID_RECORD', `${end - reader.at} bytes after the record headers`)
  return headers
}
