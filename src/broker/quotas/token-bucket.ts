/** Tokens that come at a steady rate up to a burst; what is done costs some, and may leave less than none. */
import type { Windows } from './rate.ts'

export class TokenBucket {
  readonly #windows: Windows
  #tokens: number | undefined
  #filledMs = 0

  constructor(windows: Windows) {
    this.#windows = windows
  }

  /** Whether more was spent than there was. */
  isEmpty(perSecond: number, nowMs: number): boolean {
    return this.#fill(perSecond, nowMs) < 0
  }

  spend(tokens: number, perSecond: number, nowMs: number): void {
    this.#tokens = this.#fill(perSecond, nowMs) - tokens
  }

  /** How long until there is none owed. */
  throttleMs(perSecond: number, nowMs: number): number {
    return Math.max(0, Math.round((-this.#fill(perSecond, nowMs) / perSecond) * 1000))
  }

  #fill(perSecond: number, nowMs: number): number {
    const burst = (perSecond * this.#windows.count * this.#windows.sizeMs) / 1000
    const came = (perSecond * (nowMs - this.#filledMs)) / 1000
    this.#tokens = Math.min(burst, (this.#tokens ?? burst) + came)
    this.#filledMs = nowMs
    return this.#tokens
  }
}
