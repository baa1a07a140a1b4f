/** One partition's log as the rest of the broker sees it. */
import type { Appended, AppendHow, FoundOffset, ReadLimits } from './log-types.ts'

/** Errors are KafkaFaults; after `close` or the deletion of the topic every call throws UNKNOWN_TOPIC_OR_PARTITION. */
export interface PartitionLog {
  readonly topic: string
  readonly partition: number
  readonly logStartOffset: number
  readonly logEndOffset: number
  /** Equal to the log end on one broker. */
  readonly highWatermark: number
  /** Equal to the high watermark as long as no transaction is open. */
  readonly lastStableOffset: number
  readonly leaderEpoch: number
  /** Checks, stamps (in `records` itself) and writes; synchronous, so appends of one turn stay in order. */
  append(records: Buffer, how: AppendHow): Appended
  /** Whole batches from the one that holds `fromOffset` on; empty at the visible end. Throws OFFSET_OUT_OF_RANGE. */
  read(fromOffset: number, limits: ReadLimits): Buffer
  /** How many bytes `read` could give from here to the visible end, for `minBytes`; 0 when out of range. */
  bytesFrom(fromOffset: number): number
  /** The first record whose timestamp is at or after this one, or undefined. */
  offsetForTime(timestampMs: number): FoundOffset | undefined
  earliest(): FoundOffset
  latest(): FoundOffset
  /** The record with the greatest timestamp, or undefined in an empty log. */
  maxTimestamp(): FoundOffset | undefined
  /** Called once per append, per change of the log start, and at close; must be cheap and must not throw. */
  onAppend(listener: () => void): Disposable
  /** Resolves when everything appended before the call is on disk; shared by all who wait. */
  flush(): Promise<void>
}
