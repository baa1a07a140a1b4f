import { describe, expect, it } from 'vitest'
import { eventOf, numbered } from '../../test/conformance/events.ts'
import { isSettled } from '../../test/conformance/scope.ts'
import { plannedSelector, startFakeAgent } from '../../test/fakes/agent.ts'
import { ScriptedChannel } from '../../test/fakes/scripted-channel.ts'
import { FakeSink } from '../../test/fakes/sink.ts'
import { FakeInput, FakeSource } from '../../test/fakes/source.ts'
import { until } from '../../test/fakes/until.ts'
import { assert, InvariantBroken } from '../base/assert.ts'
import { Fault } from '../base/faults.ts'
import type { SourceContext } from '../flow/context.ts'
import type { Source } from '../flow/source.ts'
import { accountsLine, imbalances } from '../monitor/accounts.ts'
import { multiplexing } from './selectors/multiplexing.ts'

const texts = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

const fromInput = (input: FakeInput) => ({ create: (context: SourceContext) => new FakeSource(input, context) })

describe('an agent', () => {
  it('carries events from its sources to its sinks, and its accounts balance', async () => {
    const input = new FakeInput()
    const sink = new FakeSink()
    const { agent } = await startFakeAgent({
      sources: { r1: fromInput(input) },
      channels: { c1: new ScriptedChannel() },
      sinks: { k1: { sink } },
    })
    expect(await isSettled(agent.firstStored)).toBe(false)
    input.feed(texts('a', 25))
    await agent.firstStored
    await until(() => sink.bodies.length === 25)
    expect(sink.bodies).toEqual(texts('a', 25))
    const accounts = await agent.stop()
    expect(accountsLine(accounts)).toBe('Events in 25, out 25, dropped 0, held 0; all passed on: r1 25, c1 25, k1 25')
  })

  it('balances with copies, drops and what a channel held before', async () => {
    const input = new FakeInput()
    const [one, two] = [new FakeSink(), new FakeSink()]
    const channels = { c1: new ScriptedChannel(), c2: new ScriptedChannel() }
    await channels.c1.put(numbered(0, 3))
    const { agent } = await startFakeAgent({
      sources: {
        r1: {
          ...fromInput(input),
          interceptors: [{ intercept: (batch) => batch.filter(({ body }) => !String(body).endsWith('1')) }],
        },
      },
      channels,
      sinks: { k1: { sink: one }, k2: { sink: two, channel: 'c2' } },
    })
    input.feed(texts('a', 10))
    await until(() => two.bodies.length === 9)
    const accounts = await agent.stop()
    expect(imbalances(accounts)).toEqual([])
    expect(accounts.total).toEqual({ in: 22, out: 21, dropped: 1, held: 0 })
    expect(accountsLine(accounts)).toContain('9 of those in are copies for further channels')
    expect(accountsLine(accounts)).toContain('3 of those in were in the channels before')
  })

  it('counts under Flume’s names', async () => {
    const input = new FakeInput()
    const { agent, monitor } = await startFakeAgent({
      sources: { r1: fromInput(input) },
      channels: { c1: new ScriptedChannel() },
      sinks: { k1: { sink: new FakeSink() } },
    })
    input.feed(texts('a', 25))
    await until(() => agent.accounts().total.out === 25)
    const valuesOf = (name: string) => Object.fromEntries(monitor.groups().get(name)?.values() ?? [])
    expect(valuesOf('SOURCE.r1')).toMatchObject({ EventReceivedCount: 25, EventAcceptedCount: 25, StopTime: 0 })
    expect(valuesOf('CHANNEL.c1')).toMatchObject({
      ChannelCapacity: 1000,
      ChannelSize: 0,
      EventPutAttemptCount: 25,
      EventPutSuccessCount: 25,
      EventTakeAttemptCount: 26,
      EventTakeSuccessCount: 25,
    })
    // Ours, and only where a channel can lose what it has stored.
    expect(valuesOf('CHANNEL.c1')).not.toHaveProperty('EventLostCount')
    expect(valuesOf('SINK.k1')).toMatchObject({ EventDrainAttemptCount: 25, EventDrainSuccessCount: 25 })
    await agent.stop()
    expect(valuesOf('SINK.k1')['StopTime']).toBeGreaterThan(0)
  })

  it('tells when it has caught up: all stored, and nothing new for a while', async () => {
    const input = new FakeInput()
    const { agent, clock } = await startFakeAgent({
      sources: { r1: fromInput(input) },
      channels: { c1: new ScriptedChannel() },
      sinks: { k1: { sink: new FakeSink() } },
    })
    const caughtUp = agent.caughtUp(500)
    await clock.advanceSlowly(2000, 500)
    expect(await isSettled(caughtUp)).toBe(false)
    input.feed(texts('a', 5))
    await clock.advanceSlowly(1000, 500)
    await caughtUp
  })

  it('refuses a selector that names a channel which the source does not have', async () => {
    const values = { header: 'h', 'mapping.*': new Map([['x', ['c9']]]), default: [], 'optional.*': new Map() }
    const started = startFakeAgent({
      sources: { r1: { ...fromInput(new FakeInput()), selector: plannedSelector(multiplexing, values) } },
      channels: { c1: new ScriptedChannel() },
    })
    await expect(started).rejects.toThrow("sources.r1.selector.mapping.x: c9 is none of the source's channels, c1")
  })
})

describe('what fails', () => {
  it('a source that cannot run is said once, started again every 3 s, and said to run once', async () => {
    const input = new FakeInput()
    const sink = new FakeSink()
    const sources: FakeSource[] = []
    const create = (context: SourceContext): Source => {
      const source = new FakeSource(input, context)
      const fault = new Fault('PORT_IN_USE', { address: '0.0.0.0:44444' })
      source.failures.push(fault, fault, fault)
      sources.push(source)
      return source
    }
    const { clock, log } = await startFakeAgent({
      sources: { r1: { create } },
      channels: { c1: new ScriptedChannel() },
      sinks: { k1: { sink } },
    })
    input.feed(['a'])
    await clock.advanceSlowly(8900, 100)
    expect(sources[0]?.runs).toBe(3)
    await clock.advanceSlowly(5000, 100)
    expect(sources[0]?.runs).toBe(4)
    expect(sink.bodies).toEqual(['a'])
    expect(log.of('error')).toEqual([
      'Source r1 cannot run: 0.0.0.0:44444 is already in use. Stop the program that listens there, or choose another port. ' +
        'It is started again every 3 s.',
    ])
    expect(log.of('info')).toEqual(['Source r1 runs again.'])
  })

  it('a channel that cannot be opened is said once and tried again, and its source and sink wait', async () => {
    const channel = new ScriptedChannel()
    channel.openFailures.push(new Fault('FOLDER_LOCKED', { path: 'data/c1', pid: 7 }), new Error('Still locked'))
    const input = new FakeInput()
    const sink = new FakeSink()
    const { clock, log } = await startFakeAgent({
      sources: { r1: fromInput(input) },
      channels: { c1: channel },
      sinks: { k1: { sink } },
    })
    input.feed(['a'])
    await clock.advanceSlowly(5000, 100)
    expect(sink.bodies).toEqual([])
    await clock.advanceSlowly(2000, 100)
    await until(() => sink.bodies.length === 1)
    expect(log.of('error')).toHaveLength(1)
    expect(log.of('error')[0]).toMatch(
      /^Cannot open channel c1: data\/c1 is in use by process 7\. .*again every 3 s\.$/,
    )
    expect(log.of('info')).toEqual(['Channel c1 is open.'])
  })

  it('a sink that cannot be opened is tried again', async () => {
    const sink = new FakeSink()
    let opens = 0
    const opening = Object.assign(sink, {
      open: () => (++opens < 3 ? Promise.reject(new Error('Refused')) : Promise.resolve()),
    })
    const channel = new ScriptedChannel()
    await channel.put([eventOf('a')])
    const { clock } = await startFakeAgent({ channels: { c1: channel }, sinks: { k1: { sink: opening } } })
    await clock.advanceSlowly(1000, 50)
    await until(() => sink.bodies.length === 1)
    expect(opens).toBe(3)
  })

  it('a component that throws does not end the agent', async () => {
    const sink = new FakeSink()
    sink.write = () => {
      throw new TypeError('undefined is not a function')
    }
    const channel = new ScriptedChannel()
    await channel.put([eventOf('a')])
    const { agent, clock } = await startFakeAgent({ channels: { c1: channel }, sinks: { k1: { sink } }, graceMs: 0 })
    await clock.advanceSlowly(1000, 100)
    expect(await isSettled(agent.failed)).toBe(false)
    expect(channel.held).toBe(1)
  })

  it.each(['a sink', 'a source', 'a channel'])('a broken invariant in %s does', async (where) => {
    const broken = (): never => {
      assert(false, `The count in ${where} is off`)
      throw new Error('Not reached')
    }
    const sink = new FakeSink()
    const channel = new ScriptedChannel()
    if (where === 'a sink') sink.write = broken
    if (where === 'a channel') channel.put = broken
    const input = new FakeInput()
    const { agent } = await startFakeAgent({
      sources: {
        r1: {
          create: (context) => {
            const source = new FakeSource(input, context)
            if (where === 'a source') source.run = broken
            return source
          },
        },
      },
      channels: { c1: channel },
      sinks: { k1: { sink } },
      graceMs: 0,
    })
    input.feed(['a'])
    const failure = await agent.failed
    expect(failure).toBeInstanceOf(InvariantBroken)
    expect(failure.message).toBe(`The count in ${where} is off`)
  })

  it('a held agent lets nothing through until it is released, then everything', async () => {
    const input = new FakeInput()
    const sink = new FakeSink()
    const { agent, clock } = await startFakeAgent({
      sources: { r1: fromInput(input) },
      channels: { c1: new ScriptedChannel() },
      sinks: { k1: { sink } },
    })
    agent.hold()
    input.feed(texts('a', 20))
    await clock.advanceSlowly(10_000, 1000)
    expect(sink.tried).toEqual([])
    agent.release()
    await until(() => sink.bodies.length === 20)
  })

  it('a source that comes to its end is not started again', async () => {
    let runs = 0
    const source: Source = {
      whenRefused: 'retry',
      run: () => {
        runs++
        return Promise.resolve()
      },
    }
    const { clock, log } = await startFakeAgent({
      sources: { r1: { create: () => source } },
      channels: { c1: new ScriptedChannel() },
    })
    await clock.advanceSlowly(10_000, 1000)
    expect(runs).toBe(1)
    expect(log.of('info')).toEqual(['Source r1 has come to its end.'])
  })
})
