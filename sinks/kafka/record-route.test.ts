import { describe, expect, it } from 'vitest'
import { isTopicName, routeOf } from './record-route.ts'
import type { RouteRules } from './record-route.ts'
import { topicNaming } from './topic-name.ts'

const told: string[] = []
const rules: RouteRules = {
  topic: () => 'usual',
  topicHeader: 'topic',
  partitionHeader: 'part',
  defaultPartition: undefined,
  timestampHeader: 'time',
  copied: [
    ['host', 'x-host'],
    ['app', 'x-app'],
  ],
  badTimestamp: (value) => told.push(value),
}

describe('the route of an event', () => {
  it('without headers is the usual one', () => {
    expect(routeOf({}, rules)).toEqual({
      topic: 'usual',
      partition: -1,
      key: null,
      recordHeaders: null,
      timestampMs: -1,
    })
  })

  it('follows topic, key, partition and time of its headers', () => {
    expect(routeOf({ topic: 't2', key: 'k', part: '7', time: '1700000000000' }, rules)).toMatchObject({
      topic: 't2',
      key: Buffer.from('k'),
      partition: 7,
      timestampMs: 1_700_000_000_000,
    })
  })

  it('does not follow the topic header when that is switched off', () => {
    expect(routeOf({ topic: 't2' }, { ...rules, topicHeader: undefined })).toMatchObject({ topic: 'usual' })
  })

  it('takes the default partition where no header names one', () => {
    expect(routeOf({}, { ...rules, defaultPartition: 3 })).toMatchObject({ partition: 3 })
    expect(routeOf({ part: '1' }, { ...rules, defaultPartition: 3 })).toMatchObject({ partition: 1 })
  })

  it('copies headers into the record, and only those that are there', () => {
    const route = routeOf({ host: 'h1' }, rules)
    const encoded = 'recordHeaders' in route ? Buffer.from(route.recordHeaders ?? []) : Buffer.alloc(0)
    expect(encoded.toString('latin1')).toBe('\u0002\u000cx-host\u0004h1')
  })

  it.each(['x', '', '1.5', '99999999999', '-', '1 '])('cannot be partition %j', (part) => {
    expect(routeOf({ part }, rules)).toEqual({ reason: expect.stringContaining(`'${part}'`) as string })
  })

  it.each(['', '.', '..', 'a b', 'ä', 'a/b', 'x'.repeat(250)])('cannot be topic %j', (topic) => {
    expect(isTopicName(topic)).toBe(false)
    expect(routeOf({ topic }, rules)).toHaveProperty('reason')
  })

  it('takes the time of sending for a bad one, and says so', () => {
    expect(routeOf({ time: 'yesterday' }, rules)).toMatchObject({ timestampMs: -1 })
    expect(told).toEqual(['yesterday'])
  })
})

describe('kafka.topic', () => {
  it('may hold headers and dates', async () => {
    const topic = await topicNaming('log-%{app}-%Y')
    expect(topic({ app: 'web', timestamp: String(Date.UTC(2026, 5, 1)) })).toBe('log-web-2026')
  })

  it('with dates needs a time', async () => {
    const topic = await topicNaming('log-%Y')
    expect(topic({})).toHaveProperty('reason')
    expect(topic({ timestamp: 'soon' })).toEqual({ reason: expect.stringContaining("'soon'") as string })
  })

  it('may hold the host', async () => {
    const topic = await topicNaming('log-%[localhost]')
    expect(topic({})).toMatch(/^log-.+/)
  })
})
