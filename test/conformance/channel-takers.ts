/** Several takers and putters at once: each event is stored once, nothing waits for ever, and no room leaks. */
import { describe, expect, it } from 'vitest'
import type { Channel } from '../../src/flow/channel.ts'
import type { Batch } from '../../src/flow/event.ts'
import { seededRandom, type SeededRandom } from '../fakes/random.ts'
import type { OpenChannel } from './channel.ts'
import { bodiesOf, numbered } from './events.ts'

const never = new AbortController().signal
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Takes until `done` aborts; commits some takes and rolls others back, after a while. */
const taker = async (channel: Channel, random: SeededRandom, stored: number[], done: AbortSignal): Promise<void> => {
  while (!done.aborted) {
    await using take = await channel.take(1 + random.below(10), done)
    if (take.events.length === 0) continue
    for (let turns = random.below(3); turns > 0; turns--) await turn()
    if (random.chance(0.3)) continue
    await take.commit()
    stored.push(...bodiesOf(take.events).map(Number))
  }
}

/** Runs takers over `count` events that several putters put; resolves with what was stored, in the order of the commits. */
const run = async (channel: Channel, seed: number, count: number): Promise<number[]> => {
  const random = seededRandom(seed)
  const stored: number[] = []
  const done = new AbortController()
  const takers = [1, 2, 3].map(() => taker(channel, random, stored, done.signal))
  const batches: Batch[] = []
  for (let from = 0; from < count; from += batches.at(-1)?.length ?? 0)
    batches.push(numbered(from, Math.min(count, from + 1 + random.below(8))))
  const putter = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) await channel.put(batch)
  }
  await Promise.all([putter(), putter(), putter()])
  while (channel.held > 0) await turn()
  done.abort()
  await Promise.all(takers)
  return stored
}

export const channelTakers = (open: OpenChannel): void => {
  describe('several takers and putters', () => {
    it.each([1, 2, 3, 4])('store each event once, whatever is rolled back (%i)', async (seed) => {
      const { channel } = await open({ capacity: 40 })
      const stored = await run(channel, seed, 300)
      expect(stored.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, i) => i))
      expect(channel.held).toBe(0)
    })

    it('get what overlapping puts bring in the order of the puts', async () => {
      const { channel } = await open()
      let admitted = 0
      const puts = Array.from({ length: 10 }, (_, i) =>
        channel.put(numbered(i * 3, i * 3 + 3), () => {
          admitted++
        }),
      )
      await Promise.all(puts)
      expect(admitted).toBeLessThanOrEqual(10)
      const seen: string[] = []
      while (seen.length < 30) {
        await using take = await channel.take(7, never)
        seen.push(...bodiesOf(take.events))
        await take.commit()
      }
      expect(seen).toEqual(bodiesOf(numbered(0, 30)))
    })

    it('may commit out of order and at the same time', async () => {
      const { channel } = await open()
      await channel.put(numbered(0, 8))
      const takes = [
        await channel.take(2, never),
        await channel.take(2, never),
        await channel.take(2, never),
        await channel.take(2, never),
      ]
      const [a, b, c, d] = takes
      await Promise.all([d?.commit(), b?.commit()])
      await Promise.all([c?.[Symbol.asyncDispose](), a?.[Symbol.asyncDispose]()])
      const back = [...bodiesOf(a?.events ?? []), ...bodiesOf(c?.events ?? [])]
      const seen: string[] = []
      while (channel.held > 0) {
        await using take = await channel.take(10, never)
        seen.push(...bodiesOf(take.events))
        await take.commit()
      }
      expect(seen).toEqual(back)
    })
  })
}
