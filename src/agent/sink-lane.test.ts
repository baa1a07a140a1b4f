import { describe, expect, it } from 'vitest'
import { numbered } from '../../test/conformance/events.ts'
import { startFakeAgent } from '../../test/fakes/agent.ts'
import { ScriptedChannel } from '../../test/fakes/scripted-channel.ts'
import { FakeSink } from '../../test/fakes/sink.ts'
import { until } from '../../test/fakes/until.ts'
import type { Take } from '../flow/channel.ts'

const numbers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => String(from + i))

/** An agent of one channel that holds 20 events and one sink that takes 5 at once. */
const flow = async ({ inFlight = 1, batchSize = 5, byHand = true, failures = [] as string[] } = {}) => {
  const channel = new ScriptedChannel()
  await channel.put(numbered(0, 20))
  const sink = new FakeSink({ batchSize, inFlight })
  sink.byHand = byHand
  sink.failures.push(...failures.map((message) => new Error(message)))
  const started = await startFakeAgent({ channels: { c1: channel }, sinks: { k1: { sink } }, graceMs: 100 })
  return { channel, sink, ...started }
}

const write = (sink: FakeSink, index: number) => {
  const found = sink.openWrites[index]
  if (found === undefined) throw new Error(`No write ${index} is open`)
  return found
}

const openWrites = (sink: FakeSink, count: number): Promise<void> =>
  until(() => sink.openWrites.length === count, `${count} open writes`)

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

describe('a sink', () => {
  it('gets a batch, and its take is committed once it is stored', async () => {
    const { channel, sink } = await flow()
    await openWrites(sink, 1)
    expect(write(sink, 0).bodies).toEqual(numbers(0, 5))
    await turns(5)
    expect(channel.ends).toEqual([])
    write(sink, 0).succeed()
    await openWrites(sink, 1)
    expect(channel.ends).toEqual(['commit 0 1 2 3 4'])
    expect(channel.held).toBe(15)
  })

  it('gets no more than the channel’s transactionCapacity at once', async () => {
    const channel = new ScriptedChannel({ transactionCapacity: 3 })
    for (let i = 0; i < 4; i++) await channel.put(numbered(i * 3, i * 3 + 3))
    const sink = new FakeSink({ batchSize: 10 })
    await startFakeAgent({ channels: { c1: channel }, sinks: { k1: { sink } } })
    await until(() => sink.bodies.length === 12)
    expect(sink.tried.every((batch) => batch.length <= 3)).toBe(true)
  })

  it('gets what it did not store again, from the head, after a pause that grows to 5 s', async () => {
    const { channel, sink, clock } = await flow({ byHand: false, batchSize: 20 })
    await until(() => sink.bodies.length === 20)
    sink.failures.push(...Array.from({ length: 10 }, () => new Error('Down')))
    await channel.put(numbered(20, 22))
    const atMs: number[] = []
    for (let seen = sink.tried.length; seen < 12;) {
      await turns(3)
      if (sink.tried.length > seen) {
        seen = sink.tried.length
        atMs.push(clock.monotonic())
      }
      clock.advance(50)
    }
    await until(() => sink.bodies.length === 22)
    const pauses = atMs.slice(1).map((ms, i) => ms - (atMs[i] ?? 0))
    expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000])
    expect(sink.bodies).toEqual(numbers(0, 22))
  })

  it('is said to be down once, and to be back once', async () => {
    const { sink, clock, log } = await flow({ byHand: false, failures: ['Connection refused', 'Refused', 'Other'] })
    await clock.advanceSlowly(5000, 50)
    await until(() => sink.bodies.length === 20)
    expect(log.of('warn')).toEqual([
      'Sink k1 cannot store events: Connection refused. They wait in channel c1, and it is tried again until it works.',
    ])
    expect(log.of('info')).toEqual(['Sink k1 stores events again.'])
  })

  it('ends nothing but its own take when the commit fails: the events come again', async () => {
    const { channel, sink, clock } = await flow({ byHand: false, batchSize: 20 })
    await until(() => sink.bodies.length === 20)
    channel.commitFailures.push(new Error('Disk full'))
    await channel.put(numbered(20, 21))
    await until(() => channel.ends.includes('roll back 20'))
    await clock.advanceSlowly(200, 50)
    await until(() => channel.ends.includes('commit 20'))
    expect(sink.bodies.slice(20)).toEqual(['20', '20'])
  })
})

/** A durable channel that answers no commit before the test says so. */
class Unanswered extends ScriptedChannel {
  readonly answer = Promise.withResolvers<void>()

  constructor() {
    super({ durable: true, capacity: 20_000, transactionCapacity: 1000 })
  }

  override async take(max: number, signal: AbortSignal): Promise<Take> {
    const take = await super.take(max, signal)
    const commit = async (): Promise<void> => {
      await this.answer.promise
      await take.commit()
    }
    return { ...take, commit }
  }
}

it('goes 10,000 events ahead of the commits of a durable channel, and one batch more', async () => {
  const channel = new Unanswered()
  for (let i = 0; i < 20_000; i += 1000) await channel.put(numbered(i, i + 1000))
  const sink = new FakeSink({ batchSize: 1000 })
  await startFakeAgent({ channels: { c1: channel }, sinks: { k1: { sink } } })
  await until(() => sink.events.length >= 11_000)
  await turns(20)
  expect(sink.events.length).toBe(11_000)
  channel.answer.resolve()
  await until(() => channel.held === 0)
  expect(sink.events.length).toBe(20_000)
})

it('a sink that shows RollbackCount has its rolled back batches counted, no other', async () => {
  const channel = new ScriptedChannel()
  await channel.put(numbered(0, 15))
  const sink = new FakeSink({ batchSize: 5, inFlight: 3 })
  sink.byHand = true
  const sinks = { k1: { sink, counters: ['RollbackCount'] }, k2: { sink: new FakeSink(), channel: 'c2' } }
  const channels = { c1: channel, c2: new ScriptedChannel() }
  const { clock, monitor } = await startFakeAgent({ channels, sinks })
  await openWrites(sink, 3)
  write(sink, 0).succeed()
  await until(() => channel.ends.length === 1)
  write(sink, 0).fail(new Error('Down'))
  write(sink, 0).succeed()
  await until(() => channel.ends.length === 3)
  sink.byHand = false
  await clock.advanceSlowly(500, 50)
  await until(() => channel.held === 0)
  expect(new Map(monitor.groups().get('SINK.k1')?.values()).get('RollbackCount')).toBe(2)
  expect([...(monitor.groups().get('SINK.k2')?.values() ?? [])].map(([name]) => name)).not.toContain('RollbackCount')
})

describe('several writes in flight', () => {
  it('are begun in order, up to inFlight, and committed in order whichever ends first', async () => {
    const { channel, sink } = await flow({ inFlight: 3 })
    await openWrites(sink, 3)
    expect(sink.tried).toEqual([numbers(0, 5), numbers(5, 10), numbers(10, 15)])
    write(sink, 2).succeed()
    write(sink, 1).succeed()
    await turns(5)
    expect(channel.ends).toEqual([])
    write(sink, 0).succeed()
    await until(() => channel.ends.length === 3)
    expect(channel.ends).toEqual(['commit 0 1 2 3 4', 'commit 5 6 7 8 9', 'commit 10 11 12 13 14'])
  })

  it('begin nothing new once one has failed, wait for the later ones, and roll back newest first', async () => {
    const { channel, sink, clock } = await flow({ inFlight: 3 })
    await openWrites(sink, 3)
    write(sink, 0).fail(new Error('Down'))
    await turns(5)
    expect(sink.openWrites.map(({ bodies }) => bodies[0])).toEqual(['5', '10'])
    expect(channel.ends).toEqual([])
    write(sink, 0).succeed()
    await turns(5)
    expect(channel.ends).toEqual([])
    write(sink, 0).succeed()
    await until(() => channel.ends.length === 3)
    expect(channel.ends).toEqual(['roll back 10 11 12 13 14', 'roll back 5 6 7 8 9', 'roll back 0 1 2 3 4'])
    await clock.advanceSlowly(500, 50)
    await openWrites(sink, 3)
    expect(sink.tried.slice(3)).toEqual([numbers(0, 5), numbers(5, 10), numbers(10, 15)])
  })

  it('begin nothing new when a later one fails, and keep what came before it', async () => {
    const { channel, sink, clock } = await flow({ inFlight: 2 })
    await openWrites(sink, 2)
    write(sink, 1).fail(new Error('Down'))
    await turns(5)
    write(sink, 0).succeed()
    await until(() => channel.ends.length === 2)
    expect(channel.ends).toEqual(['commit 0 1 2 3 4', 'roll back 5 6 7 8 9'])
    await clock.advanceSlowly(500, 50)
    await openWrites(sink, 2)
    expect(write(sink, 0).bodies).toEqual(numbers(5, 10))
  })

  it('roll back a take that came while one failed', async () => {
    const { channel, sink, clock } = await flow({ inFlight: 3, batchSize: 20 })
    await openWrites(sink, 1)
    await channel.put(numbered(20, 25))
    await openWrites(sink, 2)
    write(sink, 0).fail(new Error('Down'))
    await channel.put(numbered(25, 30))
    write(sink, 0).succeed()
    await clock.advanceSlowly(500, 50)
    sink.byHand = false
    await openWrites(sink, 2)
    write(sink, 0).succeed()
    write(sink, 0).succeed()
    await until(() => channel.held === 0)
    expect(sink.bodies.slice(-30)).toEqual(numbers(0, 30))
  })

  it('are all rolled back, though one roll-back fails', async () => {
    const { channel, sink, clock } = await flow({ inFlight: 3 })
    await openWrites(sink, 3)
    channel.rollBackFailures.push(new Error('Disk full'))
    write(sink, 0).fail(new Error('Down'))
    for (let i = 0; i < 2; i++) write(sink, 0).succeed()
    await until(() => channel.ends.length === 3)
    sink.byHand = false
    await clock.advanceSlowly(500, 50)
    await until(() => channel.held === 0)
    expect(sink.bodies.slice(-20)).toEqual(numbers(0, 20))
  })

  it('are waited for at the stop', async () => {
    const { sink, agent, channel } = await flow({ inFlight: 2 })
    await openWrites(sink, 2)
    const stopped = agent.stop()
    for (let left = 20; left > 0; left -= 5) {
      await until(() => sink.openWrites.length > 0)
      write(sink, 0).succeed()
    }
    const { total } = await stopped
    expect(total).toEqual({ in: 20, out: 20, dropped: 0, held: 0 })
    expect(channel.held).toBe(0)
  })
})
