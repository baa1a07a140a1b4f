/**
 * One batch as compaction leaves it: with fewer records, or none. What readers and producers go by stays as it was: first and last offset, leader
 * epoch, producer, epoch and sequence. Tombstones get a time at which they may go; it stands in the place of the batch's base timestamp, and the records'
 * timestamps are written relative to it.
 */
import { putVarint, varintBytes } from '../../../base/varint.ts'
import { compress } from '../../../protocol/compression.ts'
import { batchHeaderBytes, writeBatchHeader, type BatchHeader } from '../../../protocol/record-batch.ts'
import type { RecordReader } from '../../../protocol/record-reader.ts'

export interface ThinRules {
  /** Whether the record on which the reader stands stays. */
  readonly keeps: (record: RecordReader) => boolean
  /** A batch without records stays as a header: it is the last of its producer, or says where the log ends. */
  readonly keepsEmpty: boolean
  /** It is the marker of a transaction of which nothing is left, and may go some time, as tombstones do. */
  readonly isSpentMarker: boolean
  /** When tombstones may go that are met for the first time. */
  readonly horizonMs: number
}

/** One record that stays: where it begins and ends in the reader's buffer, and when it was written. */
interface Kept {
  readonly start: number
  readonly end: number
  readonly timestampMs: number
}

/** What stays of the batch that `bytes` holds: `bytes` itself where nothing changes, undefined for nothing. Throws INVALID_RECORD and CORRUPT_MESSAGE. */
export const thinBatch = (
  bytes: Buffer,
  header: BatchHeader,
  reader: RecordReader,
  rules: ThinRules,
): Buffer | undefined => {
  const kept: Kept[] = []
  let [hasTombstone, maxTimestamp] = [false, -1]
  reader.open(bytes, 0, header)
  while (reader.next()) {
    if (!rules.keeps(reader)) continue
    hasTombstone ||= reader.valueStart < 0
    const { headersEnd: end, sizeInBytes, timestampMs } = reader
    maxTimestamp = Math.max(maxTimestamp, timestampMs)
    kept.push({ start: end - sizeInBytes, end, timestampMs })
  }
  if (kept.length === 0) return rules.keepsEmpty ? emptied(header) : undefined
  const needsHorizon = !header.hasDeleteHorizon && (hasTombstone || rules.isSpentMarker)
  if (kept.length === header.count && !needsHorizon) return bytes
  return rebuilt({ ...header, maxTimestamp }, reader.buffer, kept, needsHorizon ? rules.horizonMs : undefined)
}

/** The header alone. Its timestamp stays, so that the index of times is true of it. */
const emptied = (header: BatchHeader): Buffer => {
  const bytes = Buffer.allocUnsafe(batchHeaderBytes)
  writeBatchHeader(bytes, { ...header, codec: 0, hasDeleteHorizon: false, baseTimestamp: -1, count: 0 })
  return bytes
}

const rebuilt = (header: BatchHeader, buffer: Buffer, kept: readonly Kept[], horizonMs: number | undefined): Buffer => {
  const records =
    horizonMs === undefined
      ? kept.map(({ start, end }) => buffer.subarray(start, end))
      : kept.map((record) => retimed(buffer, record, record.timestampMs - horizonMs))
  const body = compress(header.codec, Buffer.concat(records))
  const bytes = Buffer.allocUnsafe(batchHeaderBytes + body.length)
  body.copy(bytes, batchHeaderBytes)
  writeBatchHeader(bytes, {
    ...header,
    hasDeleteHorizon: header.hasDeleteHorizon || horizonMs !== undefined,
    baseTimestamp: horizonMs ?? header.baseTimestamp,
    count: kept.length,
  })
  return bytes
}

/** The record with another timestamp delta; what stands before it is the length and the attributes, what stands behind it stays. */
const retimed = (buffer: Buffer, { start, end }: Kept, timeDelta: number): Buffer => {
  const attributesAt = afterVarint(buffer, start)
  const restAt = afterVarint(buffer, attributesAt + 1)
  const length = 1 + varintBytes(timeDelta) + (end - restAt)
  const bytes = Buffer.allocUnsafe(varintBytes(length) + length)
  const at = putVarint(bytes, 0, length)
  bytes[at] = buffer[attributesAt] ?? 0
  buffer.copy(bytes, putVarint(bytes, at + 1, timeDelta), restAt, end)
  return bytes
}

/** The reader has been over it: every varint has its end. */
const afterVarint = (buffer: Buffer, at: number): number => {
  let end = at
  while (((buffer[end] ?? 0) & 0x80) !== 0) end++
  return end + 1
}
