/**
 * The record batch of Kafka 0.11 and later (magic 2): a header of 61 bytes and then the records, compressed or not. Broker and client pass
 * batches on as they are; here is what they read of the header and what they stamp into it. Offset and leader epoch lie outside the checksum.
 * Records are written in record-batch-writer.ts and read in record-reader.ts; what a batch must satisfy stands in batch-check.ts.
 */
import { crc32c } from '../base/checksums.ts'
import { readI64, writeI64 } from '../base/bytes.ts'
import { KafkaFault } from './error-codes.ts'

/** Bytes before the first record. */
export const batchHeaderBytes = 61
/** Bytes of offset and length, which every entry of every format begins with, and which its length does not count. */
export const entryOverheadBytes = 12
/** Where the magic byte stands, in every format. */
export const magicAt = 16
/** The least that an entry's length may say: the smallest message of magic 0. */
const entryLengthMin = 14

const crcAt = 17
const attributesAt = 21
const maxTimestampAt = 35
const codecMask = 0x07
const appendTimeBit = 0x08
const transactionalBit = 0x10
const controlBit = 0x20
const deleteHorizonBit = 0x40

export interface BatchHeader {
  /** Offset of the first record; every record has its own delta to it. */
  readonly baseOffset: number
  /** Bytes after the length field; `sizeInBytes` counts all. */
  readonly batchLength: number
  readonly sizeInBytes: number
  readonly leaderEpoch: number
  readonly magic: number
  readonly crc: number
  readonly attributes: number
  /** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  readonly codec: number
  /** The broker stamped all records with `maxTimestamp`. */
  readonly isAppendTime: boolean
  readonly isTransactional: boolean
  /** A marker of the broker's own: readers skip it, clients must not send it. */
  readonly isControl: boolean
  /** `baseTimestamp` says when compaction may drop the tombstones, and the records' deltas are relative to that. */
  readonly hasDeleteHorizon: boolean
  readonly lastOffsetDelta: number
  readonly lastOffset: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  /** Records in the batch; compaction may leave fewer than `lastOffsetDelta` + 1, or none. */
  readonly count: number
}

/**
 * The size of the entry (batch or message, any magic) at `at`, or 0 when it does not lie wholly before `end`: a fetch may end in a part of one.
 * Throws CORRUPT_MESSAGE for a length that no entry can have.
 */
export const entrySize = (buffer: Buffer, at: number, end: number = buffer.length): number => {
  if (end - at < entryOverheadBytes) return 0
  const length = buffer.readInt32BE(at + 8)
  if (length < entryLengthMin) throw new KafkaFault('CORRUPT_MESSAGE', `An entry of length ${length} at byte ${at}`)
  return entryOverheadBytes + length > end - at ? 0 : entryOverheadBytes + length
}

/** The magic of the entry at `at`, of which at least 17 bytes must be there. */
export const magicOf = (buffer: Buffer, at: number): number => buffer.readInt8(at + magicAt)

export const baseOffsetOf = (buffer: Buffer, at: number): number => readI64(buffer, at)

/** The last offset of the magic-2 batch at `at`. */
export const lastOffsetOf = (buffer: Buffer, at: number): number => readI64(buffer, at) + buffer.readInt32BE(at + 23)

/** The header of the magic-2 batch at `at`, unchecked. Throws CORRUPT_MESSAGE when fewer than 61 bytes are there. */
export const readBatchHeader = (buffer: Buffer, at = 0): BatchHeader => {
  if (buffer.length - at < batchHeaderBytes)
    throw new KafkaFault('CORRUPT_MESSAGE', `A batch header cut off after ${buffer.length - at} bytes`)
  const baseOffset = readI64(buffer, at)
  const batchLength = buffer.readInt32BE(at + 8)
  const attributes = buffer.readInt16BE(at + attributesAt)
  const lastOffsetDelta = buffer.readInt32BE(at + 23)
  return {
    baseOffset,
    batchLength,
    sizeInBytes: entryOverheadBytes + batchLength,
    leaderEpoch: buffer.readInt32BE(at + 12),
    magic: buffer.readInt8(at + magicAt),
    crc: buffer.readUInt32BE(at + crcAt),
    attributes,
    codec: attributes & codecMask,
    isAppendTime: (attributes & appendTimeBit) !== 0,
    isTransactional: (attributes & transactionalBit) !== 0,
    isControl: (attributes & controlBit) !== 0,
    hasDeleteHorizon: (attributes & deleteHorizonBit) !== 0,
    lastOffsetDelta,
    lastOffset: baseOffset + lastOffsetDelta,
    baseTimestamp: readI64(buffer, at + 27),
    maxTimestamp: readI64(buffer, at + maxTimestampAt),
    producerId: readI64(buffer, at + 43),
    producerEpoch: buffer.readInt16BE(at + 51),
    baseSequence: buffer.readInt32BE(at + 53),
    count: buffer.readInt32BE(at + 57),
  }
}

/** What a writer of batches must know beyond the records; everything has the value of a plain producer's batch. */
export interface BatchFields {
  readonly baseOffset?: number
  readonly leaderEpoch?: number
  readonly codec?: number
  readonly isAppendTime?: boolean
  readonly isTransactional?: boolean
  readonly isControl?: boolean
  /** Set by compaction: `baseTimestamp` is the time at which its tombstones or its marker may go. */
  readonly hasDeleteHorizon?: boolean
  readonly lastOffsetDelta: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly count: number
}

const attributesOf = (fields: BatchFields): number =>
  (fields.codec ?? 0) |
  (fields.isAppendTime === true ? appendTimeBit : 0) |
  (fields.isTransactional === true ? transactionalBit : 0) |
  (fields.isControl === true ? controlBit : 0) |
  (fields.hasDeleteHorizon === true ? deleteHorizonBit : 0)

/** Writes the header of the batch that `buffer` holds as a whole, its checksum included: the records must stand already. */
export const writeBatchHeader = (buffer: Buffer, fields: BatchFields): void => {
  writeI64(buffer, 0, fields.baseOffset ?? 0)
  buffer.writeInt32BE(buffer.length - entryOverheadBytes, 8)
  buffer.writeInt32BE(fields.leaderEpoch ?? -1, 12)
  buffer.writeInt8(2, magicAt)
  buffer.writeInt16BE(attributesOf(fields), attributesAt)
  buffer.writeInt32BE(fields.lastOffsetDelta, 23)
  writeI64(buffer, 27, fields.baseTimestamp)
  writeI64(buffer, maxTimestampAt, fields.maxTimestamp)
  writeI64(buffer, 43, fields.producerId ?? -1)
  buffer.writeInt16BE(fields.producerEpoch ?? -1, 51)
  buffer.writeInt32BE(fields.baseSequence ?? -1, 53)
  buffer.writeInt32BE(fields.count, 57)
  stampCrc(buffer, 0, buffer.length)
}

/** The checksum that the batch of `size` bytes at `at` should carry. */
export const computeCrc = (buffer: Buffer, at: number, size: number): number =>
  crc32c(buffer.subarray(at + attributesAt, at + size))

const stampCrc = (buffer: Buffer, at: number, size: number): void => {
  buffer.writeUInt32BE(computeCrc(buffer, at, size), at + crcAt)
}

const sizeAt = (buffer: Buffer, at: number): number => entryOverheadBytes + buffer.readInt32BE(at + 8)

/** Gives the batch at `at` its place in the log. The checksum does not cover these two. */
export const stampOffset = (buffer: Buffer, at: number, baseOffset: number, leaderEpoch: number): void => {
  writeI64(buffer, at, baseOffset)
  buffer.writeInt32BE(leaderEpoch, at + 12)
}

/** Marks all records of the batch at `at` as appended at `nowMs`. Base timestamp and deltas stay as they are. */
export const stampAppendTime = (buffer: Buffer, at: number, nowMs: number): void => {
  buffer.writeInt16BE(buffer.readInt16BE(at + attributesAt) | appendTimeBit, at + attributesAt)
  stampMaxTimestamp(buffer, at, nowMs)
}

/** Corrects the largest timestamp of the batch at `at`. */
export const stampMaxTimestamp = (buffer: Buffer, at: number, maxTimestampMs: number): void => {
  writeI64(buffer, at + maxTimestampAt, maxTimestampMs)
  stampCrc(buffer, at, sizeAt(buffer, at))
}

/** Gives the batch at `at` another producer, epoch and first sequence, as after a reset of the producer id. */
export const stampProducer = (buffer: Buffer, at: number, id: number, epoch: number, baseSequence: number): void => {
  writeI64(buffer, at + 43, id)
  buffer.writeInt16BE(epoch, at + 51)
  buffer.writeInt32BE(baseSequence, at + 53)
  stampCrc(buffer, at, sizeAt(buffer, at))
}
