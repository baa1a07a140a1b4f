/**
 * The channel itself. Batches are held as they were put; a take gets whole batches or slices of them, so that events cost nothing one by one.
 */
import { assert } from '../../src/base/assert.ts'
import { Fault } from '../../src/base/faults.ts'
import { type Channel, nothingTaken, type Take } from '../../src/flow/channel.ts'
import type { Batch } from '../../src/flow/event.ts'
import { type Receipt, settledReceipt } from '../../src/flow/receipt.ts'
import type { Clock } from '../../src/io/clock.ts'
import { chargeOf } from './byte-budget.ts'
import { BatchReceipt, chargeOfSlice, joined, type Slice } from './segment.ts'
import { SliceQueue } from './slice-queue.ts'
import { type Putter, type Taker, takeWaitMinMs, Waiters } from '../../src/flow/waiters.ts'

export interface MemoryOptions {
  readonly name: string
  readonly capacity: number
  readonly transactionCapacity: number
  readonly keepAliveMs: number
  /** Bytes that events may hold, as `chargeOf` counts them. */
  readonly bytesMax: number
}

interface ChargedPutter extends Putter {
  readonly bytes: number
}

const done = Promise.resolve()

export class MemoryChannel implements Channel {
  readonly capacity: number
  readonly transactionCapacity: number
  readonly durable = false
  readonly #options: MemoryOptions
  readonly #queue = new SliceQueue()
  readonly #putters: Waiters<ChargedPutter>
  readonly #takers: Waiters<Taker>
  #held = 0
  #bytes = 0
  #puts = 0
  #closed = false

  constructor(options: MemoryOptions, clock: Clock) {
    this.#options = options
    this.capacity = options.capacity
    this.transactionCapacity = options.transactionCapacity
    this.#putters = new Waiters(clock, options.keepAliveMs)
    this.#takers = new Waiters(clock, Math.max(takeWaitMinMs, options.keepAliveMs))
  }

  get held(): number {
    return this.#held
  }

  /** Bytes charged for the events held. */
  get heldBytes(): number {
    return this.#bytes
  }

  /** The batch is kept as it is: the caller must not change the array any more. */
  put(batch: Batch): Promise<Receipt> {
    const refused = this.#cannotTake(batch)
    if (refused !== undefined) return Promise.reject(refused)
    if (batch.length === 0) return Promise.resolve(settledReceipt)
    const bytes = chargeOf(batch, 0, batch.length)
    if (this.#putters.length === 0 && this.#hasRoom(batch.length, bytes)) {
      return Promise.resolve(this.#hold(batch, bytes))
    }
    return this.#waitForRoom(batch, bytes)
  }

  take(max: number, signal: AbortSignal): Promise<Take> {
    assert(max >= 1, `A take of ${max} events`)
    if (this.#closed || signal.aborted) return Promise.resolve(nothingTaken)
    const most = Math.min(max, this.transactionCapacity)
    if (!this.#queue.isEmpty) return Promise.resolve(new MemoryTake(this, this.#queue.cut(most)))
    return new Promise((resolve, reject) => {
      this.#takers.add({ max: most, signal, resolve, reject, giveUp: () => resolve(nothingTaken), deadlineMs: 0 })
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#takers.close()
    this.#putters.close()
    return done
  }

  /** For open takes: these events are stored for good. */
  committed(slices: readonly Slice[]): void {
    for (const slice of slices) {
      const events = slice.to - slice.from
      this.#held -= events
      this.#bytes -= chargeOfSlice(slice)
      slice.receipt.committed(events)
    }
    this.#letIn()
  }

  /** For open takes: these events come back. */
  rolledBack(slices: readonly Slice[]): void {
    this.#queue.back(slices)
    this.#serve()
  }

  #cannotTake(batch: Batch): Fault | undefined {
    const { name, transactionCapacity } = this.#options
    if (this.#closed) return new Fault('CHANNEL_CLOSED', { channel: name })
    if (batch.length <= transactionCapacity) return undefined
    return new Fault('BATCH_TOO_LARGE', { channel: name, events: batch.length, transactionCapacity })
  }

  /** A batch that is alone above the byte limit gets in when there is nothing else, since it could never get in otherwise. */
  #hasRoom(events: number, bytes: number): boolean {
    if (this.#held + events > this.capacity) return false
    return this.#bytes + bytes <= this.#options.bytesMax || this.#held === 0
  }

  #hold(batch: Batch, bytes: number): Receipt {
    const receipt = new BatchReceipt(batch.length, bytes)
    this.#held += batch.length
    this.#bytes += bytes
    this.#queue.push({ batch, from: 0, to: batch.length, receipt, order: this.#puts++ })
    this.#serve()
    return receipt
  }

  #waitForRoom(batch: Batch, bytes: number): Promise<Receipt> {
    const { name, keepAliveMs } = this.#options
    const { promise, resolve, reject } = Promise.withResolvers<Receipt>()
    const giveUp = (): void => {
      const details = { channel: name, events: batch.length, seconds: keepAliveMs / 1000 }
      reject(this.#closed ? new Fault('CHANNEL_CLOSED', { channel: name }) : new Fault('CHANNEL_FULL', details))
      this.#letIn()
    }
    this.#putters.add({ batch, bytes, resolve, giveUp, deadlineMs: 0 })
    return promise
  }

  /** Room may have come up: waiting puts go in, in order, as far as they fit. */
  #letIn(): void {
    if (this.#closed) return
    for (let next = this.#putters.first(); next !== undefined; next = this.#putters.first()) {
      if (!this.#hasRoom(next.batch.length, next.bytes)) return
      this.#putters.shift()
      next.resolve(this.#hold(next.batch, next.bytes))
    }
  }

  /** Events have come: waiting takes get them. */
  #serve(): void {
    if (this.#closed) return
    while (!this.#queue.isEmpty) {
      const taker = this.#takers.shift()
      if (taker === undefined) return
      taker.resolve(new MemoryTake(this, this.#queue.cut(taker.max)))
    }
  }
}

class MemoryTake implements Take {
  readonly events: Batch
  readonly #channel: MemoryChannel
  #slices: readonly Slice[] | undefined

  constructor(channel: MemoryChannel, slices: readonly Slice[]) {
    this.events = joined(slices)
    this.#channel = channel
    this.#slices = slices
  }

  commit(): Promise<void> {
    const slices = this.#slices
    assert(slices !== undefined, 'A take was committed twice, or after it was rolled back')
    this.#slices = undefined
    this.#channel.committed(slices)
    return done
  }

  [Symbol.asyncDispose](): Promise<void> {
    const slices = this.#slices
    this.#slices = undefined
    if (slices !== undefined) this.#channel.rolledBack(slices)
    return done
  }
}
