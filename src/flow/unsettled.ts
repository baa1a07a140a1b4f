/**
 * Counts what was delivered and has not settled, for sources that cannot read again (netcat, exec, avro): they keep no positions, and only wait
 * at the stop until nothing is open.
 */
import type { Receipt } from './receipt.ts'

export class Unsettled {
  #open = 0
  #wake: (() => void) | undefined
  readonly #settled = (): void => {
    this.#open--
    if (this.#open === 0) this.#wake?.()
  }

  add(receipt: Receipt): void {
    this.#open++
    void receipt.settled.then(this.#settled)
  }

  /** Resolves when everything has settled, or when `signal` aborts. For one caller at a time. */
  empty(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (this.#open === 0 || signal.aborted) return resolve()
      const done = (): void => {
        this.#wake = undefined
        signal.removeEventListener('abort', done)
        resolve()
      }
      this.#wake = done
      signal.addEventListener('abort', done)
    })
  }
}
