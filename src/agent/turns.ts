/**
 * One at a time, in the order of asking. The turn goes straight to the next in line, so that nobody slips in between. The line is as long as the
 * source has deliveries open, which its own limits bound (one for a file, one for each connection).
 */
import { Ring } from '../base/ring.ts'

const now = Promise.resolve()

export class Turns {
  readonly #line = new Ring<() => void>()
  #taken = false

  /** Resolves when it is the caller's turn, which lasts until `next`. */
  mine(): Promise<void> {
    if (this.#taken) return new Promise((resolve) => this.#line.push(resolve))
    this.#taken = true
    return now
  }

  /** Ends the caller's turn. */
  next(): void {
    const next = this.#line.shift()
    if (next === undefined) this.#taken = false
    else next()
  }
}
