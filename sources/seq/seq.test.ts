import { describe, expect, it } from 'vitest'
import { isSettled } from '../../test/conformance/scope.ts'
import { FakeTarget } from '../../test/fakes/channel.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { until } from '../../test/fakes/until.ts'
import { seq } from './seq.ts'

const never = new AbortController().signal
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i))

describe('the seq source', () => {
  it('counts from 0 in batches, to the last event, and then ends', async () => {
    const source = await seq.create({ batchSize: 4, totalEvents: 10 }, fakeContext())
    const target = new FakeTarget()
    await source.run(target.deliver, never)
    expect(target.batches.map((batch) => batch.length)).toEqual([4, 4, 2])
    expect(target.bodies).toEqual(numbers(10))
  })

  it('ends once everything has settled', async () => {
    const source = await seq.create({ batchSize: 1, totalEvents: 3 }, fakeContext())
    const target = new FakeTarget()
    target.settleByHand()
    const ended = source.run(target.deliver, never)
    await until(() => target.events.length === 3)
    expect(await isSettled(ended)).toBe(false)
    target.settle()
    await ended
  })

  it('runs no further ahead than it may', async () => {
    const stop = new AbortController()
    const grace = AbortSignal.abort()
    const source = await seq.create({ batchSize: 10, totalEvents: 1e9 }, fakeContext({ aheadMax: 35, grace }))
    const target = new FakeTarget()
    target.settleByHand()
    const ended = source.run(target.deliver, stop.signal)
    await until(() => target.events.length >= 35)
    expect(await isSettled(ended)).toBe(false)
    expect(target.events.length).toBe(40)
    stop.abort()
    await ended
  })

  it('delivers the same numbers again after a refusal, and goes on where it was when it is started again', async () => {
    const source = await seq.create({ batchSize: 2, totalEvents: 6 }, fakeContext())
    const target = new FakeTarget()
    target.refusals.push(new Error('Full'))
    await expect(source.run(target.deliver, never)).rejects.toThrow('Full')
    await source.run(target.deliver, never)
    expect(target.bodies).toEqual(numbers(6))
  })

  it('stops at the abort and when it was aborted before', async () => {
    const source = await seq.create({ batchSize: 2, totalEvents: 1e9 }, fakeContext())
    const target = new FakeTarget()
    await source.run(target.deliver, AbortSignal.abort())
    expect(target.events).toEqual([])
  })
})
