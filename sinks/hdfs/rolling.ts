/** The two clocks of an open file: its age and its idleness. */
import type { Clock } from '../../src/io/clock.ts'

export interface RollTimes {
  /** Age at which a file is ended; Infinity for no limit. */
  readonly rollIntervalMs: number
  /** Time without a write after which a file is ended; Infinity for no limit. */
  readonly idleTimeoutMs: number
}

export class RollTimers implements Disposable {
  readonly #clock: Clock
  readonly #times: RollTimes
  readonly #over: () => void
  readonly #age: Disposable | undefined
  #idle: Disposable | undefined
  #lastWriteMs: number

  /** `over` is called once, when the first of the two is over. */
  constructor(clock: Clock, times: RollTimes, over: () => void) {
    this.#clock = clock
    this.#times = times
    this.#over = () => {
      this[Symbol.dispose]()
      over()
    }
    this.#lastWriteMs = clock.monotonic()
    this.#age = times.rollIntervalMs === Infinity ? undefined : clock.after(times.rollIntervalMs, this.#over)
    this.#wait(times.idleTimeoutMs)
  }

  /** The file was written to. The timer is not set anew for it: it looks again when it is due. */
  written(): void {
    this.#lastWriteMs = this.#clock.monotonic()
  }

  [Symbol.dispose](): void {
    this.#age?.[Symbol.dispose]()
    this.#idle?.[Symbol.dispose]()
  }

  #wait(ms: number): void {
    if (ms === Infinity) return
    this.#idle = this.#clock.after(ms, () => {
      const leftMs = this.#lastWriteMs + this.#times.idleTimeoutMs - this.#clock.monotonic()
      if (leftMs > 0) this.#wait(leftMs)
      else this.#over()
    })
  }
}
