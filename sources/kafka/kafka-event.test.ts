import { describe, expect, it } from 'vitest'
import { KafkaEvent, originOf } from './kafka-event.ts'

const origin = originOf('weblog', 3, 'topic', 1000, 1_700_000_000_000)
const body = Buffer.from('line')
const eventOf = (key: string | null = null): KafkaEvent =>
  new KafkaEvent(body, origin, 5, -3, key === null ? null : Buffer.from(key))

const headers = { timestamp: '1699999999997', topic: 'weblog', partition: '3', offset: '1005' }

describe('an event of a record', () => {
  it('has Flume’s headers, as texts', () => {
    expect(eventOf().headers).toEqual(headers)
    expect(eventOf('k').headers).toEqual({ ...headers, key: 'k' })
  })

  it('makes them once, when they are first read', () => {
    const event = eventOf()
    expect(event.made).toBeUndefined()
    expect(event.headers).toBe(event.headers)
  })

  it('gives headers that are like those of any other event', () => {
    const made = eventOf().headers
    expect(Object.isFrozen(made)).toBe(true)
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype)
    expect(Object.keys(made)).toEqual(['timestamp', 'topic', 'partition', 'offset'])
    expect({ ...made, more: '1' }).toEqual({ ...headers, more: '1' })
    expect(JSON.parse(JSON.stringify(made))).toEqual(headers)
    expect(Object.entries(structuredClone(made))).toEqual(Object.entries(headers))
  })

  it('shows itself whole in JSON', () => {
    expect(JSON.parse(JSON.stringify(eventOf()))).toEqual({
      headers,
      body: JSON.parse(JSON.stringify(body)) as unknown,
    })
  })

  it.each([null, 'k', 'a longer key'])('knows their length without making them (key %s)', (key) => {
    const event = eventOf(key)
    const before = event.headerLength
    const { headers: made } = event
    expect(before).toBe(Object.entries(made).reduce((sum, [name, value]) => sum + name.length + value.length, 0))
    expect(event.headerLength).toBe(before)
  })

  it('has no topic header when none is wanted', () => {
    const bare = new KafkaEvent(body, originOf('weblog', 3, undefined, 0, 1), 0, 0, null)
    expect(bare.headers).toEqual({ timestamp: '1', partition: '3', offset: '0' })
  })
})
