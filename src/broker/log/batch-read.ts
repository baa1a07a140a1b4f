/** Reads whole batches for a fetch: one read of the file into one buffer, of which the part that holds whole batches is given out. */
import { entryOverheadBytes, entrySize, lastOffsetOf } from '../../protocol/record-batch.ts'
import { BatchCursor } from './batch-cursor.ts'
import type { Segment } from './segment.ts'

export interface BatchRange {
  readonly maxBytes: number
  readonly minOne: boolean
  /** Batches that end at or behind this offset are left out. */
  readonly upTo: number
  readonly allocate: (bytes: number) => Buffer
}

const nothing = Buffer.alloc(0)

/** Whole batches of `segment` from `position` on. */
export const readBatches = (segment: Segment, position: number, range: BatchRange): Buffer => {
  const left = segment.size - position
  const wanted = Math.min(range.maxBytes, left)
  if (left <= 0 || (wanted <= 0 && !range.minOne)) return nothing
  const got = wanted < entryOverheadBytes ? nothing : readRange(segment, position, wanted, range)
  if (got.length > 0 || !range.minOne) return got
  const cursor = new BatchCursor(segment.log, position, segment.size, 128)
  if (!cursor.next() || cursor.lastOffset >= range.upTo) return nothing
  return cursor.size <= wanted ? nothing : readRange(segment, position, cursor.size, range)
}

const readRange = (segment: Segment, position: number, bytes: number, { allocate, upTo }: BatchRange): Buffer => {
  const buffer = allocate(bytes)
  const got = segment.log.read(buffer, 0, bytes, position)
  let end = 0
  for (let size = entrySize(buffer, 0, got); size > 0; size = entrySize(buffer, end, got)) {
    if (lastOffsetOf(buffer, end) >= upTo) break
    end += size
  }
  return buffer.subarray(0, end)
}

/** Offset behind the last of these batches, or undefined when there are none. */
export const offsetAfter = (batches: Buffer): number | undefined => {
  let last = -1
  for (let at = 0, size = 0; (size = entrySize(batches, at)) > 0; at += size) last = at
  return last < 0 ? undefined : lastOffsetOf(batches, last) + 1
}
