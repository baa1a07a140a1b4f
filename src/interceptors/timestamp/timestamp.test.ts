import { describe, expect, it } from 'vitest'
import { eventOf, numbered } from '../../../test/conformance/events.ts'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { fakeContext } from '../../../test/fakes/context.ts'
import type { Batch } from '../../flow/event.ts'
import { timestamp } from './timestamp.ts'

const interceptor = async (given: { headerName?: string; preserveExisting?: boolean } = {}) => {
  const clock = new FakeClock(1_700_000_000_123)
  const values = { headerName: 'timestamp', preserveExisting: false, ...given }
  const made = await timestamp.create(values, fakeContext({ clock }))
  return (batch: Batch): Batch => made.intercept(batch)
}

describe('timestamp', () => {
  it('gives each event the time, other headers kept, bodies untouched', async () => {
    const intercept = await interceptor()
    const batch = [eventOf('a', { k: 'v' }), eventOf('b')]
    const stamped = intercept(batch)
    expect(stamped.map(({ headers }) => headers)).toEqual([
      { k: 'v', timestamp: '1700000000123' },
      { timestamp: '1700000000123' },
    ])
    expect(stamped.map(({ body }) => body)).toEqual(batch.map(({ body }) => body))
    expect(batch[1]?.headers).toEqual({})
  })

  it('lets events of equal headers share one frozen object', async () => {
    const intercept = await interceptor()
    const stamped = intercept(numbered(0, 100))
    expect(new Set(stamped.map(({ headers }) => headers)).size).toBe(1)
    expect(Object.isFrozen(stamped[0]?.headers)).toBe(true)
  })

  it('overwrites a time that is there, unless it is to preserve it', async () => {
    const batch = [eventOf('a', { ts: '7' }), eventOf('b')]
    const overwriting = await interceptor({ headerName: 'ts' })
    const preserving = await interceptor({ headerName: 'ts', preserveExisting: true })
    expect(overwriting(batch)[0]?.headers).toEqual({ ts: '1700000000123' })
    expect(preserving(batch).map(({ headers }) => headers['ts'])).toEqual(['7', '1700000000123'])
  })
})
