/** What an event may be: empty, large, with bytes and headers of any kind, alone and beside others. */
import { describe, expect, it } from 'vitest'
import type { Channel } from '../../src/flow/channel.ts'
import type { Batch, Event } from '../../src/flow/event.ts'
import type { OpenChannel } from './channel.ts'
import { awkwardEvents, bodiesOf, bodyOf, eventOf } from './events.ts'

const never = new AbortController().signal

/** Comes first, so that a channel which keeps little in memory reads what follows from where it stores. */
const filler = eventOf('f'.repeat(2000))

/** Everything that is held but the filler, committed as it comes. */
const takeAll = async (channel: Channel): Promise<Event[]> => {
  const passed: Event[] = []
  while (channel.held > 0) {
    await using take = await channel.take(10, never)
    passed.push(...take.events)
    await take.commit()
  }
  expect(passed.shift()?.body.length).toBe(filler.body.length)
  return passed
}

const headersOf = (batch: Batch): Record<string, string>[] => batch.map(({ headers }) => ({ ...headers }))

export const channelEvents = (open: OpenChannel): void => {
  describe('events', () => {
    it.each(awkwardEvents)('passes %s unchanged', async (_what, event) => {
      const { channel } = await open()
      await channel.put([filler])
      await channel.put([eventOf('before'), event, eventOf('after', { a: 'z' })])
      const [before, passed, after] = await takeAll(channel)
      expect([before && bodyOf(before), after && bodyOf(after)]).toEqual(['before', 'after'])
      expect(Buffer.compare(passed?.body ?? Buffer.from('?'), event.body)).toBe(0)
      expect(passed && headersOf([passed])).toEqual(headersOf([event]))
    })

    it('keeps the headers of each event of a batch apart, shared ones and its own', async () => {
      const { channel } = await open({ transactionCapacity: 100 })
      await channel.put([filler])
      const shared = { host: 'a' }
      const batch = Array.from({ length: 60 }, (_, i) =>
        eventOf(`${i}`, i % 3 === 0 ? shared : i % 3 === 1 ? { host: 'a', more: 'x'.repeat(i) } : {}),
      )
      await channel.put(batch)
      const passed = await takeAll(channel)
      expect(bodiesOf(passed)).toEqual(bodiesOf(batch))
      expect(headersOf(passed)).toEqual(headersOf(batch))
    })

    // Half a surrogate pair has no UTF-8: what is written anywhere has U+FFFD in its place, what stays in memory may keep it.
    it('keeps an event whose headers have lone surrogates, with U+FFFD in their place or as they are', async () => {
      const { channel } = await open()
      await channel.put([filler])
      await channel.put([eventOf('a', { 'k\ud800': 'v\udfffw', whole: '\u{1f6b0}' }), eventOf('b', { c: 'd' })])
      const [first, second] = await takeAll(channel)
      const wellFormed = Object.entries(first?.headers ?? {}).map((entry) => entry.map((text) => text.toWellFormed()))
      expect(Object.fromEntries(wellFormed)).toEqual({ 'k\ufffd': 'v\ufffdw', whole: '\u{1f6b0}' })
      expect(second && [bodyOf(second), { ...second.headers }]).toEqual(['b', { c: 'd' }])
    })
  })
}
