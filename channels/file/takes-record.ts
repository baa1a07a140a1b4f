/** The records of the journal of takes as bytes: README.md has the format. */
import { crc32c } from '../../src/base/checksums.ts'
import type { Range } from './ordinals.ts'

/** `MTJ1`. */
const magic = 0x4d_54_4a_31

/** magic, whole length, CRC-32C of the rest, generation, number in the file, ranges. */
const headerBytes = 32
const lengthAt = 4
const checksumAt = 8
const checkedAt = 12
const generationAt = 12
const numberAt = 20
const countAt = 24
const rangeBytes = 16

export const recordOf = (generation: number, number: number, ranges: readonly Range[]): Buffer => {
  const bytes = Buffer.alloc(headerBytes + ranges.length * rangeBytes)
  bytes.writeUInt32BE(magic)
  bytes.writeUInt32BE(bytes.length, lengthAt)
  bytes.writeBigUInt64BE(BigInt(generation), generationAt)
  bytes.writeUInt32BE(number, numberAt)
  bytes.writeUInt32BE(ranges.length, countAt)
  for (const [i, { from, to }] of ranges.entries()) {
    bytes.writeBigUInt64BE(BigInt(from), headerBytes + i * rangeBytes)
    bytes.writeBigUInt64BE(BigInt(to), headerBytes + i * rangeBytes + 8)
  }
  bytes.writeUInt32BE(crc32c(bytes.subarray(checkedAt)), checksumAt)
  return bytes
}

export interface JournalRecord {
  readonly generation: number
  readonly number: number
  readonly ranges: readonly Range[]
  readonly sizeInBytes: number
}

/** The record at `at`, or undefined where none is whole. */
export const readRecord = (file: Buffer, at: number): JournalRecord | undefined => {
  if (at + headerBytes > file.length || file.readUInt32BE(at) !== magic) return undefined
  const sizeInBytes = file.readUInt32BE(at + lengthAt)
  const count = file.readUInt32BE(at + countAt)
  if (sizeInBytes !== headerBytes + count * rangeBytes || at + sizeInBytes > file.length) return undefined
  if (crc32c(file.subarray(at + checkedAt, at + sizeInBytes)) !== file.readUInt32BE(at + checksumAt)) return undefined
  const ranges = Array.from({ length: count }, (_, i) => ({
    from: Number(file.readBigUInt64BE(at + headerBytes + i * rangeBytes)),
    to: Number(file.readBigUInt64BE(at + headerBytes + i * rangeBytes + 8)),
  }))
  const generation = Number(file.readBigUInt64BE(at + generationAt))
  return { generation, number: file.readUInt32BE(at + numberAt), ranges, sizeInBytes }
}

/** The first whole record from `from` on that `isMeant`; every one begins at a multiple of 16. */
export const findRecord = (
  file: Buffer,
  from: number,
  isMeant: (record: JournalRecord) => boolean,
): JournalRecord | undefined => {
  for (let at = from; at + headerBytes <= file.length; at += rangeBytes) {
    const record = readRecord(file, at)
    if (record !== undefined && isMeant(record)) return record
  }
  return undefined
}
