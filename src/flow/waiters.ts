/**
 * Takers or putters that wait for a channel, served in the order they came. One timer and one abort listener serve them all:
 * a busy channel waits tens of thousands of times a second, where a timer and a listener for each wait would cost more than the events.
 */
import { Ring } from '../base/ring.ts'
import type { Clock } from '../io/clock.ts'
import type { Take } from './channel.ts'
import type { Batch } from './event.ts'
import type { Receipt } from './receipt.ts'

interface Waiting {
  /** Called once when its time is over or its signal aborted. */
  readonly giveUp: () => void
  readonly signal?: AbortSignal
  deadlineMs: number
}

/** A put that waits for room. `deadlineMs` is set by Waiters. */
export interface Putter extends Waiting {
  readonly batch: Batch
  readonly admitted?: (() => void) | undefined
  readonly resolve: (receipt: Receipt | Promise<Receipt>) => void
}

/** A take that waits for events. `deadlineMs` is set by Waiters. */
export interface Taker extends Waiting {
  readonly max: number
  readonly signal: AbortSignal
  readonly resolve: (take: Take) => void
  readonly reject: (reason: unknown) => void
}

/** A take that may not wait at all would spin: with keep-alive 0 it waits this long. */
export const takeWaitMinMs = 1000

export class Waiters<W extends Waiting> {
  readonly #clock: Clock
  readonly #patienceMs: number
  readonly #ring = new Ring<W>()
  readonly #watched = new WeakSet<AbortSignal>()
  #timer: Disposable | undefined

  /** Each waits for `patienceMs` at most. */
  constructor(clock: Clock, patienceMs: number) {
    this.#clock = clock
    this.#patienceMs = patienceMs
  }

  get length(): number {
    return this.#ring.length
  }

  add(waiter: W): void {
    waiter.deadlineMs = this.#clock.monotonic() + this.#patienceMs
    this.#ring.push(waiter)
    this.#watch(waiter.signal)
    this.#timer ??= this.#clock.after(this.#patienceMs, this.#expire)
  }

  /** Who has waited longest. */
  first(): W | undefined {
    return this.#ring.peek()
  }

  shift(): W | undefined {
    return this.#ring.shift()
  }

  /** All give up. */
  close(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    for (let w = this.#ring.shift(); w !== undefined; w = this.#ring.shift()) w.giveUp()
  }

  /** The timer is left running when its waiter was served, and looks here again for who is due. */
  readonly #expire = (): void => {
    this.#timer = undefined
    const nowMs = this.#clock.monotonic()
    const due: W[] = []
    for (let w = this.#ring.peek(); w !== undefined && w.deadlineMs <= nowMs; w = this.#ring.peek()) {
      this.#ring.shift()
      due.push(w)
    }
    const next = this.#ring.peek()
    if (next !== undefined) this.#timer = this.#clock.after(next.deadlineMs - nowMs, this.#expire)
    for (const w of due) w.giveUp()
  }

  #watch(signal: AbortSignal | undefined): void {
    if (signal === undefined || this.#watched.has(signal)) return
    this.#watched.add(signal)
    signal.addEventListener('abort', () => this.#aborted(signal), { once: true })
  }

  #aborted(signal: AbortSignal): void {
    const gone: W[] = []
    for (let left = this.#ring.length; left > 0; left--) {
      const w = this.#ring.shift()
      if (w === undefined) break
      if (w.signal === signal) gone.push(w)
      else this.#ring.push(w)
    }
    for (const w of gone) w.giveUp()
  }
}
