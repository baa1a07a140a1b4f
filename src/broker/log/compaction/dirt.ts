/**
 * How much of a log compaction has yet to go through, and whether it is time. The part before the noted offset is clean: of each key only the last
 * value is left there, as of that offset. Behind it lies the dirty part, up to what may not be touched: the active segment, open transactions, and
 * records younger than `min.compaction.lag.ms`.
 */
import type { LogState } from '../log-state.ts'
import type { PartitionLog } from '../partition-log.ts'
import type { Segment } from '../segment.ts'

export interface Dirt {
  readonly log: PartitionLog
  /** Where the dirty part begins. */
  readonly from: number
  /** Where it ends. */
  readonly to: number
  /** The share of the dirty part in what may be cleaned, by bytes. */
  readonly ratio: number
  /** Records have waited longer than `max.compaction.lag.ms`. */
  readonly isOverdue: boolean
}

/** What is to be cleaned of a log, or undefined for nothing. Throws KafkaFaults where it cannot be read. */
export const dirtOf = (log: PartitionLog, noted: number | undefined, nowMs: number): Dirt | undefined =>
  log.compacting((state) => {
    // a log of one segment has nothing but the active one
    if (!log.settings.isCompacted || state.segments.count === 1) return undefined
    const from = firstDirty(state, noted)
    const closed = state.segments.all().slice(0, -1)
    const to = Math.min(
      state.segments.active.baseOffset,
      log.lastStableOffset,
      firstTooYoung(state, closed, from, nowMs),
    )
    if (to <= from) return undefined
    const dirty = closed.slice(state.segments.indexOf(from)).filter((segment) => segment.baseOffset < to)
    const cleanBytes = bytesOf(closed.filter((segment) => segment.baseOffset < (dirty[0]?.baseOffset ?? from)))
    const dirtyBytes = bytesOf(dirty)
    if (dirtyBytes === 0) return undefined
    const isOverdue = dirty.some((segment) => isTooOld(state, segment, nowMs))
    return { log, from, to, ratio: dirtyBytes / (cleanBytes + dirtyBytes), isOverdue }
  })

/** Whether it is time. */
export const isDue = ({ log, ratio, isOverdue }: Dirt): boolean => isOverdue || ratio > log.settings.minCleanableRatio

/** A note that lies outside the log belongs to one that had this name before, or to records that were lost: all is dirty. */
const firstDirty = ({ logStartOffset, logEndOffset }: LogState, noted: number | undefined): number =>
  noted === undefined || noted < logStartOffset || noted > logEndOffset ? logStartOffset : noted

const firstTooYoung = (state: LogState, closed: readonly Segment[], from: number, nowMs: number): number => {
  const { minCompactionLagMs } = state.home.settings
  if (minCompactionLagMs <= 0) return Infinity
  const later = closed.slice(state.segments.indexOf(from))
  return later.find((segment) => segment.load().maxTimestampMs > nowMs - minCompactionLagMs)?.baseOffset ?? Infinity
}

const isTooOld = ({ home }: LogState, segment: Segment, nowMs: number): boolean => {
  const { firstTimestampMs } = segment.load()
  return firstTimestampMs !== undefined && firstTimestampMs < nowMs - home.settings.maxCompactionLagMs
}

const bytesOf = (segments: readonly Segment[]): number =>
  segments.reduce((sum, segment) => sum + (segment.log.disk.stat(segment.log.path)?.size ?? 0), 0)
