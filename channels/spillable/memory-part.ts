/** What the channel holds in memory: batches in the order of the puts, counted in events and bytes. */
import type { Batch } from '../../src/flow/event.ts'
import type { Receipt } from '../../src/flow/receipt.ts'
import { chargeOf } from '../memory/byte-budget.ts'
import { BatchReceipt, chargeOfSlice, type Slice } from '../memory/segment.ts'
import { SliceQueue } from '../memory/slice-queue.ts'

export interface MemoryLimits {
  readonly events: number
  readonly bytes: number
  /** An event is charged in slots of so many bytes. */
  readonly slotBytes: number
}

/** A batch with what it is charged. */
export interface Charged {
  readonly batch: Batch
  readonly bytes: number
}

const eventsOf = ({ from, to }: Slice): number => to - from

export class MemoryPart {
  readonly #limits: MemoryLimits
  readonly #queue = new SliceQueue()
  #held = 0
  #bytes = 0

  constructor(limits: MemoryLimits) {
    this.#limits = limits
  }

  /** Events held, those in open takes included. */
  get held(): number {
    return this.#held
  }

  /** The ordinal that the first batch to be taken begins with; undefined when there is none. */
  get first(): number | undefined {
    return this.#queue.firstOrder
  }

  charge(batch: Batch): number {
    return chargeOf(batch, 0, batch.length, this.#limits.slotBytes)
  }

  /** Whether a batch gets in once there is room. */
  couldHold({ batch, bytes }: Charged): boolean {
    return batch.length <= this.#limits.events && bytes <= this.#limits.bytes
  }

  hasRoom({ batch, bytes }: Charged): boolean {
    const { events, bytes: bytesMax } = this.#limits
    return this.#held + batch.length <= events && this.#bytes + bytes <= bytesMax
  }

  /** Whether `percent` of it is free, of the events and of the bytes. */
  isFreeBy(percent: number): boolean {
    const { events, bytes } = this.#limits
    return (events - this.#held) * 100 >= events * percent && bytes - this.#bytes >= (bytes / 100) * percent
  }

  hold({ batch, bytes }: Charged, firstOrdinal: number): Receipt {
    const receipt = new BatchReceipt(batch.length, bytes)
    this.#held += batch.length
    this.#bytes += bytes
    this.#queue.push({ batch, from: 0, to: batch.length, receipt, order: firstOrdinal })
    return receipt
  }

  /** Up to `max` events from the head, of batches that begin below the ordinal `before`. */
  cut(max: number, before?: number): Slice[] {
    return this.#queue.cut(max, before)
  }

  back(slices: readonly Slice[]): void {
    this.#queue.back(slices)
  }

  /** These events are stored for good. */
  settled(slices: readonly Slice[]): void {
    for (const slice of slices) {
      this.#held -= eventsOf(slice)
      this.#bytes -= chargeOfSlice(slice, this.#limits.slotBytes)
      slice.receipt.committed(eventsOf(slice))
    }
  }
}
