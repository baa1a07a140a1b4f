/**
 * What a memory channel holds: a batch as it was put, or the part of it that is still to be taken, and the receipt its source waits on.
 * Nothing here is per event: a slice is two numbers, a receipt is one count.
 */
import type { Batch, Event } from '../../src/flow/event.ts'
import type { Receipt } from '../../src/flow/receipt.ts'
import { chargeOf } from './byte-budget.ts'

/** Settles when as many events were committed as the batch has. The promise is made when first asked for. */
export class BatchReceipt implements Receipt {
  /** What the whole batch was charged. */
  readonly bytes: number
  #open: number
  #settled: Promise<void> | undefined
  #resolve: (() => void) | undefined

  constructor(events: number, bytes: number) {
    this.bytes = bytes
    this.#open = events
  }

  get settled(): Promise<void> {
    if (this.#settled !== undefined) return this.#settled
    if (this.#open === 0) return (this.#settled = Promise.resolve())
    return (this.#settled = new Promise((resolve) => (this.#resolve = resolve)))
  }

  /** `events` of the batch are stored for good. */
  committed(events: number): void {
    this.#open -= events
    if (this.#open === 0) this.#resolve?.()
  }
}

/** The events `from` to `to` of a batch. */
export interface Slice {
  readonly batch: Batch
  readonly from: number
  readonly to: number
  readonly receipt: BatchReceipt
  /** Where the batch stands in the order of the puts: higher for later ones. */
  readonly order: number
}

/** What the slice was charged, in slots of `slotBytes`: counted again only when it is not the whole batch. */
export const chargeOfSlice = ({ batch, from, to, receipt }: Slice, slotBytes?: number): number =>
  to - from === batch.length ? receipt.bytes : chargeOf(batch, from, to, slotBytes)

/** The slice's events, copied only when they are not the whole batch. */
const eventsOf = ({ batch, from, to }: Slice): Batch => (to - from === batch.length ? batch : batch.slice(from, to))

/** The events of several slices in one array. */
export const joined = (slices: readonly Slice[]): Batch => {
  const only = slices[0]
  if (slices.length === 1 && only !== undefined) return eventsOf(only)
  return ([] as Event[]).concat(...slices.map(eventsOf))
}

/** Whether `a` comes before `b` in the order of the puts. */
export const isBefore = (a: Slice, b: Slice): boolean => a.order < b.order || (a.order === b.order && a.from < b.from)
