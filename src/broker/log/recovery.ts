/**
 * What is done to a log that was not closed: every batch from the recovery point on is read and its checksum verified, indexes and producer state
 * are made anew from there, and the file is cut at the first byte that is no whole batch. What lies before the recovery point was synced, and is not read.
 */
import { zlib } from '../../base/builtins.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import { checkBatch } from '../../protocol/batch-check.ts'
import type { BatchHeader } from '../../protocol/record-batch.ts'
import { BatchCursor } from './batch-cursor.ts'
import { holds } from './index-use.ts'
import type { SegmentList } from './segment-list.ts'
import type { Segment } from './segment.ts'

/** Enough for a look at many batches at once. */
const scanBytes = 1_048_576

export interface Recovered {
  readonly logEndOffset: number
  /** Bytes that were no whole batches. */
  readonly cutBytes: number
  /** Segments behind the cut, taken out of the list, their files still there. */
  readonly dropped: readonly Segment[]
}

/** Recovers everything from `recoveryPoint` on; `noted` is called for each batch, in order, with its bytes. Throws system errors where the disk cannot be read. */
export const recover = (
  segments: SegmentList,
  recoveryPoint: number,
  noted: (batch: BatchHeader, bytes: Buffer, segment: Segment) => void,
): Recovered => {
  let endOffset = segments.first.baseOffset
  for (let index = segments.indexOf(recoveryPoint); index < segments.count; index++) {
    const segment = segments.all()[index]
    if (segment === undefined) break
    const scan = scanSegment(segment, recoveryPoint, noted)
    endOffset = scan.endOffset
    if (scan.cutBytes === 0) continue
    const dropped = segments.cut(index + 1)
    const droppedBytes = dropped.reduce((sum, each) => sum + each.load().size, 0)
    return { logEndOffset: endOffset, cutBytes: scan.cutBytes + droppedBytes, dropped }
  }
  return { logEndOffset: endOffset, cutBytes: 0, dropped: [] }
}

const scanSegment = (
  segment: Segment,
  recoveryPoint: number,
  noted: (batch: BatchHeader, bytes: Buffer, segment: Segment) => void,
): { endOffset: number; cutBytes: number } => {
  const trusted = segment.load().offsets.find(recoveryPoint - 1)
  const from = segment.restartIndexes(trusted !== undefined && holds(segment, trusted) ? trusted : undefined)
  const cursor = new BatchCursor(segment.log, from, segment.size, scanBytes)
  let endOffset = segment.baseOffset
  while (cursor.next() && segment.mayHold(cursor, endOffset) && isWhole(cursor)) {
    endOffset = cursor.lastOffset + 1
    if (cursor.magic < 2) continue
    const header = cursor.header()
    segment.noteBatch(cursor.position, header)
    noted(header, cursor.bytes(), segment)
  }
  const cutBytes = segment.size - cursor.position
  segment.size = cursor.position
  if (cutBytes > 0) {
    segment.cutTail()
    // the next segment may begin at this offset: what was cut must not be back before it after a power cut
    segment.log.syncNow()
  }
  return { endOffset, cutBytes }
}

/** Whether the entry is undamaged, of whatever format. */
const isWhole = (cursor: BatchCursor): boolean => {
  const bytes = cursor.bytes()
  if (cursor.magic < 2) return zlib().crc32(bytes.subarray(16)) === bytes.readUInt32BE(12)
  try {
    checkBatch(bytes, 0, bytes.length)
    return true
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return false
    throw thrown
  }
}

/** The offset behind the last batch of a segment that was closed properly, or undefined when its tail is not whole after all. */
export const endOfClosed = (segment: Segment): number | undefined => {
  const last = segment.load().offsets.last()
  const cursor = new BatchCursor(segment.log, last?.position ?? 0, segment.size, 4096)
  let endOffset = segment.baseOffset
  while (cursor.next()) endOffset = cursor.lastOffset + 1
  return cursor.position === segment.size ? endOffset : undefined
}
