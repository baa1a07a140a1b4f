/** The channel: puts and takes of one topic, joined to what runners expect of a channel. It holds as much as the cluster does. */
import { assert, rethrowBroken } from '../../src/base/assert.ts'
import { Fault } from '../../src/base/faults.ts'
import { type Channel, nothingTaken, type Take } from '../../src/flow/channel.ts'
import type { Batch } from '../../src/flow/event.ts'
import { type Receipt, settledReceipt } from '../../src/flow/receipt.ts'
import { type Taker, Waiters } from '../../src/flow/waiters.ts'
import type { Puts } from './puts.ts'
import { Reading, type ReadingOptions } from './reading.ts'
import { joined, type Slice } from './ready-events.ts'
import type { Takes } from './takes.ts'

/** `takes` is called at the first take: a channel without a sink joins no group. */
export interface KafkaChannelOptions extends ReadingOptions {
  /** How long a take waits for events. */
  readonly pollTimeoutMs: number
  readonly puts: Puts
}

const done = Promise.resolve()

export class KafkaChannel implements Channel {
  readonly capacity = Number.MAX_SAFE_INTEGER
  readonly transactionCapacity = Number.MAX_SAFE_INTEGER
  readonly durable = true
  readonly shared = true
  readonly #options: KafkaChannelOptions
  readonly #takers: Waiters<Taker>
  readonly #reading: Reading
  #put = 0
  #closed = false

  constructor(options: KafkaChannelOptions) {
    this.#options = options
    this.#takers = new Waiters(options.clock, options.pollTimeoutMs)
    this.#reading = new Reading(options, () => this.#serve())
  }

  /** What this agent knows of: events that it put and no sink of it has stored, or more where more was fetched. */
  get held(): number {
    return Math.max(this.#reading.held, this.#put - this.#reading.committed)
  }

  open(): Promise<void> {
    return this.#options.puts.open()
  }

  async put(batch: Batch, admitted?: () => void): Promise<Receipt> {
    if (this.#closed) throw new Fault('CHANNEL_CLOSED', { channel: this.#options.name })
    if (batch.length === 0) return settledReceipt
    await this.#options.puts.put(batch, admitted)
    this.#put += batch.length
    return settledReceipt
  }

  async take(max: number, signal: AbortSignal): Promise<Take> {
    assert(max >= 1, `A take of ${max} events`)
    if (this.#closed || signal.aborted) return nothingTaken
    const takes = await this.#reading.started(signal)
    if (takes === undefined || this.#closed || signal.aborted) return nothingTaken
    return new Promise((resolve, reject) => {
      const giveUp = (): void => resolve(nothingTaken)
      if (canServe(takes) && this.#takers.length === 0) this.#give(takes, max, resolve, reject)
      else this.#takers.add({ max, signal, resolve, reject, giveUp, deadlineMs: 0 })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#takers.close()
    await this.#reading[Symbol.asyncDispose]()
    await this.#options.puts[Symbol.asyncDispose]()
  }

  #serve(): void {
    const takes = this.#reading.current
    if (takes === undefined) return
    while (!this.#closed && canServe(takes)) {
      const taker = this.#takers.shift()
      if (taker === undefined) return
      this.#give(takes, taker.max, taker.resolve, taker.reject)
    }
  }

  #give(takes: Takes, max: number, resolve: (take: Take) => void, reject: (reason: unknown) => void): void {
    try {
      const slices = takes.cut(max)
      resolve(slices.length === 0 ? nothingTaken : new KafkaTake(takes, slices))
    } catch (thrown) {
      rethrowBroken(thrown)
      this.#reading.failed(takes, thrown)
      reject(thrown)
    }
  }
}

const canServe = (takes: Takes): boolean => takes.ready.count > 0 || takes.hasFailed

class KafkaTake implements Take {
  readonly events: Batch
  readonly #takes: Takes
  #slices: readonly Slice[] | undefined

  constructor(takes: Takes, slices: readonly Slice[]) {
    this.events = joined(slices)
    this.#takes = takes
    this.#slices = slices
  }

  commit(): Promise<void> {
    const slices = this.#slices
    assert(slices !== undefined, 'A take was committed twice, or after it was rolled back')
    this.#slices = undefined
    return this.#takes.commit(slices)
  }

  [Symbol.asyncDispose](): Promise<void> {
    const slices = this.#slices
    this.#slices = undefined
    if (slices !== undefined) this.#takes.rollBack(slices)
    return done
  }
}
