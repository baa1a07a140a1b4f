/** What both passes of a cleaning share: its job, and the walk through the batches of a segment, a slice of time after the other. */
import { checkBatch } from '../../../protocol/batch-check.ts'
import type { BatchHeader } from '../../../protocol/record-batch.ts'
import { BatchCursor } from '../batch-cursor.ts'
import { positionNear } from '../index-use.ts'
import type { LogState } from '../log-state.ts'
import type { PartitionLog } from '../partition-log.ts'
import type { Segment } from '../segment.ts'
import type { KeyMap } from './key-map.ts'
import type { Pace } from './pace.ts'

export interface CleaningJob {
  readonly log: PartitionLog
  /** The dirty part: [from, to). */
  readonly from: number
  readonly to: number
  readonly keys: KeyMap
  readonly pace: Pace
  /** `log.cleaner.io.buffer.size`: bytes read at a time. */
  readonly readBytes: number
  readonly nowMs: number
}

/** A log that cannot be compacted, until somebody does something about it. */
export class Unfit extends Error {
  override readonly name = 'Unfit'
}

/** The segments went away while they were being cleaned: retention was faster, or the topic was deleted. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken'
}

/** Closed segments of the log that begin before `to`, from the one that holds `from` on. */
export const segmentsOf = (log: PartitionLog, from: number, to: number): readonly Segment[] =>
  log.compacting(({ segments }: LogState) =>
    segments.from(segments.indexOf(from)).filter((s) => s !== segments.active && s.baseOffset < to),
  )

/** Where the segment behind the one that begins at `baseOffset` begins; the end of the log behind the last. */
export const nextBase = ({ segments, logEndOffset }: LogState, baseOffset: number): number =>
  segments.all()[segments.indexOf(baseOffset) + 1]?.baseOffset ?? logEndOffset

export type VisitBatch = (bytes: Buffer, header: BatchHeader) => number | 'stop'

/**
 * Gives every batch of the segment from the one that holds `from` on, whole and undamaged; `visit` says how many bytes it wrote. False when it stopped the
 * walk. Throws Unfit, Overtaken, KafkaFaults, and CleaningStopped.
 */
export const walk = async (job: CleaningJob, segment: Segment, from: number, visit: VisitBatch): Promise<boolean> => {
  const { log, pace, readBytes } = job
  const start = log.compacting(() => positionNear(segment, from - 1))
  const cursor = new BatchCursor(segment.log, start, segment.size, Math.max(1, readBytes))
  while (log.compacting((state) => isStillThere(state, segment) && cursor.next())) {
    if (cursor.magic < 2) throw new Unfit('it holds messages in a format from before Kafka 0.11')
    const bytes = log.compacting(() => cursor.bytes())
    const done = visit(bytes, checkBatch(bytes, 0, bytes.length))
    if (done === 'stop') return false
    const rest = pace.did(cursor.size + done)
    if (rest !== undefined) await rest
  }
  if (!cursor.isAtEnd) throw new Unfit(`${segment.log.path} is damaged at byte ${cursor.position}`)
  return true
}

/** Throws Overtaken for a segment that the log does not have any more. */
export const isStillThere = ({ segments }: LogState, segment: Segment): boolean => {
  if (segments.all()[segments.indexOf(segment.baseOffset)] === segment) return true
  throw new Overtaken('A segment was taken away while it was cleaned')
}
