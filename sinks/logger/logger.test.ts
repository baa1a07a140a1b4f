import { describe, expect, it } from 'vitest'
import { eventOf, numbered } from '../../test/conformance/events.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { eventLine } from './event-line.ts'
import { javaMapOrder } from '../../src/formats/java-map-order.ts'
import { logger } from './logger.ts'

describe('the logger sink', () => {
  it('prints one line for each event, at INFO', async () => {
    const context = fakeContext()
    const sink = await logger.create({ maxBytesToLog: 16 }, context)
    await sink.write(numbered(7, 9), new AbortController().signal)
    expect(context.log.lines.map(({ level, message }) => [level, message])).toEqual([
      ['info', `Event: { headers:{} body: 37${' '.repeat(46)}7 }`],
      ['info', `Event: { headers:{} body: 38${' '.repeat(46)}8 }`],
    ])
  })
})

describe('its line', () => {
  it('is Flume’s to the byte', () => {
    expect(eventLine(eventOf(''), 16)).toBe('Event: { headers:{} body: }')
    expect(eventLine(eventOf('hello', { k: 'v', k2: 'v2' }), 16)).toBe(
      'Event: { headers:{k2=v2, k=v} body: 68 65 6C 6C 6F                                  hello }',
    )
    expect(eventLine(eventOf('Hello world!\r'), 16)).toBe(
      'Event: { headers:{} body: 48 65 6C 6C 6F 20 77 6F 72 6C 64 21 0D          Hello world!. }',
    )
    expect(eventLine(eventOf('é'), 16)).toBe(`Event: { headers:{} body: C3 A9${' '.repeat(43)}.. }`)
  })

  it('shows no more of the body than it may, 16 bytes a line with an offset from the second on', () => {
    const nineteen = eventOf('0123456789ABCDEFXYZ')
    const first = '30 31 32 33 34 35 36 37 38 39 41 42 43 44 45 46 0123456789ABCDEF'
    expect(eventLine(nineteen, 16)).toBe(`Event: { headers:{} body: ${first} }`)
    expect(eventLine(nineteen, 32)).toBe(
      `Event: { headers:{} body: ${first}\n00000010 58 59 5A                                        XYZ }`,
    )
    expect(eventLine(nineteen, 0)).toBe('Event: { headers:{} body: }')
  })

  it('lists headers in the order of Java’s HashMap', () => {
    const names = ['timestamp', 'host', 'topic', 'key', 'file', 'basename', 'category']
    expect(javaMapOrder(names)).toEqual(['file', 'basename', 'host', 'topic', 'category', 'key', 'timestamp'])
  })

  it('grows the table as Java does, above twelve headers', () => {
    const names = Array.from({ length: 13 }, (_, i) => `h${i}`)
    expect(new Set(javaMapOrder(names))).toEqual(new Set(names))
    expect(javaMapOrder(names)).not.toEqual(javaMapOrder(names.slice(0, 12)).concat('h12'))
  })
})
