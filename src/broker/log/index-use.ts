/**
 * Looking things up in a segment's indexes. An entry that is used must be true of the batch it names, which is read anyway: one that was altered and still is in
 * order would hide records. Where it is not true, both indexes are made again from the log.
 */
import { BatchCursor } from './batch-cursor.ts'
import { rethrowUnlessDisk } from './disk-errors.ts'
import type { OffsetEntry } from './offset-index.ts'
import type { Segment } from './segment.ts'
import type { TimeEntry } from './time-index.ts'

/** Where an entry begins from which a walk comes to the one that holds `offset`, or is behind it. Throws system errors. */
export const positionNear = (segment: Segment, offset: number): number => {
  const entry = segment.load().offsets.find(offset)
  if (entry === undefined) return 0
  if (holds(segment, entry)) return entry.position
  rebuild(segment, segment.offsets.entries.file.path)
  return segment.offsets.find(offset)?.position ?? 0
}

/** An offset before which all records are older than `timestampMs`, the greatest that the index knows; 0 if it knows none. Throws system errors. */
export const offsetNear = (segment: Segment, timestampMs: number): number => {
  const entry = segment.load().times.find(timestampMs)
  if (entry === undefined) return 0
  if (isTold(segment, entry)) return entry.offset
  rebuild(segment, segment.times.entries.file.path)
  return segment.times.find(timestampMs)?.offset ?? 0
}

/** Whether the batch that an index entry points at is the one it names, by its last offset, or by its first as Kafka 1.1 did. Throws system errors. */
export const holds = (segment: Segment, entry: OffsetEntry): boolean => {
  const cursor = new BatchCursor(segment.log, entry.position, segment.size, 128)
  return cursor.next() && (cursor.lastOffset === entry.offset || cursor.baseOffset === entry.offset)
}

/** Whether the batch that holds the offset is as new as the entry says. Kafka named the very record for a while. */
const isTold = (segment: Segment, { offset, timestampMs }: TimeEntry): boolean => {
  const cursor = new BatchCursor(segment.log, positionNear(segment, offset), segment.size, 4096)
  while (cursor.next())
    if (cursor.lastOffset >= offset)
      return cursor.baseOffset <= offset && (cursor.magic < 2 || cursor.header().maxTimestamp === timestampMs)
  return false
}

const rebuild = (segment: Segment, path: string): void => {
  segment.isBroken ||= !isWalkable(segment)
  // it is the log that is damaged: what the indexes say is the only way to what lies behind
  if (segment.isBroken) return
  segment.rebuildIndexes()
  segment.warn(`${path} was not true of its log; the indexes were made again.`)
  try {
    segment.seal()
  } catch (thrown) {
    // on a full disk they stay in memory, and are written by the next sync or the stop
    rethrowUnlessDisk(thrown)
  }
}

const isWalkable = (segment: Segment): boolean => {
  const cursor = new BatchCursor(segment.log, 0, segment.size)
  let endOffset = segment.baseOffset
  while (cursor.next() && segment.mayHold(cursor, endOffset)) endOffset = cursor.lastOffset + 1
  return cursor.position === segment.size
}
