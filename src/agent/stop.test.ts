import { describe, expect, it } from 'vitest'
import { numbered } from '../../test/conformance/events.ts'
import { isSettled } from '../../test/conformance/scope.ts'
import { startFakeAgent } from '../../test/fakes/agent.ts'
import { ScriptedChannel } from '../../test/fakes/scripted-channel.ts'
import { FakeSink } from '../../test/fakes/sink.ts'
import { spillableBench } from '../../test/fakes/spillable-channel.ts'
import { FakeInput, FakeSource } from '../../test/fakes/source.ts'
import { until } from '../../test/fakes/until.ts'
import { imbalances } from '../monitor/accounts.ts'

const texts = (count: number): string[] => Array.from({ length: count }, (_, i) => `t${i}`)

const flow = async ({ channel = new ScriptedChannel(), sink = new FakeSink(), feed = 50, graceMs = 10_000 } = {}) => {
  const input = new FakeInput()
  input.feed(texts(feed))
  const started = await startFakeAgent({
    sources: { r1: { create: (context) => new FakeSource(input, context) } },
    channels: { c1: channel },
    sinks: { k1: { sink } },
    graceMs,
  })
  return { input, channel, sink, ...started }
}

describe('a stop', () => {
  it('drains: what was read is stored, its position too, and a next start repeats nothing', async () => {
    const { input, sink, agent } = await flow()
    await until(() => sink.bodies.length > 0)
    const accounts = await agent.stop()
    expect(input.position).toBe(sink.bodies.length)
    expect(accounts.total.held).toBe(0)
    expect(imbalances(accounts)).toEqual([])
    const second = new FakeSink()
    const { agent: again } = await startFakeAgent({
      sources: { r1: { create: (context) => new FakeSource(input, context) } },
      channels: { c1: new ScriptedChannel() },
      sinks: { k1: { sink: second } },
    })
    await until(() => sink.bodies.length + second.bodies.length === 50)
    await again.stop()
    expect([...sink.bodies, ...second.bodies]).toEqual(texts(50))
  })

  it('stops the reading at once, while the sinks go on', async () => {
    const sink = new FakeSink({ batchSize: 10 })
    sink.byHand = true
    const { input, agent } = await flow({ sink, feed: 10 })
    await until(() => sink.openWrites.length === 1)
    const stopped = agent.stop()
    input.feed(texts(10))
    await new Promise((resolve) => setImmediate(resolve))
    sink.openWrites[0]?.succeed()
    expect((await stopped).total).toEqual({ in: 10, out: 10, dropped: 0, held: 0 })
    expect(input.position).toBe(10)
  })

  it('ends when the grace period does, whatever is held, and positions stay behind it', async () => {
    const sink = new FakeSink()
    sink.failures.push(...Array.from({ length: 1000 }, () => new Error('Down')))
    const { input, agent, clock } = await flow({ sink, graceMs: 5000 })
    await until(() => sink.tried.length > 0)
    const stopped = agent.stop()
    await clock.advanceSlowly(4000, 500)
    expect(await isSettled(stopped)).toBe(false)
    await clock.advanceSlowly(4000, 500)
    expect((await stopped).total).toMatchObject({ out: 0, held: 50 })
    expect(input.position).toBe(0)
  })

  it('asks open writes to give up when the grace period is over, and leaves a stuck sink behind with a WARN', async () => {
    const sink = new FakeSink()
    sink.byHand = true
    const { agent, clock, log } = await flow({ sink, graceMs: 5000 })
    await until(() => sink.openWrites.length === 1)
    const stopped = agent.stop()
    await clock.advanceSlowly(5000, 500)
    expect(sink.openWrites[0]?.signal.aborted).toBe(true)
    await clock.advanceSlowly(4000, 500)
    await stopped
    expect(log.of('warn').filter((line) => line.startsWith('Sink k1 did not end'))).toHaveLength(1)
  })

  it('waits for a memory channel that nobody waits for to run empty', async () => {
    const channel = new ScriptedChannel()
    await channel.put(numbered(0, 30))
    const sink = new FakeSink({ batchSize: 1 })
    const { agent } = await startFakeAgent({ channels: { c1: channel }, sinks: { k1: { sink } } })
    await agent.stop()
    expect(sink.bodies).toHaveLength(30)
  })

  it('leaves in a durable channel what is there, for the next start', async () => {
    const channel = new ScriptedChannel({ durable: true })
    await channel.put(numbered(0, 30))
    const sink = new FakeSink({ batchSize: 10 })
    sink.byHand = true
    const { agent } = await startFakeAgent({ channels: { c1: channel }, sinks: { k1: { sink } } })
    await until(() => sink.openWrites.length === 1)
    const stopped = agent.stop()
    sink.openWrites[0]?.succeed()
    expect((await stopped).total).toEqual({ in: 30, out: 10, dropped: 0, held: 20 })
  })

  it('waits for no sink where a channel can write down what it has only in memory', async () => {
    const sink = new FakeSink({ batchSize: 10 })
    sink.byHand = true
    const channel = spillableBench().make({ memory: 100 })
    const input = new FakeInput()
    input.feed(texts(50))
    const { agent } = await startFakeAgent({
      sources: { r1: { create: (context) => new FakeSource(input, context) } },
      channels: { c1: channel },
      sinks: { k1: { sink } },
    })
    await until(() => sink.openWrites.length === 1 && channel.held === 50)
    const stopped = agent.stop()
    sink.openWrites[0]?.succeed()
    expect((await stopped).total).toEqual({ in: 50, out: 10, dropped: 0, held: 40 })
    expect(input.position).toBe(50)
  })

  it('is safe twice and disposes each component once it has ended', async () => {
    const { agent, sink, channel } = await flow()
    const first = agent.stop()
    expect(agent.stop()).toBe(first)
    await first
    await agent[Symbol.asyncDispose]()
    expect([sink.disposed, channel.disposed]).toEqual([1, 1])
  })

  it('goes on when a component cannot close in order', async () => {
    const sink = new FakeSink()
    sink[Symbol.asyncDispose] = () => Promise.reject(new Error('Connection reset'))
    const { agent, channel, log } = await flow({ sink })
    await agent.stop()
    expect(channel.disposed).toBe(1)
    expect(log.of('warn')).toEqual(['Sink k1 did not close in order: Connection reset.'])
  })

  it('ends a source that still waits for its channel when the grace period is over', async () => {
    const channel = new ScriptedChannel({ capacity: 10, transactionCapacity: 10 })
    const sink = new FakeSink()
    sink.failures.push(...Array.from({ length: 1000 }, () => new Error('Down')))
    const { agent, clock, input } = await flow({ channel, sink, graceMs: 5000 })
    await until(() => sink.tried.length > 0)
    const stopped = agent.stop()
    await clock.advanceSlowly(12_000, 500)
    const accounts = await stopped
    expect(imbalances(accounts)).toEqual([])
    expect(input.position).toBe(0)
  })

  it('ends while a channel cannot be opened and nothing has begun', async () => {
    const channel = new ScriptedChannel()
    channel.openFailures.push(...Array.from({ length: 100 }, () => new Error('Locked')))
    const { agent, sink } = await flow({ channel })
    await agent.stop()
    expect(sink.tried).toEqual([])
  })

  it('ends while a sink cannot be opened', async () => {
    const sink = Object.assign(new FakeSink(), { open: () => Promise.reject(new Error('Refused')) })
    const { agent, clock } = await flow({ sink, graceMs: 1000 })
    const stopped = agent.stop()
    await clock.advanceSlowly(4000, 500)
    const { total } = await stopped
    expect(total).toEqual({ in: total.held, out: 0, dropped: 0, held: total.held })
    expect(total.held).toBeGreaterThan(0)
  })

  it('ends a source that is held', async () => {
    const { agent, clock } = await flow({ graceMs: 1000 })
    agent.hold()
    const stopped = agent.stop()
    await clock.advanceSlowly(4000, 500)
    expect(imbalances(await stopped)).toEqual([])
  })
})
