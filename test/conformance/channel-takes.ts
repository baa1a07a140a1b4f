/** Putting, taking, committing and rolling back, one by one. */
import { describe, expect, it } from 'vitest'
import type { OpenChannel } from './channel.ts'
import { bodiesOf, numbered } from './events.ts'
import { isSettled } from './scope.ts'

const never = new AbortController().signal

export const channelTakes = (open: OpenChannel): void => {
  describe('puts and takes', () => {
    it('gives events in the order of the puts, as soon as one is there, up to the number asked for', async () => {
      const { channel } = await open()
      await channel.put(numbered(0, 3))
      await channel.put(numbered(3, 6))
      const seen: string[] = []
      while (seen.length < 6) {
        await using take = await channel.take(2, never)
        expect(take.events.length).toBeGreaterThan(0)
        expect(take.events.length).toBeLessThanOrEqual(2)
        seen.push(...bodiesOf(take.events))
        await take.commit()
      }
      expect(seen).toEqual(['0', '1', '2', '3', '4', '5'])
      expect(channel.held).toBe(0)
    })

    it('lets a take wait for the next put', async () => {
      const { channel } = await open()
      const waiting = channel.take(10, never)
      expect(await isSettled(waiting)).toBe(false)
      await channel.put(numbered(0, 2))
      await using take = await waiting
      expect(bodiesOf(take.events)).toEqual(['0', '1'])
      await take.commit()
    })

    it('gives no event to two open takes', async () => {
      const { channel } = await open()
      await channel.put(numbered(0, 4))
      await using first = await channel.take(2, never)
      await using second = await channel.take(2, never)
      expect([...bodiesOf(first.events), ...bodiesOf(second.events)]).toEqual(['0', '1', '2', '3'])
      await first.commit()
      await second.commit()
    })

    it('counts what is held, open takes included', async () => {
      const { channel } = await open()
      await channel.put(numbered(0, 4))
      expect(channel.held).toBe(4)
      await using take = await channel.take(3, never)
      expect(channel.held).toBe(4)
      await take.commit()
      expect(channel.held).toBe(4 - take.events.length)
    })

    it('settles a receipt when the events are safe: at once when durable, else when all of them are committed', async () => {
      const { channel } = await open()
      const receipt = await channel.put(numbered(0, 4))
      expect(await isSettled(receipt.settled)).toBe(channel.durable)
      for (let left = 4; left > 0;) {
        expect(await isSettled(receipt.settled)).toBe(channel.durable)
        await using take = await channel.take(3, never)
        left -= take.events.length
        await take.commit()
      }
      await receipt.settled
    })

    it('settles nothing by a rollback', async () => {
      const { channel } = await open()
      const receipt = await channel.put(numbered(0, 2))
      const take = await channel.take(2, never)
      await take[Symbol.asyncDispose]()
      expect(await isSettled(receipt.settled)).toBe(channel.durable)
      expect(channel.held).toBe(2)
    })

    it('brings a rolled-back take to the head, in order', async () => {
      const { channel } = await open()
      await channel.put(numbered(0, 5))
      const take = await channel.take(3, never)
      const rolledBack = bodiesOf(take.events)
      await take[Symbol.asyncDispose]()
      await channel.put(numbered(5, 6))
      await using again = await channel.take(3, never)
      expect(bodiesOf(again.events)).toEqual(rolledBack)
      await again.commit()
    })

    it('gives a rolled-back take to one that waits', async () => {
      const { channel } = await open()
      await channel.put(numbered(0, 1))
      const take = await channel.take(1, never)
      const waiting = channel.take(1, never)
      await take[Symbol.asyncDispose]()
      await using again = await waiting
      expect(bodiesOf(again.events)).toEqual(['0'])
      await again.commit()
    })

    it('loses and invents nothing when takes are rolled back oldest first', async () => {
      const { channel } = await open()
      await channel.put(numbered(0, 6))
      const takes = [await channel.take(2, never), await channel.take(2, never), await channel.take(2, never)]
      for (const take of takes) await take[Symbol.asyncDispose]()
      const seen: string[] = []
      while (channel.held > 0) {
        await using take = await channel.take(10, never)
        seen.push(...bodiesOf(take.events))
        await take.commit()
      }
      expect(seen.toSorted()).toEqual(['0', '1', '2', '3', '4', '5'])
    })

    it('rolls back nothing after a commit', async () => {
      const { channel } = await open()
      await channel.put(numbered(0, 2))
      const take = await channel.take(2, never)
      await take.commit()
      await take[Symbol.asyncDispose]()
      await take[Symbol.asyncDispose]()
      expect(channel.held).toBe(0)
    })

    it('calls a second commit a broken invariant', async () => {
      const { channel } = await open()
      await channel.put(numbered(0, 1))
      const take = await channel.take(1, never)
      await take.commit()
      const again = async (): Promise<void> => take.commit()
      await expect(again()).rejects.toMatchObject({ name: 'InvariantBroken' })
    })

    it('takes an empty put without a word', async () => {
      const { channel } = await open()
      const receipt = await channel.put([])
      await receipt.settled
      expect(channel.held).toBe(0)
    })
  })
}
