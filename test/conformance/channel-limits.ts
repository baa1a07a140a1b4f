/** Capacity, transactionCapacity and keep-alive. */
import { describe, expect, it } from 'vitest'
import type { OpenChannel } from './channel.ts'
import { bodiesOf, numbered } from './events.ts'
import { isSettled } from './scope.ts'

const never = new AbortController().signal

export const channelLimits = (open: OpenChannel): void => {
  describe('limits', () => {
    it('holds exactly its capacity', async () => {
      const { channel } = await open({ capacity: 4, transactionCapacity: 4 })
      await channel.put(numbered(0, 3))
      await channel.put(numbered(3, 4))
      expect(channel.held).toBe(4)
      expect(await isSettled(channel.put(numbered(4, 5)).catch(() => undefined))).toBe(false)
    })

    it('refuses a put after its keep-alive, and holds nothing of it', async () => {
      const { channel, clock } = await open({ capacity: 4, transactionCapacity: 4, keepAliveMs: 3000 })
      await channel.put(numbered(0, 3))
      const refused = channel.put(numbered(3, 5)).then(
        () => 'taken',
        (error: unknown) => error,
      )
      clock.advance(2999)
      expect(await isSettled(refused)).toBe(false)
      clock.advance(1)
      expect(await refused).toMatchObject({ code: 'CHANNEL_FULL' })
      expect(channel.held).toBe(3)
      await channel.put(numbered(5, 6))
    })

    it('lets a waiting put in as soon as there is room', async () => {
      const { channel } = await open({ capacity: 4, transactionCapacity: 4 })
      await channel.put(numbered(0, 4))
      const waiting = channel.put(numbered(4, 6))
      await using take = await channel.take(2, never)
      expect(await isSettled(waiting)).toBe(false)
      await take.commit()
      await waiting
      expect(channel.held).toBe(4)
    })

    it('serves waiting puts in the order they came, a small one that would fit behind a large one', async () => {
      const { channel } = await open({ capacity: 4, transactionCapacity: 4 })
      await channel.put(numbered(0, 3))
      const large = channel.put(numbered(3, 7))
      const small = channel.put(numbered(7, 8))
      expect(await isSettled(small)).toBe(false)
      const seen: string[] = []
      while (seen.length < 8) {
        await using take = await channel.take(4, never)
        seen.push(...bodiesOf(take.events))
        await take.commit()
      }
      await Promise.all([large, small])
      expect(seen).toEqual(['0', '1', '2', '3', '4', '5', '6', '7'])
    })

    it('lets a small put in that waited behind a large one, once that is refused', async () => {
      const { channel, clock } = await open({ capacity: 4, transactionCapacity: 4, keepAliveMs: 3000 })
      await channel.put(numbered(0, 3))
      const large = channel.put(numbered(3, 7)).catch(() => 'refused')
      clock.advance(1000)
      const small = channel.put(numbered(7, 8))
      clock.advance(2000)
      expect(await large).toBe('refused')
      await small
      expect(channel.held).toBe(4)
    })

    it('has its whole room again after puts, refusals, aborts, commits and rollbacks', async () => {
      const { channel, clock } = await open({ capacity: 12, transactionCapacity: 12, keepAliveMs: 1000 })
      for (let round = 0; round < 30; round++) {
        await channel.put(numbered(0, 12))
        const refused = channel.put(numbered(12, 13 + (round % 5))).catch(() => 'refused')
        clock.advance(1000)
        expect(await refused).toBe('refused')
        const [first, second] = [await channel.take(5, never), await channel.take(7, never)]
        expect((await channel.take(1, AbortSignal.abort())).events).toEqual([])
        await Promise.all([second.commit(), first[Symbol.asyncDispose]()])
        while (channel.held > 0) await (await channel.take(12, never)).commit()
      }
      await channel.put(numbered(0, 12))
      expect(await isSettled(channel.put(numbered(12, 13)).catch(() => undefined))).toBe(false)
    })

    it('takes a batch of exactly its capacity, and refuses a larger one though it is empty', async () => {
      const { channel, clock } = await open({ capacity: 4, transactionCapacity: 5, keepAliveMs: 1000 })
      const tooLarge = channel.put(numbered(0, 5)).catch((error: unknown) => error)
      clock.advance(1000)
      expect(await tooLarge).toMatchObject({ code: 'CHANNEL_FULL' })
      await channel.put(numbered(0, 4))
      await using take = await channel.take(9, never)
      expect(bodiesOf(take.events)).toEqual(['0', '1', '2', '3'])
      await take.commit()
      expect(channel.held).toBe(0)
    })

    it('keeps room for open takes', async () => {
      const { channel } = await open({ capacity: 2, transactionCapacity: 2 })
      await channel.put(numbered(0, 2))
      const take = await channel.take(2, never)
      const waiting = channel.put(numbered(2, 3))
      expect(await isSettled(waiting)).toBe(false)
      await take[Symbol.asyncDispose]()
      expect(await isSettled(waiting)).toBe(false)
      await using again = await channel.take(2, never)
      await again.commit()
      await waiting
    })

    it('refuses a put above transactionCapacity at once', async () => {
      const { channel } = await open({ capacity: 10, transactionCapacity: 2 })
      await expect(channel.put(numbered(0, 3))).rejects.toMatchObject({ code: 'BATCH_TOO_LARGE' })
      expect(channel.held).toBe(0)
    })

    it('gives no take more than transactionCapacity', async () => {
      const { channel } = await open({ capacity: 10, transactionCapacity: 2 })
      await channel.put(numbered(0, 2))
      await channel.put(numbered(2, 4))
      await using take = await channel.take(100, never)
      expect(take.events.length).toBeLessThanOrEqual(2)
    })

    it('ends a take without events after its keep-alive, with an empty take', async () => {
      const { channel, clock } = await open({ keepAliveMs: 3000 })
      const waiting = channel.take(10, never)
      clock.advance(2999)
      expect(await isSettled(waiting)).toBe(false)
      clock.advance(1)
      const take = await waiting
      expect(take.events).toEqual([])
      await take[Symbol.asyncDispose]()
    })
  })
}
