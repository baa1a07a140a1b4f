/** What a sink stores. */
import { describe, expect, it } from 'vitest'
import type { Batch } from '../../src/flow/event.ts'
import type { Sink } from '../../src/flow/sink.ts'
import { fakeContext } from '../fakes/context.ts'
import { eventOf } from './events.ts'
import { defer } from './scope.ts'
import type { OpenSink, SinkUnderTest } from './sink.ts'

const never = new AbortController().signal

/** An opened sink, disposed after the test. */
export const openedSink = async (place: SinkUnderTest): Promise<Sink> => {
  const sink = await place.create(fakeContext())
  defer(() => sink[Symbol.asyncDispose]())
  await sink.open?.(never)
  return sink
}

/** Events that the sink can store, with bodies `a0`, `a1`, … */
export const eventsFor = ({ headers }: SinkUnderTest, prefix: string, count: number): Batch => {
  const shared = Object.freeze({ ...headers })
  return Array.from({ length: count }, (_, i) => eventOf(`${prefix}${i}`, shared))
}

const bodies = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

export const sinkWrites = (open: OpenSink): void => {
  describe('stores', () => {
    it('batches in order, each whole', async () => {
      const place = await open()
      const sink = await openedSink(place)
      await sink.write(eventsFor(place, 'a', 3), never)
      await sink.write(eventsFor(place, 'b', 1), never)
      await sink.write(eventsFor(place, 'c', sink.batchSize), never)
      if (place.stored === undefined) return
      expect(await place.stored()).toEqual([...bodies('a', 3), ...bodies('b', 1), ...bodies('c', sink.batchSize)])
    })

    it('writes that are open at once, in the order they were begun', async () => {
      const place = await open()
      const sink = await openedSink(place)
      const writes = Array.from({ length: sink.inFlight }, (_, i) =>
        sink.write(eventsFor(place, String.fromCharCode(97 + (i % 26)), 5), never),
      )
      await Promise.all(writes)
      if (place.stored === undefined) return
      const expected = writes.flatMap((_, i) => bodies(String.fromCharCode(97 + (i % 26)), 5))
      expect(await place.stored()).toEqual(expected)
    })

    it('an empty body, a large one, and headers in any Unicode', async () => {
      const place = await open()
      const sink = await openedSink(place)
      const large = 'x'.repeat(place.bodyBytesMax ?? 1_000_000)
      const odd = { ...place.headers, schlüssel: 'größe', 鍵: '値🚰', empty: '' }
      await sink.write([eventOf('', place.headers), eventOf(large, place.headers), eventOf('odd', odd)], never)
      if (place.stored === undefined) return
      const stored = await place.stored()
      expect(stored.map((body) => body.length)).toEqual([0, large.length, 3])
    })

    it('without changing the batch', async () => {
      const place = await open()
      const sink = await openedSink(place)
      const batch = eventsFor(place, 'a', 4)
      const before = batch.map((event) => ({ event, body: Buffer.from(event.body), headers: { ...event.headers } }))
      await sink.write(batch, never)
      expect(batch.every((event, i) => event === before[i]?.event)).toBe(true)
      expect(batch.map((event) => Buffer.from(event.body))).toEqual(before.map(({ body }) => body))
      expect(batch.map((event) => ({ ...event.headers }))).toEqual(before.map(({ headers }) => headers))
    })
  })
}
