/** What became of one source's events. `put` counts what channels took, so that copies for further channels can be told from events. */
import type { Account } from '../monitor/accounts.ts'

export class SourceAccount {
  #in = 0
  #out = 0
  #dropped = 0
  #held = 0
  #put = 0

  /** `received` events came in, and the interceptors let `kept` of them go on. */
  begin(received: number, kept: number): void {
    this.#in += Math.max(received, kept)
    this.#dropped += Math.max(0, received - kept)
    this.#held += kept
  }

  /** A channel took `events`. */
  put(events: number): void {
    this.#put += events
  }

  /** A batch is through: `out` of its events are in at least one channel, and no channel wanted `dropped`. */
  placed(out: number, dropped: number): void {
    this.#held -= out + dropped
    this.#out += out
    this.#dropped += dropped
  }

  /** A batch was refused: `back` of its events are the peer's again, and `out` are in a channel all the same. */
  refused(back: number, out: number): void {
    this.#held -= back + out
    this.#in -= back
    this.#out += out
  }

  /** Events in further channels than the first. */
  get copied(): number {
    return this.#put - this.#out
  }

  account(): Account {
    return { in: this.#in, out: this.#out, dropped: this.#dropped, held: this.#held }
  }
}
