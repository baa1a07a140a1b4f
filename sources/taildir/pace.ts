/**
 * When to look again: at once when woken, soon after there was something to read, and more and more seldom, down to the poll, where it is
 * quiet. So active files are followed closely even where nothing can be watched.
 */
import type { Clock } from '../../src/io/clock.ts'

/** No two rounds begin closer together: lines that arrive one by one are then taken together. */
const leastMs = 10

export class Pace {
  readonly #clock: Clock
  readonly #pollMs: number
  #quietMs = leastMs
  #lastMs: number
  #woken = false
  #wakeUp: (() => void) | undefined

  constructor(clock: Clock, pollMs: number) {
    this.#clock = clock
    this.#pollMs = pollMs
    this.#lastMs = clock.monotonic()
  }

  /** Ends the present wait, or makes the next one short. */
  wake(): void {
    this.#woken = true
    this.#wakeUp?.()
  }

  /** Waits for the next round; `progressed`: the last one found something. */
  async next(progressed: boolean, signal: AbortSignal): Promise<void> {
    this.#quietMs = progressed ? leastMs : Math.min(this.#pollMs, this.#quietMs * 2)
    const soonMs = this.#lastMs + leastMs - this.#clock.monotonic()
    if (soonMs > 0) await this.#clock.sleep(soonMs, signal)
    if (!this.#woken) await this.#sleep(this.#quietMs, signal)
    this.#woken = false
    this.#lastMs = this.#clock.monotonic()
  }

  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    const ended = new AbortController()
    const end = (): void => ended.abort()
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
    this.#wakeUp = end
    return this.#clock.sleep(ms, ended.signal).finally(() => {
      signal.removeEventListener('abort', end)
      this.#wakeUp = undefined
    })
  }
}
