import { describe, expect, it } from 'vitest'
import type { Headers } from '../../src/flow/event.ts'
import { Rejected } from '../../src/flow/sink.ts'
import { Template } from '../../src/formats/escapes.ts'
import { BucketPaths } from './bucket-paths.ts'

const utc = { timeZone: 'UTC' }
const time = Date.UTC(2026, 10, 20, 18, 5, 7)

const paths = (template: string, { localTime = false, checkTime = false } = {}) =>
  new BucketPaths({ template: new Template(template, { ...utc, localTime }), localTime, checkTime })

const event = (headers: Headers, body = 'x') => ({ headers, body: Buffer.from(body) })
const at = (timeMs: number, more: Headers = {}) => event({ timestamp: String(timeMs), ...more })

const grouped = (of: BucketPaths, batch: readonly ReturnType<typeof event>[], nowMs = 0) =>
  of
    .group(batch, nowMs)
    .map(({ path, events }) => [path, events.map((e) => batch.indexOf(e as ReturnType<typeof event>))])

const rejection = (of: BucketPaths, batch: readonly ReturnType<typeof event>[]): Rejected => {
  try {
    of.group(batch, 0)
  } catch (thrown) {
    if (thrown instanceof Rejected) return thrown
  }
  throw new Error('nothing was rejected')
}

describe('bucket paths', () => {
  it('gives the whole batch to a path without escapes, not looking at its events', () => {
    const batch = [event({}), event({})]
    const [group] = paths('/a/b').group(batch, 0)
    expect(group).toEqual({ path: '/a/b', events: batch })
    expect(group?.events).toBe(batch)
  })

  it('hands the batch on as it is when all of it goes to one file', () => {
    const batch = [at(time, { h: 'a', other: '1' }), at(time + 100, { h: 'a', other: '2' })]
    const [group] = paths('/%{h}/%Y%m%d%H%M').group(batch, 0)
    expect(group?.path).toBe('/a/202611201805')
    expect(group?.events).toBe(batch)
  })

  it('sorts events by header and time, keeping their order', () => {
    const batch = [at(time, { h: 'a' }), at(time, { h: 'b' }), at(time + 60_000, { h: 'a' }), at(time, { h: 'a' })]
    expect(grouped(paths('/%{h}/%H%M'), batch)).toEqual([
      ['/a/1805', [0, 3]],
      ['/b/1805', [1]],
      ['/a/1806', [2]],
    ])
  })

  it('takes the clock where it is told to, batch by batch', () => {
    const local = paths('/%H%M%S', { localTime: true })
    const batch = [event({}), event({ timestamp: 'nonsense' })]
    expect(grouped(local, batch, time)).toEqual([['/180507', [0, 1]]])
    expect(grouped(local, batch, time + 1000)).toEqual([['/180508', [0, 1]]])
    const shared = [event(batch[1]?.headers ?? {})]
    expect(grouped(local, shared, time + 2000)).toEqual([['/180509', [0]]])
  })

  it('gives nothing for a header that is missing', () => {
    expect(grouped(paths('/a/%{none}/b'), [event({})])).toEqual([['/a//b', [0]]])
  })

  it('rejects events without a time where the path has dates, and says what helps', () => {
    const thrown = rejection(paths('/%Y'), [at(time), event({}), at(time), event({})])
    expect(thrown.indexes).toEqual([1, 3])
    expect(thrown.reason).toContain('timestamp interceptor')
    expect(thrown.reason).toContain('hdfs.useLocalTimeStamp')
  })

  it.each(['soon', '', '1.5', '99999999999999999999'])('rejects the time %j', (timestamp) => {
    const thrown = rejection(paths('/%Y'), [event({ timestamp })])
    expect(thrown.indexes).toEqual([0])
    expect(thrown.reason).toContain('timestamp')
  })

  it('rejects a bad time where the format has it as its key', () => {
    const checked = paths('/a', { checkTime: true })
    expect(grouped(checked, [event({}), at(time)])).toEqual([['/a', [0, 1]]])
    expect(rejection(checked, [at(time), event({ timestamp: 'x' })]).indexes).toEqual([1])
  })

  it.each(['../../etc', '..', 'a/../../b', 'nul\0', './x'])('lets no header lead out of the folder: %j', (h) => {
    expect(rejection(paths('/data/%{h}/x'), [event({ h: 'fine' }), event({ h })]).indexes).toEqual([1])
  })

  it('lets a header have slashes and dots inside', () => {
    expect(grouped(paths('/data/%{h}'), [event({ h: 'a/b..c/.d' })])).toEqual([['/data/a/b..c/.d', [0]]])
  })
})
