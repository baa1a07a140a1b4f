import type { Batch } from './event.ts'
import type { Receipt } from './receipt.ts'

/** Holds events between sources and sinks. Disposing it is safe twice and before open. */
export interface Channel extends AsyncDisposable {
  readonly capacity: number
  /** The largest batch one put or take may have. Runners work in pieces of it. */
  readonly transactionCapacity: number
  /** Receipts settle by the channel's own storage and not by the sinks behind it; where there is a `writeDown`, some of them do. */
  readonly durable: boolean
  /** Events also come into it, or go out of it, by others. */
  readonly shared?: boolean
  /** Events held now, those in open takes included. */
  readonly held: number
  /** Events that it held and can never give out, since it was opened; the log has told each time. Only a channel that stores has this, and a counter of it. */
  readonly lost?: LostEvents | undefined
  /** Before the first put or take. */
  open?(): Promise<void>
  /**
   * All or nothing; resolved = held by the channel. Waits for room for its keep-alive, then rejects with CHANNEL_FULL. A channel that stores what it
   * holds calls `admitted` as soon as the batch has its place in the order: the next put may then begin while this one is being stored.
   */
  put(batch: Batch, admitted?: () => void): Promise<Receipt>
  /** Waits for events and returns as soon as one is there, up to `max`; empty only on abort or after its keep-alive. Order is that of the puts. */
  take(max: number, signal: AbortSignal): Promise<Take>
  /**
   * The agent begins to stop. A channel that is durable only in part makes the rest last now, so that its receipts settle without the sinks; from then
   * on it gives nothing more to takes. Never rejects: what cannot be made to last is said in the log.
   */
  writeDown?(): Promise<void>
}

/** What was stored and can be read no more. */
export interface LostEvents {
  readonly events: number
  /** Where damaged bytes are kept for a person to look at: paths, a `*` for the rest of a name. */
  readonly keptIn: readonly string[]
}

/** An open take. Leaving scope without `commit()` rolls back: the events return to the head, in order. Committing twice is a broken invariant. */
export interface Take extends AsyncDisposable {
  readonly events: Batch
  commit(): Promise<void>
}

const done = Promise.resolve()

/** The empty take, of one that has waited in vain. */
export const nothingTaken: Take = { events: [], commit: () => done, [Symbol.asyncDispose]: () => done }
