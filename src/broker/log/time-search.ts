/** From times to offsets, for ListOffsets: the time index finds the segment and the batch, the batch's records say which of them it is. */
import { RecordReader } from '../../protocol/record-reader.ts'
import { BatchCursor } from './batch-cursor.ts'
import { offsetNear, positionNear } from './index-use.ts'
import type { FoundOffset } from './log-types.ts'
import type { SegmentList } from './segment-list.ts'
import type { Segment } from './segment.ts'

/** The first record at or behind `fromOffset` whose timestamp is at or after `timestampMs`. */
export const findTime = (segments: SegmentList, timestampMs: number, fromOffset: number): FoundOffset | undefined => {
  for (const segment of segments.from(segments.indexOf(fromOffset))) {
    if (segment.load().maxTimestampMs < timestampMs) continue
    const found = findTimeIn(segment, timestampMs, fromOffset)
    if (found !== undefined) return found
  }
  return undefined
}

const findTimeIn = (segment: Segment, timestampMs: number, fromOffset: number): FoundOffset | undefined => {
  const near = Math.max(offsetNear(segment, timestampMs), fromOffset)
  const cursor = new BatchCursor(segment.log, positionNear(segment, near), segment.size)
  while (cursor.next()) {
    if (cursor.lastOffset < fromOffset || cursor.magic < 2 || cursor.header().maxTimestamp < timestampMs) continue
    const found = findRecord(cursor, timestampMs, fromOffset)
    if (found !== undefined) return found
  }
  return undefined
}

const findRecord = (cursor: BatchCursor, timestampMs: number, fromOffset: number): FoundOffset | undefined => {
  const header = cursor.header()
  const reader = new RecordReader()
  reader.open(cursor.bytes(), 0, header)
  while (reader.next())
    if (reader.timestampMs >= timestampMs && reader.offset >= fromOffset)
      return { offset: reader.offset, timestampMs: reader.timestampMs, leaderEpoch: header.leaderEpoch }
  return undefined
}

/** The record with the largest timestamp, the first of them where several have it. */
export const findMaxTime = (segments: SegmentList, fromOffset: number): FoundOffset | undefined => {
  let latest: Segment | undefined
  for (const segment of segments.from(segments.indexOf(fromOffset)))
    if (segment.load().maxTimestampMs > (latest?.maxTimestampMs ?? -1)) latest = segment
  return latest === undefined ? undefined : findTimeIn(latest, latest.maxTimestampMs, fromOffset)
}
