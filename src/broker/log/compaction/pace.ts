/**
 * Keeps compaction out of the way of clients: it works in slices of the thread's time and lets everybody else go in between, and it reads and writes
 * no more bytes in a second than it may.
 */
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../../io/clock.ts'

/** The longest that compaction keeps the thread, but for a single batch that takes longer. */
export const sliceMs = 2
/** Over how long the allowed bytes are counted: a burst is over before it is held against the next hour. */
const windowMs = 1000

export interface PaceOptions {
  readonly clock: Clock
  /** `log.cleaner.io.max.bytes.per.second`, read and written together. */
  readonly bytesPerSecond: number
  readonly signal: AbortSignal
}

/** Thrown out of a rest when the broker stops. */
export class CleaningStopped extends Error {
  override readonly name = 'CleaningStopped'
}

export class Pace {
  readonly #options: PaceOptions
  #sliceStartMs: number
  #windowStartMs: number
  #windowBytes = 0

  constructor(options: PaceOptions) {
    this.#options = options
    this.#sliceStartMs = this.#windowStartMs = options.clock.monotonic()
  }

  /** So many bytes were read or written. The promise, if there is one, is what must be waited for before the next ones; it rejects with CleaningStopped. */
  did(bytes: number): Promise<void> | undefined {
    const nowMs = this.#options.clock.monotonic()
    this.#windowBytes += bytes
    const owedMs =
      (this.#windowBytes / Math.max(1, this.#options.bytesPerSecond)) * 1000 - (nowMs - this.#windowStartMs)
    if (owedMs < 1 && nowMs - this.#sliceStartMs < sliceMs) return undefined
    return this.#rest(owedMs)
  }

  async #rest(owedMs: number): Promise<void> {
    const { clock, signal } = this.#options
    if (owedMs >= 1) await clock.sleep(owedMs, signal)
    else await setImmediate()
    if (signal.aborted) throw new CleaningStopped('The cleaner stops')
    this.#sliceStartMs = clock.monotonic()
    if (this.#sliceStartMs - this.#windowStartMs < windowMs) return
    this.#windowStartMs = this.#sliceStartMs
    this.#windowBytes = 0
  }
}
