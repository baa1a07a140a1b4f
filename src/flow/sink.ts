import type { Batch } from './event.ts'

/** Takes events out. It never sees a transaction: the sink runner takes, writes and commits, and alone retries. Disposing is safe twice and before open. */
export interface Sink extends AsyncDisposable {
  /** The most events one `write` should get. */
  readonly batchSize: number
  /** Writes that may be open at once; they are begun in order. 1 unless the sink keeps order over several. */
  readonly inFlight: number
  /** Before the first write; what it throws is retried with back-off. */
  open?(signal: AbortSignal): Promise<void>
  /** Returned = stored; thrown = not stored, and the runner writes it again. Never called with an empty batch. */
  write(batch: Batch, signal: AbortSignal): Promise<void>
}

/**
 * Thrown by `write` for events that can never be stored (too large, a bad partition header, no timestamp for the path). The runner writes the rest
 * again, but for those of it that the sink says are stored already, and blocks or quarantines the rejected ones by the setting `onReject`.
 */
export class Rejected extends Error {
  override readonly name = 'Rejected'
  /** Indexes into the batch, ascending. */
  readonly indexes: readonly number[]
  /** What is wrong with them and what would cure it, a sentence or two. */
  readonly reason: string
  /** Indexes of events that are stored nevertheless. */
  readonly stored: readonly number[]

  constructor(indexes: readonly number[], reason: string, cause?: unknown, stored: readonly number[] = []) {
    super(reason, cause === undefined ? undefined : { cause })
    this.indexes = indexes
    this.reason = reason
    this.stored = stored
  }
}
