/** Abort in each wait, disposing in every state, several takers. */
import { describe, expect, it } from 'vitest'
import type { MakeChannel, OpenChannel } from './channel.ts'
import { bodiesOf, numbered } from './events.ts'
import { FakeClock } from '../fakes/clock.ts'
import { defer, isSettled } from './scope.ts'

const never = new AbortController().signal

export const channelLife = (make: MakeChannel, open: OpenChannel): void => {
  describe('its life', () => {
    it('ends a waiting take at the abort, with an empty take that may be disposed', async () => {
      const { channel } = await open()
      const abort = new AbortController()
      const waiting = channel.take(10, abort.signal)
      abort.abort()
      const take = await waiting
      expect(take.events).toEqual([])
      await take[Symbol.asyncDispose]()
    })

    it('gives nothing to a take whose signal aborted before', async () => {
      const { channel } = await open()
      await channel.put(numbered(0, 1))
      const take = await channel.take(10, AbortSignal.abort())
      expect(take.events).toEqual([])
      expect(channel.held).toBe(1)
    })

    it('leaves other takers waiting when one is aborted', async () => {
      const { channel } = await open()
      const abort = new AbortController()
      const aborted = channel.take(1, abort.signal)
      const other = channel.take(1, never)
      abort.abort()
      expect((await aborted).events).toEqual([])
      expect(await isSettled(other)).toBe(false)
      await channel.put(numbered(0, 1))
      await using take = await other
      expect(bodiesOf(take.events)).toEqual(['0'])
      await take.commit()
    })

    it('serves several takers, each event once', async () => {
      const { channel } = await open({ capacity: 1000 })
      const seen: string[] = []
      const taker = async (): Promise<void> => {
        while (seen.length < 60) {
          const abort = new AbortController()
          const waiting = channel.take(7, abort.signal)
          if (seen.length >= 60) abort.abort()
          await using take = await waiting
          seen.push(...bodiesOf(take.events))
          if (take.events.length > 0) await take.commit()
          if (seen.length >= 60) done.abort()
        }
      }
      const done = new AbortController()
      const takers = [taker(), taker(), taker()]
      for (let i = 0; i < 12; i++) await channel.put(numbered(i * 5, i * 5 + 5))
      await new Promise<void>((resolve) => {
        if (done.signal.aborted) resolve()
        else done.signal.addEventListener('abort', () => resolve(), { once: true })
      })
      await channel[Symbol.asyncDispose]()
      await Promise.all(takers)
      const numbers = seen.map(Number)
      expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i))
    })

    it('may be disposed before it was opened, and twice', async () => {
      const clock = new FakeClock()
      const channel = await make({ capacity: 10, transactionCapacity: 10, keepAliveMs: 3000, clock, defer })
      await channel[Symbol.asyncDispose]()
      await channel[Symbol.asyncDispose]()
    })
  })
}
