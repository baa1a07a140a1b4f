/** Says once that something does not work, and once that it works again, however often it was tried in between. */
import type { Log, LogFields } from '../base/log.ts'

export class Outage {
  readonly #log: Log
  readonly #level: 'warn' | 'error'
  #down = false

  constructor(log: Log, level: 'warn' | 'error' = 'warn') {
    this.#log = log
    this.#level = level
  }

  get isDown(): boolean {
    return this.#down
  }

  /** It failed. Only the first call after it worked is said. */
  failed(message: string, fields?: LogFields): void {
    if (this.#down) return
    this.#down = true
    this.#log[this.#level](message, fields)
  }

  /** It worked. Only the first call after it failed is said. */
  worked(message: string): void {
    if (!this.#down) return
    this.#down = false
    this.#log.info(message)
  }
}
