/** What takes long tells now and then how far it is. */
import type { Log } from '../base/log.ts'
import type { Clock } from './clock.ts'

const progressMs = 5000

export class Progress {
  readonly #log: Log
  readonly #clock: Clock
  #saidMs: number

  constructor(log: Log, clock: Clock) {
    this.#log = log
    this.#clock = clock
    this.#saidMs = clock.monotonic()
  }

  say(text: () => string): void {
    const nowMs = this.#clock.monotonic()
    if (nowMs - this.#saidMs < progressMs) return
    this.#saidMs = nowMs
    this.#log.info(text())
  }
}
