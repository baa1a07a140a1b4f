/** How a sink fails and how it ends. */
import { describe, expect, it } from 'vitest'
import { fakeContext } from '../fakes/context.ts'
import type { OpenSink } from './sink.ts'
import { eventsFor, openedSink } from './sink-writes.ts'

const never = new AbortController().signal

const outcome = (write: Promise<void>): Promise<'stored' | 'not stored'> =>
  write.then(
    () => 'stored' as const,
    () => 'not stored' as const,
  )

export const sinkFailures = (open: OpenSink): void => {
  describe('fails and ends', () => {
    it('throws what it did not store, and stores it when it is written again', async () => {
      const place = await open()
      if (place.break === undefined || place.mend === undefined) return
      const sink = await openedSink(place)
      await sink.write(eventsFor(place, 'a', 3), never)
      await place.break()
      expect(await outcome(sink.write(eventsFor(place, 'b', 3), never))).toBe('not stored')
      await place.mend()
      await sink.write(eventsFor(place, 'b', 3), never)
      await sink.write(eventsFor(place, 'c', 3), never)
      if (place.stored === undefined) return
      const stored = await place.stored()
      expect(stored.filter((body) => body.startsWith('a'))).toEqual(['a0', 'a1', 'a2'])
      expect(stored.slice(-6)).toEqual(['b0', 'b1', 'b2', 'c0', 'c1', 'c2'])
    })

    it('ends a write whose signal aborted, one way or the other', async () => {
      const place = await open()
      const sink = await openedSink(place)
      const abort = new AbortController()
      const written = outcome(sink.write(eventsFor(place, 'a', 3), abort.signal))
      abort.abort()
      expect(['stored', 'not stored']).toContain(await written)
    })

    it('ends a write that cannot succeed when its signal aborts', async () => {
      const place = await open()
      if (place.break === undefined) return
      const sink = await openedSink(place)
      await place.break()
      const abort = new AbortController()
      const written = outcome(sink.write(eventsFor(place, 'a', 3), abort.signal))
      abort.abort()
      expect(await written).toBe('not stored')
    })

    it('may be disposed before it was opened, and twice', async () => {
      const place = await open()
      const sink = await place.create(fakeContext())
      await sink[Symbol.asyncDispose]()
      await sink[Symbol.asyncDispose]()
    })

    it('may be disposed after a write, and twice', async () => {
      const place = await open()
      const sink = await openedSink(place)
      await sink.write(eventsFor(place, 'a', 2), never)
      await sink[Symbol.asyncDispose]()
      await sink[Symbol.asyncDispose]()
    })

    it('takes at least one event a write, and has at least one write open', async () => {
      const place = await open()
      const sink = await openedSink(place)
      expect(sink.batchSize).toBeGreaterThanOrEqual(1)
      expect(sink.inFlight).toBeGreaterThanOrEqual(1)
    })
  })
}
