/** All orders of put, take, commit and rollback up to a length, each against a model that is a plain array. */
import { describe, expect, it } from 'vitest'
import type { Channel, Take } from '../../src/flow/channel.ts'
import type { OpenChannel } from './channel.ts'
import { bodiesOf, numbered } from './events.ts'

const never = new AbortController().signal

/** Puts two; takes up to three; commits the oldest or newest open take; rolls the newest back. */
const steps = ['put', 'take', 'commitOldest', 'commitNewest', 'rollBack'] as const
type Step = (typeof steps)[number]

/** Every order of `length` steps that can be taken from an empty channel. */
const orders = (length: number): Step[][] => {
  if (length === 0) return [[]]
  return orders(length - 1).flatMap((order) => steps.map((step) => [...order, step]).filter(isPossible))
}

/** No take of an empty channel, which would wait; no commit or rollback without an open take. A take is assumed to get all it may. */
const isPossible = (order: readonly Step[]): boolean => {
  let queued = 0
  const open: number[] = []
  for (const step of order) {
    if (step === 'put') queued += 2
    else if (step === 'take') {
      if (queued === 0) return false
      open.push(Math.min(3, queued))
      queued -= Math.min(3, queued)
    } else if (open.length === 0) return false
    else if (step === 'commitOldest') open.shift()
    else if (step === 'commitNewest') open.pop()
    else queued += open.pop() ?? 0
  }
  return true
}

class Model {
  readonly #channel: Channel
  #queued: string[] = []
  #open: Take[] = []
  #put = 0

  constructor(channel: Channel) {
    this.#channel = channel
  }

  async step(step: Step): Promise<void> {
    if (step === 'put') return this.#puts()
    if (step === 'take') return this.#takes()
    if (step === 'rollBack') return this.#rollsBack()
    const take = step === 'commitOldest' ? this.#open.shift() : this.#open.pop()
    await take?.commit()
  }

  /** What is still there comes out, in order, and nothing else. */
  async end(): Promise<void> {
    while (this.#open.length > 0) await this.#rollsBack()
    expect(this.#channel.held).toBe(this.#queued.length)
    while (this.#queued.length > 0) {
      await this.#takes()
      await this.#open.pop()?.commit()
    }
    expect(this.#channel.held).toBe(0)
  }

  async #puts(): Promise<void> {
    const batch = numbered(this.#put, this.#put + 2)
    this.#put += 2
    this.#queued.push(...bodiesOf(batch))
    await this.#channel.put(batch)
  }

  async #takes(): Promise<void> {
    if (this.#queued.length === 0) return
    const take = await this.#channel.take(3, never)
    const expected = this.#queued.splice(0, take.events.length)
    expect(bodiesOf(take.events)).toEqual(expected)
    expect(expected.length).toBeGreaterThan(0)
    this.#open.push(take)
  }

  async #rollsBack(): Promise<void> {
    const take = this.#open.pop()
    if (take === undefined) return
    this.#queued.unshift(...bodiesOf(take.events))
    await take[Symbol.asyncDispose]()
  }
}

export const channelOrders = (open: OpenChannel, length: number): void => {
  describe('all orders of put, take, commit and rollback', () => {
    it.each(Array.from({ length }, (_, i) => i + 1))('of length %i', async (steps) => {
      const { channel } = await open({ capacity: 1000 })
      for (const order of orders(steps)) {
        const model = new Model(channel)
        for (const step of order) await model.step(step)
        await model.end()
      }
    })
  })
}
