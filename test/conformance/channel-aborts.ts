/** An abort at every moment: no event goes with the take that it ended. */
import { describe, expect, it } from 'vitest'
import type { Channel, Take } from '../../src/flow/channel.ts'
import type { OpenChannel } from './channel.ts'
import { bodiesOf, numbered } from './events.ts'
import { isSettled } from './scope.ts'

const never = new AbortController().signal

/** So many steps of the microtask queue, or turns of the event loop. */
const moments = [
  ...Array.from({ length: 12 }, (_, steps) => ({ steps, turns: 0 })),
  ...Array.from({ length: 8 }, (_, turns) => ({ steps: 0, turns: turns + 1 })),
]

const pass = async ({ steps, turns }: (typeof moments)[number]): Promise<void> => {
  for (let step = 0; step < steps; step++) await Promise.resolve()
  for (let n = 0; n < turns; n++) await new Promise((resolve) => setImmediate(resolve))
}

/** What a take has, and everything that is still there after its rollback, in order. */
const rest = async (channel: Channel, ended: Take, count: number): Promise<string[]> => {
  await ended[Symbol.asyncDispose]()
  const seen: string[] = []
  while (seen.length < count) {
    await using take = await channel.take(10, never)
    expect(take.events.length).toBeGreaterThan(0)
    seen.push(...bodiesOf(take.events))
    await take.commit()
  }
  expect(channel.held).toBe(0)
  return seen
}

export const channelAborts = (open: OpenChannel): void => {
  describe('an abort', () => {
    it('of a take while a put brings events leaves each in the take or in the channel', async () => {
      const { channel } = await open()
      for (const moment of moments) {
        const abort = new AbortController()
        const taking = channel.take(2, abort.signal)
        const putting = channel.put(numbered(0, 3))
        await pass(moment)
        abort.abort()
        const [take] = await Promise.all([taking, putting])
        expect(['0', '1', '2'].slice(0, take.events.length)).toEqual(bodiesOf(take.events))
        expect(await rest(channel, take, 3)).toEqual(['0', '1', '2'])
      }
    })

    it('of a take while another is rolled back leaves each event in one of them or in the channel', async () => {
      const { channel } = await open()
      for (const moment of moments) {
        await channel.put(numbered(0, 2))
        const first = await channel.take(2, never)
        const abort = new AbortController()
        const taking = channel.take(2, abort.signal)
        await pass(moment)
        const back = first[Symbol.asyncDispose]()
        abort.abort()
        await back
        expect(await rest(channel, await taking, 2)).toEqual(['0', '1'])
      }
    })

    it('of the very first take, which may still be looking for its events, leaves them to the next', async () => {
      for (const moment of moments.filter(({ steps }) => steps % 4 === 0)) {
        const { channel } = await open()
        await channel.put(numbered(0, 2))
        const abort = new AbortController()
        const taking = channel.take(2, abort.signal)
        await pass(moment)
        abort.abort()
        expect(await rest(channel, await taking, 2)).toEqual(['0', '1'])
        await channel[Symbol.asyncDispose]()
      }
    })

    it('does not touch a take that has its events, nor its commit', async () => {
      const { channel } = await open()
      for (const moment of moments) {
        await channel.put(numbered(0, 2))
        const abort = new AbortController()
        const take = await channel.take(2, abort.signal)
        const commit = take.commit()
        await pass(moment)
        abort.abort()
        await commit
        expect(channel.held).toBe(0)
      }
    })

    it('of many takes at once ends these and no others', async () => {
      const { channel } = await open()
      const abort = new AbortController()
      const other = channel.take(5, never)
      const ended = [1, 2, 3].map(() => channel.take(1, abort.signal))
      const last = channel.take(5, never)
      expect(await isSettled(other)).toBe(false)
      abort.abort()
      for (const take of await Promise.all(ended)) expect(take.events).toEqual([])
      await channel.put(numbered(0, 1))
      expect(bodiesOf((await other).events)).toEqual(['0'])
      await channel.put(numbered(1, 2))
      expect(bodiesOf((await last).events)).toEqual(['1'])
    })
  })
}
