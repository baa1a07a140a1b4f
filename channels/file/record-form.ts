/**
 * How the records of one data file are told from other bytes: README.md has both versions. The checksums of version 2 begin with what the record's channel,
 * file and position make of them, so that a record that stands in the body of an event, or where a disk has put a block of another place, is none; and its
 * header has one of its own, so that its size is believed although the rest is damaged.
 */
import { crc32c } from '../../src/base/checksums.ts'

/** Nothing longer is written or believed: an event, its headers and what stands around them. */
export const recordBytesMax = 1 << 30
/** Of what is written today. */
export const recordHeaderBytes = 32

const lengthAt = 4
const checksumAt = 8
const ordinalAt = 12
const countAt = 20
const headerSetsAt = 24
const headerChecksumAt = 28

export type RecordVersion = 1 | 2

/** The checksum covers everything behind the header; in version 1, the header from its ordinal on, too. */
const layouts = {
  1: { magic: 'MEV1', headerBytes: 28, checkedAt: ordinalAt },
  2: { magic: 'MEV2', headerBytes: recordHeaderBytes, checkedAt: recordHeaderBytes },
} as const

/** What stands in a record's header. */
export interface RecordHeader {
  /** The whole record. */
  readonly sizeInBytes: number
  readonly headerBytes: number
  readonly firstOrdinal: number
  readonly count: number
  /** How many different headers its events have. */
  readonly headerSets: number
}

/** What a header says besides its checksums and its length. */
export type RecordFields = Omit<RecordHeader, 'headerBytes'>

/** Writes a header without its checksums, which `seal` adds. */
export const putRecordHeader = (into: Buffer, at: number, fields: RecordFields): void => {
  into.write(layouts[2].magic, at, 'latin1')
  into.writeUInt32BE(fields.sizeInBytes, at + lengthAt)
  into.writeBigUInt64BE(BigInt(fields.firstOrdinal), at + ordinalAt)
  into.writeUInt32BE(fields.count, at + countAt)
  into.writeUInt32BE(fields.headerSets, at + headerSetsAt)
}

export class RecordForm {
  readonly version: RecordVersion
  /** Where a record begins, so that a reader finds the next one behind damage. */
  readonly magic: Buffer
  readonly headerBytes: number
  readonly #checkedAt: number
  readonly #seed: number

  /** Of the file with the number `fileId` of a `channel`. */
  constructor(version: RecordVersion, channel: number, fileId: number) {
    const { magic, headerBytes, checkedAt } = layouts[version]
    this.version = version
    this.magic = Buffer.from(magic, 'latin1')
    this.headerBytes = headerBytes
    this.#checkedAt = checkedAt
    const id = Buffer.alloc(8)
    id.writeBigUInt64BE(BigInt(fileId))
    this.#seed = crc32c(id, channel)
  }

  /** Whether a header that was found can be believed although the rest of its record is damaged. */
  get isHeaderChecked(): boolean {
    return this.version > 1
  }

  /** The header at `at`, which is `position` in the file; `bytes` has at least `headerBytes` of it. Undefined where none begins. */
  header(bytes: Buffer, at: number, position: number): RecordHeader | undefined {
    if (!this.magic.equals(bytes.subarray(at, at + this.magic.length))) return undefined
    if (this.isHeaderChecked && this.#headerChecksum(bytes, at, position) !== bytes.readUInt32BE(at + headerChecksumAt))
      return undefined
    const sizeInBytes = bytes.readUInt32BE(at + lengthAt)
    const count = bytes.readUInt32BE(at + countAt)
    if (sizeInBytes <= this.headerBytes || sizeInBytes > recordBytesMax || count === 0) return undefined
    const firstOrdinal = Number(bytes.readBigUInt64BE(at + ordinalAt))
    if (!Number.isSafeInteger(firstOrdinal + count)) return undefined
    const headerSets = bytes.readUInt32BE(at + headerSetsAt)
    return { sizeInBytes, headerBytes: this.headerBytes, firstOrdinal, count, headerSets }
  }

  /** Whether the checksum of the rest holds; all of the record must be in `bytes`. */
  isWhole(bytes: Buffer, at: number, position: number, { sizeInBytes }: RecordHeader): boolean {
    return bytes.readUInt32BE(at + checksumAt) === this.#checksum(bytes, at, position, sizeInBytes)
  }

  /** Writes the checksums of the record at `at`, which will be at `position` in the file; returns the record's size. */
  seal(bytes: Buffer, at: number, position: number): number {
    const sizeInBytes = bytes.readUInt32BE(at + lengthAt)
    bytes.writeUInt32BE(this.#checksum(bytes, at, position, sizeInBytes), at + checksumAt)
    if (this.isHeaderChecked) bytes.writeUInt32BE(this.#headerChecksum(bytes, at, position), at + headerChecksumAt)
    return sizeInBytes
  }

  #checksum(bytes: Buffer, at: number, position: number, sizeInBytes: number): number {
    return crc32c(bytes.subarray(at + this.#checkedAt, at + sizeInBytes), this.#seedAt(position))
  }

  #headerChecksum(bytes: Buffer, at: number, position: number): number {
    return crc32c(bytes.subarray(at, at + headerChecksumAt), this.#seedAt(position))
  }

  /** Another one for each place of the first 4 GB. */
  #seedAt(position: number): number {
    return this.version === 1 ? 0 : (this.#seed ^ position) >>> 0
  }
}
