/** A memory channel that refuses, delays or remembers puts as the test says. */
import { MemoryChannel } from '../../channels/memory/memory-channel.ts'
import type { Channel, Take } from '../../src/flow/channel.ts'
import type { Batch } from '../../src/flow/event.ts'
import type { Receipt } from '../../src/flow/receipt.ts'
import type { Clock } from '../../src/io/clock.ts'
import { realClock } from '../../src/io/clock.ts'

export interface ScriptedChannelOptions {
  readonly name?: string
  readonly capacity?: number
  readonly transactionCapacity?: number
  readonly keepAliveMs?: number
  readonly durable?: boolean
  readonly clock?: Clock
}

export class ScriptedChannel implements Channel {
  readonly capacity: number
  readonly transactionCapacity: number
  readonly durable: boolean
  /** What the next puts are refused with, one each; undefined lets one through. */
  readonly refusals: (Error | undefined)[] = []
  /** Bodies of every put, the refused ones' included. */
  readonly tried: string[][] = []
  /** What the next openings throw, one each. */
  readonly openFailures: Error[] = []
  /** What the next commits throw, one each; undefined lets one through. */
  readonly commitFailures: (Error | undefined)[] = []
  /** What the next roll-backs throw after they have taken effect, one each; undefined lets one through. */
  readonly rollBackFailures: (Error | undefined)[] = []
  /** `commit` and `roll back`, with the bodies, in the order they happened. */
  readonly ends: string[] = []
  disposed = 0
  readonly #memory: MemoryChannel

  constructor(options: ScriptedChannelOptions = {}) {
    const { name = 'c1', capacity = 1000, transactionCapacity = 100, keepAliveMs = 3000, clock = realClock } = options
    this.capacity = capacity
    this.transactionCapacity = transactionCapacity
    this.durable = options.durable ?? false
    this.#memory = new MemoryChannel({ name, capacity, transactionCapacity, keepAliveMs, bytesMax: 1e9 }, clock)
  }

  get held(): number {
    return this.#memory.held
  }

  open(): Promise<void> {
    const failure = this.openFailures.shift()
    return failure === undefined ? Promise.resolve() : Promise.reject(failure)
  }

  put(batch: Batch): Promise<Receipt> {
    this.tried.push(bodiesOf(batch))
    const refusal = this.refusals.shift()
    return refusal === undefined ? this.#memory.put(batch) : Promise.reject(refusal)
  }

  async take(max: number, signal: AbortSignal): Promise<Take> {
    const take = await this.#memory.take(max, signal)
    const bodies = bodiesOf(take.events).join(' ')
    let isOpen = take.events.length > 0
    return {
      events: take.events,
      commit: async () => {
        const failure = this.commitFailures.shift()
        if (failure !== undefined) throw failure
        await take.commit()
        isOpen = false
        this.ends.push(`commit ${bodies}`)
      },
      [Symbol.asyncDispose]: async () => {
        if (isOpen) this.ends.push(`roll back ${bodies}`)
        const failure = isOpen ? this.rollBackFailures.shift() : undefined
        isOpen = false
        await take[Symbol.asyncDispose]()
        if (failure !== undefined) throw failure
      },
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed++
    return this.#memory[Symbol.asyncDispose]()
  }
}

const bodiesOf = (batch: Batch): string[] => batch.map(({ body }) => Buffer.from(body).toString('utf8'))
