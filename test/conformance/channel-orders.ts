/** All orders of put, take, commit and rollback up to a length, each against a model that is a sorted array. */
import { describe, expect, it } from 'vitest'
import type { Channel, Take } from '../../src/flow/channel.ts'
import type { OpenChannel } from './channel.ts'
import { bodiesOf, numbered } from './events.ts'

const never = new AbortController().signal
const putSize = 2
const takeSize = 3

/** Puts two; takes up to three; commits or rolls back the oldest or the newest open take. */
const steps = ['put', 'take', 'commitOldest', 'commitNewest', 'rollBackOldest', 'rollBackNewest'] as const
type Step = (typeof steps)[number]

/** How many events are queued, and in each open take. A take is assumed to get all it may. */
interface Shape {
  readonly queued: number
  readonly open: readonly number[]
}

/** The shape after a step; undefined for one that cannot be taken: a take of an empty channel, which would wait, and an end of no take. */
const after = ({ queued, open }: Shape, step: Step): Shape | undefined => {
  if (step === 'put') return { queued: queued + putSize, open }
  if (step === 'take') {
    const taken = Math.min(takeSize, queued)
    return taken === 0 ? undefined : { queued: queued - taken, open: [...open, taken] }
  }
  // With one take open the oldest is the newest.
  if (open.length < (step.endsWith('Oldest') ? 1 : 2)) return undefined
  const back = step.startsWith('rollBack') ? (open.at(step.endsWith('Oldest') ? 0 : -1) ?? 0) : 0
  return { queued: queued + back, open: step.endsWith('Oldest') ? open.slice(1) : open.slice(0, -1) }
}

/** Every order of `length` steps that can be taken from an empty channel. */
const orders = (length: number, shape: Shape = { queued: 0, open: [] }): Step[][] => {
  if (length === 0) return [[]]
  return steps.flatMap((step) => {
    const next = after(shape, step)
    return next === undefined ? [] : orders(length - 1, next).map((rest) => [step, ...rest])
  })
}

/** What is queued comes out in the order of the puts, whatever was rolled back in which order. */
class Model {
  readonly #channel: Channel
  #queued: number[] = []
  #open: Take[] = []
  #put = 0

  constructor(channel: Channel) {
    this.#channel = channel
  }

  async step(step: Step): Promise<void> {
    if (step === 'put') return this.#puts()
    if (step === 'take') return this.#takes()
    const take = step.endsWith('Oldest') ? this.#open.shift() : this.#open.pop()
    if (step.startsWith('commit')) await take?.commit()
    else await this.#rollsBack(take)
  }

  /** What is still there comes out, in order, and nothing else. */
  async end(): Promise<void> {
    for (const take of this.#open.splice(0)) await this.#rollsBack(take)
    expect(this.#channel.held).toBe(this.#queued.length)
    while (this.#queued.length > 0) {
      await this.#takes()
      await this.#open.pop()?.commit()
    }
    expect(this.#channel.held).toBe(0)
  }

  async #puts(): Promise<void> {
    const batch = numbered(this.#put, this.#put + putSize)
    this.#put += putSize
    await this.#channel.put(batch)
    this.#queued.push(...bodiesOf(batch).map(Number))
  }

  async #takes(): Promise<void> {
    if (this.#queued.length === 0) return
    const take = await this.#channel.take(takeSize, never)
    const expected = this.#queued.splice(0, take.events.length)
    expect(bodiesOf(take.events).map(Number)).toEqual(expected)
    expect(expected.length).toBeGreaterThan(0)
    this.#open.push(take)
  }

  async #rollsBack(take: Take | undefined): Promise<void> {
    if (take === undefined) return
    this.#queued.push(...bodiesOf(take.events).map(Number))
    this.#queued.sort((a, b) => a - b)
    await take[Symbol.asyncDispose]()
  }
}

export const channelOrders = (open: OpenChannel, length: number): void => {
  describe('all orders of put, take, commit and rollback', () => {
    it.each(Array.from({ length }, (_, i) => i + 1))('of length %i', async (steps) => {
      const { channel } = await open({ capacity: 1000 })
      for (const order of orders(steps)) {
        const model = new Model(channel)
        try {
          for (const step of order) await model.step(step)
          await model.end()
        } catch (thrown) {
          throw new Error(`In the order ${order.join(', ')}`, { cause: thrown })
        }
      }
    })
  })
}
