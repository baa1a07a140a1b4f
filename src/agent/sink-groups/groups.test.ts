import { describe, expect, it } from 'vitest'
import { numbered } from '../../../test/conformance/events.ts'
import { startFakeAgent } from '../../../test/fakes/agent.ts'
import { ScriptedChannel } from '../../../test/fakes/scripted-channel.ts'
import { FakeSink } from '../../../test/fakes/sink.ts'
import { until } from '../../../test/fakes/until.ts'
import type { ProcessorDefinition } from './definition.ts'
import { failover } from './failover.ts'
import { loadBalance } from './load-balance.ts'

type Sinks = Record<string, FakeSink>

const group = async (
  definition: ProcessorDefinition,
  values: Readonly<Record<string, unknown>>,
  sinks: Sinks,
  channelOf: Readonly<Record<string, string>> = {},
) => {
  const channels = { c1: new ScriptedChannel(), c2: new ScriptedChannel() }
  const started = await startFakeAgent({
    channels,
    sinks: Object.fromEntries(
      Object.entries(sinks).map(([name, sink]) => [name, { sink, channel: channelOf[name] ?? 'c1' }]),
    ),
    groups: [{ name: 'g1', definition, values, where: 'test:1', sinks: Object.keys(sinks) }],
    graceMs: 100,
  })
  return { ...channels, ...started }
}

const sink = (): FakeSink => new FakeSink({ batchSize: 1 })

const down = (times: number): Error[] => Array.from({ length: times }, () => new Error('Down'))

const drained = (channel: ScriptedChannel): Promise<void> => until(() => channel.held === 0, 'an empty channel')

const priorities = (given: Record<string, number>, maxpenalty = 30_000) => ({
  'priority.*': new Map(Object.entries(given)),
  maxpenalty,
})

describe('failover', () => {
  it('uses the sink of the highest priority alone', async () => {
    const sinks = { k1: sink(), k2: sink(), k3: sink() }
    const { c1 } = await group(failover, priorities({ k1: 5, k2: 10, k3: 1 }), sinks)
    await c1.put(numbered(0, 5))
    await drained(c1)
    expect([sinks.k1.bodies.length, sinks.k2.bodies.length, sinks.k3.bodies.length]).toEqual([0, 5, 0])
  })

  it('says who gets the events of one that fails', async () => {
    const sinks = { k1: sink(), k2: sink() }
    const { c1, log } = await group(failover, priorities({ k1: 2, k2: 1 }), sinks)
    sinks.k1.failures.push(...down(1))
    await c1.put(numbered(0, 3))
    await drained(c1)
    expect(log.of('warn')).toEqual([expect.stringContaining('They go to k2 of its group where that can')])
  })

  it('stands sinks without a priority below all others, in the order of the group', async () => {
    const sinks = { k1: sink(), k2: sink(), k3: sink() }
    const { c1 } = await group(failover, priorities({ k3: 0 }), sinks)
    sinks.k3.failures.push(...down(1))
    await c1.put(numbered(0, 3))
    await drained(c1)
    expect([sinks.k1.bodies.length, sinks.k2.bodies.length, sinks.k3.bodies.length]).toEqual([3, 0, 0])
  })

  it('goes on with the next at once when one fails, in order, losing nothing', async () => {
    const sinks = { k1: sink(), k2: sink() }
    const { c1, log } = await group(failover, priorities({ k1: 10, k2: 5 }), sinks)
    sinks.k1.failures.push(undefined, undefined, ...down(1))
    await c1.put(numbered(0, 6))
    await drained(c1)
    expect(sinks.k1.bodies).toEqual(['0', '1'])
    expect(sinks.k2.bodies).toEqual(['2', '3', '4', '5'])
    expect(log.of('warn')).toHaveLength(1)
  })

  it('leaves a failed sink alone for 2, 4, 8, 16, 30, 30 s, and takes it again once it works', async () => {
    const sinks = { k1: sink(), k2: sink() }
    const { c1, clock } = await group(failover, priorities({ k1: 10, k2: 5 }), sinks)
    sinks.k1.failures.push(...down(7))
    const triedAtMs: number[] = []
    for (let event = 0; sinks.k1.bodies.length === 0; event++) {
      const before = sinks.k1.tried.length
      await c1.put(numbered(event, event + 1))
      await drained(c1)
      if (sinks.k1.tried.length > before) triedAtMs.push(clock.monotonic())
      await clock.advanceSlowly(1000, 1000)
      expect(event).toBeLessThan(200)
    }
    expect(triedAtMs.slice(1).map((ms, i) => ms - (triedAtMs[i] ?? 0))).toEqual([
      2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ])
    await c1.put(numbered(200, 203))
    await drained(c1)
    expect(sinks.k1.bodies.slice(-3)).toEqual(['200', '201', '202'])
  })

  it('tries again when all have failed', async () => {
    const sinks = { k1: sink(), k2: sink() }
    const { c1, clock } = await group(failover, priorities({ k1: 10, k2: 5 }), sinks)
    sinks.k1.failures.push(...down(2))
    sinks.k2.failures.push(...down(2))
    await c1.put(numbered(0, 2))
    await clock.advanceSlowly(20_000, 100)
    await drained(c1)
    expect([...sinks.k1.bodies, ...sinks.k2.bodies].toSorted()).toEqual(['0', '1'])
  })

  it('lets the next one in even when maxpenalty is 0', async () => {
    const sinks = { k1: sink(), k2: sink() }
    const { c1 } = await group(failover, priorities({ k1: 10, k2: 5 }, 0), sinks)
    sinks.k1.failures.push(...down(100))
    await c1.put(numbered(0, 2))
    await drained(c1)
    expect(sinks.k2.bodies).toEqual(['0', '1'])
  })

  it('takes from the channel of the sink it picked', async () => {
    const sinks = { k1: sink(), k2: sink() }
    const { c1, c2 } = await group(failover, priorities({ k1: 10, k2: 5 }), sinks, { k2: 'c2' })
    await c1.put(numbered(0, 2))
    await c2.put(numbered(2, 4))
    await drained(c1)
    expect(c2.held).toBe(2)
    sinks.k1.failures.push(...down(1))
    await c1.put(numbered(4, 5))
    await drained(c2)
    expect(sinks.k2.bodies).toEqual(['2', '3'])
  })
})

describe('load_balance', () => {
  const values = (given: Record<string, unknown> = {}) => ({
    backoff: false,
    selector: 'round_robin',
    'selector.maxTimeOut': 30_000,
    ...given,
  })

  it('gives each batch to the next sink in turn', async () => {
    const sinks = { k1: sink(), k2: sink(), k3: sink() }
    const { c1 } = await group(loadBalance, values(), sinks)
    await c1.put(numbered(0, 7))
    await drained(c1)
    expect(Object.values(sinks).map((k) => k.bodies)).toEqual([
      ['0', '3', '6'],
      ['1', '4'],
      ['2', '5'],
    ])
  })

  it('gives them to any sink when it is to be random', async () => {
    const sinks = { k1: sink(), k2: sink(), k3: sink() }
    const { c1 } = await group(loadBalance, values({ selector: 'random' }), sinks)
    for (let i = 0; i < 300; i += 50) await c1.put(numbered(i, i + 50))
    await drained(c1)
    for (const { bodies } of Object.values(sinks)) expect(bodies.length).toBeGreaterThan(60)
  })

  it('gives the batch to the next sink when one fails', async () => {
    const sinks = { k1: sink(), k2: sink() }
    const { c1 } = await group(loadBalance, values(), sinks)
    sinks.k1.failures.push(...down(1))
    await c1.put(numbered(0, 3))
    await drained(c1)
    expect(sinks.k2.bodies[0]).toBe('0')
    expect([...sinks.k1.bodies, ...sinks.k2.bodies].toSorted()).toEqual(['0', '1', '2'])
  })

  it('asks a failed sink each time without backoff, and leaves it alone for a while with it', async () => {
    for (const [backoff, tries] of [
      [false, 5],
      [true, 1],
    ] as const) {
      const sinks = { k1: sink(), k2: sink() }
      const { c1 } = await group(loadBalance, values({ backoff }), sinks)
      sinks.k1.failures.push(...down(100))
      await c1.put(numbered(0, 10))
      await drained(c1)
      expect(sinks.k1.tried.length).toBe(tries)
    }
  })

  it('takes a sink again after its penalty, which success ends', async () => {
    const sinks = { k1: sink(), k2: sink() }
    const { c1, clock } = await group(loadBalance, values({ backoff: true }), sinks)
    sinks.k1.failures.push(...down(1))
    await c1.put(numbered(0, 1))
    await drained(c1)
    await clock.advanceSlowly(2000, 500)
    await c1.put(numbered(1, 5))
    await drained(c1)
    expect(sinks.k1.bodies.length).toBeGreaterThan(0)
  })

  it('waits and tries again when all have failed', async () => {
    for (const backoff of [false, true]) {
      const sinks = { k1: sink(), k2: sink() }
      const { c1, clock } = await group(loadBalance, values({ backoff }), sinks)
      sinks.k1.failures.push(...down(3))
      sinks.k2.failures.push(...down(3))
      await c1.put(numbered(0, 2))
      await clock.advanceSlowly(60_000, 100)
      await drained(c1)
      expect([...sinks.k1.bodies, ...sinks.k2.bodies].toSorted()).toEqual(['0', '1'])
    }
  })

  it('serves sinks of several channels, an idle one holding nobody up for long', async () => {
    const sinks = { k1: sink(), k2: sink() }
    const { c1, c2, clock } = await group(loadBalance, values(), sinks, { k2: 'c2' })
    for (let i = 0; i < 5; i++) {
      await c2.put(numbered(i, i + 1))
      await clock.advanceSlowly(600, 100)
      await drained(c2)
    }
    await c1.put(numbered(5, 6))
    await clock.advanceSlowly(600, 100)
    await drained(c1)
    expect(sinks.k1.bodies).toEqual(['5'])
  })
})
