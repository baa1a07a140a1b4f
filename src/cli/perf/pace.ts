/** Keeps a tool at a rate: how many records may leave by now, and how long until the next may. */
import type { Clock } from '../../io/clock.ts'

export class Pace {
  readonly #perSecond: number
  readonly #clock: Clock
  readonly #startMs: number

  /** `perSecond` below zero is no limit. */
  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond < 0 ? Infinity : perSecond
    this.#clock = clock
    this.#startMs = clock.monotonic()
  }

  /** Records that may have left by now, in all. */
  get due(): number {
    if (this.#perSecond === Infinity) return Infinity
    return Math.floor(((this.#clock.monotonic() - this.#startMs) * this.#perSecond) / 1000) + 1
  }

  /** Waits until the record of this number, from 0, may leave, or `signal` aborts. */
  async until(record: number, signal: AbortSignal): Promise<void> {
    const atMs = this.#startMs + (record * 1000) / this.#perSecond
    await this.#clock.sleep(Math.max(1, Math.ceil(atMs - this.#clock.monotonic())), signal)
  }
}
