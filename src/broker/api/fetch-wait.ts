/**
 * The long poll: a fetch that finds too little waits until its partitions hold `minBytes`, or something about them changes, or its time is over.
 * A waiting fetch costs a listener per partition and one timer; nothing polls.
 */
import type { Clock } from '../../io/clock.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { inRange } from './fetch-read.ts'

export interface WaitedLog {
  readonly log: PartitionLog
  readonly offset: number
  readonly bytesMax: number
  /** The reader gets nothing of transactions that are not decided yet. */
  readonly committedOnly: boolean
}

export interface WaitOptions {
  readonly minBytes: number
  readonly maxWaitMs: number
  readonly clock: Clock
  /** The reader went away. */
  readonly gone: AbortSignal
}

/**
 * How much of what is asked for the log could give now; undefined where the fetch has an error to tell: the log was closed, cannot be read, or has
 * lost the offset.
 */
export const readable = ({ log, offset, bytesMax, committedOnly }: WaitedLog): number | undefined => {
  try {
    const upTo = committedOnly ? log.lastStableOffset : undefined
    return inRange(log, offset) ? Math.min(bytesMax, log.bytesFrom(offset, bytesMax, upTo)) : undefined
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return undefined
    throw thrown
  }
}

/** Resolves when it is time to read, whatever the reason. */
export const waitForData = (logs: readonly WaitedLog[], options: WaitOptions): Promise<void> =>
  new Promise((resolve) => {
    const { minBytes, maxWaitMs, clock, gone } = options
    const amounts = logs.map((waited) => readable(waited) ?? 0)
    let total = amounts.reduce((sum, bytes) => sum + bytes, 0)
    const done = (): void => {
      for (const listener of listeners) listener[Symbol.dispose]()
      timer[Symbol.dispose]()
      gone.removeEventListener('abort', done)
      resolve()
    }
    const changed = (waited: WaitedLog, i: number): void => {
      const bytes = readable(waited)
      if (bytes === undefined) return done()
      total += bytes - (amounts[i] ?? 0)
      amounts[i] = bytes
      if (total >= minBytes) done()
    }
    const timer = clock.after(maxWaitMs, done)
    const listeners = logs.map((waited, i) => waited.log.onAppend(() => changed(waited, i)))
    gone.addEventListener('abort', done)
    if (gone.aborted) done()
  })
