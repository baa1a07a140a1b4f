/**
 * Lines on their way from the program to the channel. They are delivered when there are enough of them, or when the first has waited long enough,
 * one batch at a time: the reader waits for it, and so does the program.
 */
import type { Event } from '../../src/flow/event.ts'
import type { Deliver } from '../../src/flow/source.ts'
import type { Unsettled } from '../../src/flow/unsettled.ts'
import type { Clock } from '../../src/io/clock.ts'

export interface PendingOptions {
  readonly deliver: Deliver
  readonly unsettled: Unsettled
  readonly clock: Clock
  readonly batchTimeoutMs: number
  /** Gets what a delivery at the time-out failed with. */
  readonly failed: (thrown: unknown) => void
}

export class Pending {
  readonly #options: PendingOptions
  #events: Event[] = []
  #timer: Disposable | undefined
  #delivering: Promise<void> | undefined

  constructor(options: PendingOptions) {
    this.#options = options
  }

  /** Where the cutter puts lines. */
  get events(): Event[] {
    return this.#events
  }

  /** Sees to it that what is there now does not wait for ever. */
  wait(): void {
    if (this.#events.length === 0 || this.#timer !== undefined) return
    this.#timer = this.#options.clock.after(this.#options.batchTimeoutMs, () => this.#timeOver())
  }

  /** Delivers what is there, after what is under way. */
  async flush(): Promise<void> {
    this.cancel()
    await this.#delivering
    if (this.#events.length > 0) await this.#deliver()
  }

  cancel(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  #timeOver(): void {
    this.#timer = undefined
    if (this.#delivering === undefined) this.#deliver().catch(this.#options.failed)
    else this.wait()
  }

  async #deliver(): Promise<void> {
    const batch = this.#events
    this.#events = []
    const delivering = this.#options.deliver(batch).then((receipt) => this.#options.unsettled.add(receipt))
    this.#delivering = delivering
    try {
      await delivering
    } finally {
      this.#delivering = undefined
    }
  }
}
