/**
 * Positions that lag and never lead, once for every source that can read again (files, Kafka). The source records each delivered batch with the
 * position after it; positions come back, in order, only when their batch and all before it have settled. It also holds the source back to
 * `max` unsettled events: the file is the better buffer, and young objects die in the cache.
 */
import { Ring } from '../base/ring.ts'
import type { Receipt } from './receipt.ts'

interface Entry<P> {
  readonly events: number
  readonly position: P
  settled: boolean
}

export class Ahead<P> {
  readonly #max: number
  readonly #onSettled: (position: P, events: number) => void
  readonly #entries = new Ring<Entry<P>>()
  #events = 0
  #waiting: (() => void)[] = []
  readonly #watched = new WeakSet<AbortSignal>()

  /** `onSettled` gets each batch's position in the order of `add`, once. */
  constructor(max: number, onSettled: (position: P, events: number) => void) {
    this.#max = max
    this.#onSettled = onSettled
  }

  /** Events delivered and not settled. */
  get events(): number {
    return this.#events
  }

  get full(): boolean {
    return this.#events >= this.#max
  }

  /** Call in the order of delivery. */
  add(events: number, position: P, receipt: Receipt): void {
    const entry: Entry<P> = { events, position, settled: false }
    this.#entries.push(entry)
    this.#events += events
    void this.#settle(entry, receipt)
  }

  /** Resolves when there is room for another batch, or when `signal` aborts. */
  async room(signal: AbortSignal): Promise<void> {
    while (this.full && !signal.aborted) await this.#change(signal)
  }

  /** Resolves when everything has settled, or when `signal` aborts. */
  async empty(signal: AbortSignal): Promise<void> {
    while (this.#events > 0 && !signal.aborted) await this.#change(signal)
  }

  async #settle(entry: Entry<P>, receipt: Receipt): Promise<void> {
    await receipt.settled
    entry.settled = true
    this.#advance()
  }

  #advance(): void {
    for (let oldest = this.#entries.peek(); oldest?.settled === true; oldest = this.#entries.peek()) {
      this.#entries.shift()
      this.#events -= oldest.events
      this.#onSettled(oldest.position, oldest.events)
    }
    this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }

  /** Resolves when something has settled, or when `signal` aborts. */
  #change(signal: AbortSignal): Promise<void> {
    this.#watch(signal)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** One listener for each signal: a busy source waits at every batch. */
  #watch(signal: AbortSignal): void {
    if (this.#watched.has(signal)) return
    this.#watched.add(signal)
    signal.addEventListener('abort', () => this.#wake(), { once: true })
  }
}
