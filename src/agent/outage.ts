/**
 * Says once that something does not work, and once that it works again, however often it was tried in between. What goes down and up all the
 * time, such as a channel at the edge of its capacity, is said no more than twice a minute.
 */
import type { Log, LogFields } from '../base/log.ts'
import type { Clock } from '../io/clock.ts'

/** How long after it was said last that it went down. */
const quietMs = 30_000

export class Outage {
  readonly #log: Log
  readonly #clock: Clock
  readonly #level: 'warn' | 'error'
  #isDown = false
  #isSaid = false
  #saidMs = Number.NEGATIVE_INFINITY

  constructor(log: Log, clock: Clock, level: 'warn' | 'error' = 'warn') {
    this.#log = log
    this.#clock = clock
    this.#level = level
  }

  get isDown(): boolean {
    return this.#isDown
  }

  /** It failed, or failed again. */
  failed(message: string, fields?: LogFields): void {
    this.#isDown = true
    if (this.#isSaid) return
    const nowMs = this.#clock.monotonic()
    if (nowMs - this.#saidMs < quietMs) return
    this.#isSaid = true
    this.#saidMs = nowMs
    this.#log[this.#level](message, fields)
  }

  /** It worked. Said only when the failure was. */
  worked(message: string): void {
    if (!this.#isDown) return
    this.#isDown = false
    if (this.#isSaid) this.#log.info(message)
    this.#isSaid = false
  }
}
