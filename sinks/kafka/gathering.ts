/**
 * Small writes go out together. A flow with batches of 100 would cost a request, a record batch and a write to the broker's disk for each;
 * the writes of one turn of the event loop are put into common record batches instead, and each still gets its own outcome.
 */
import type { Batch } from '../../src/flow/event.ts'
import { Rejected } from '../../src/flow/sink.ts'

/** Events that go out together at the most, and beyond which gathering saves nothing. */
export const gatheredMax = 2500
/** Events of the writes that are open, for each request that may be on its way: enough to gather while others are. */
export const openEventsEach = 1400

/** A write that waits for its companions. */
export interface OpenWrite {
  readonly batch: Batch
  readonly signal: AbortSignal
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** What becomes of a write behind one that failed: it was not sent. */
export const behind = (cause?: unknown): Error => new Error('It waited behind a write that failed.', { cause })

export class Gathering {
  readonly #send: (writes: readonly OpenWrite[]) => void
  #writes: OpenWrite[] = []
  #events = 0
  #scheduled = false

  /** `send` gets the writes in their order, once each. */
  constructor(send: (writes: readonly OpenWrite[]) => void) {
    this.#send = send
  }

  /** Whether so many more events go out with those that have gathered. */
  hasRoom(events: number): boolean {
    return this.#events + events <= gatheredMax
  }

  /** Resolves when the batch is stored; rejects with what `send` has for it. */
  add(batch: Batch, signal: AbortSignal): Promise<void> {
    if (!this.hasRoom(batch.length)) this.flush()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#writes.push({ batch, signal, resolve, reject })
    this.#events += batch.length
    if (this.#events >= gatheredMax) this.flush()
    else if (!this.#scheduled) {
      this.#scheduled = true
      setImmediate(this.#turn)
    }
    return promise
  }

  readonly #turn = (): void => {
    this.#scheduled = false
    this.flush()
  }

  /** What has gathered behind a write that failed fails too: nothing overtakes it. */
  fail(cause: unknown): void {
    const writes = this.#writes
    this.#writes = []
    this.#events = 0
    for (const { reject } of writes) reject(behind(cause))
  }

  /** Sends what has gathered now. */
  flush(): void {
    if (this.#writes.length === 0) return
    const writes = this.#writes
    this.#writes = []
    this.#events = 0
    this.#send(writes)
  }
}

/** The indexes within one write's part of the whole, from 0. */
const within = (indexes: readonly number[], from: number, to: number): number[] =>
  indexes.filter((index) => index >= from && index < to).map((index) => index - from)

/**
 * Tells each write what became of its own events, from what became of all of them: `thrown` is a Rejected for the whole, any other error, or
 * undefined when everything was stored. `stored` are the events that were stored all the same.
 */
export const tellEach = (writes: readonly OpenWrite[], thrown: unknown, stored: readonly number[]): void => {
  let from = 0
  for (const { batch, resolve, reject } of writes) {
    const to = from + batch.length
    if (thrown === undefined) resolve()
    else {
      const kept = within(stored, from, to)
      const refused = thrown instanceof Rejected ? within(thrown.indexes, from, to) : []
      if (kept.length === batch.length) resolve()
      else if (refused.length > 0 && thrown instanceof Rejected)
        reject(new Rejected(refused, thrown.reason, thrown.cause, kept))
      else reject(thrown instanceof Rejected ? (thrown.cause ?? thrown) : thrown)
    }
    from = to
  }
}
