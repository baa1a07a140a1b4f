/** What stands behind a source under test: takes what it delivers, holds it up or refuses it as the test says, and settles at once or by hand. */
import type { Batch, Event } from '../../src/flow/event.ts'
import type { Receipt } from '../../src/flow/receipt.ts'
import type { Deliver } from '../../src/flow/source.ts'

export class FakeTarget {
  readonly batches: Batch[] = []
  /** Deliveries that have begun. */
  begun = 0
  /** What the next deliveries are refused with, one each. */
  readonly refusals: Error[] = []
  #gate: Promise<void> = Promise.resolve()
  #open: () => void = () => {}
  #settleByHand = false
  #unsettled: (() => void)[] = []

  get events(): Event[] {
    return this.batches.flat()
  }

  /** Bodies as text. */
  get bodies(): string[] {
    return this.events.map((event) => Buffer.from(event.body).toString('utf8'))
  }

  /** Deliveries wait until `release`. */
  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  release(): void {
    this.#open()
    this.#gate = Promise.resolve()
  }

  /** From now on receipts settle only by `settle`. */
  settleByHand(): void {
    this.#settleByHand = true
  }

  /** Receipts from now on settle at once again; those kept by `settleByHand` stay as they are. */
  settleLater(): void {
    this.#settleByHand = false
  }

  settle(): void {
    for (const settle of this.#unsettled.splice(0)) settle()
  }

  readonly deliver: Deliver = async (batch) => {
    this.begun++
    await this.#gate
    const refusal = this.refusals.shift()
    if (refusal !== undefined) throw refusal
    this.batches.push(batch)
    return this.#receipt()
  }

  #receipt(): Receipt {
    if (!this.#settleByHand) return { settled: Promise.resolve() }
    return { settled: new Promise((resolve) => void this.#unsettled.push(resolve)) }
  }
}
