/** A stop while a sink is blocked by what it rejects: what it has stored counts as stored, and is told where it may come again. */
import { describe, expect, it } from 'vitest'
import { bodiesOf, numbered } from '../../test/conformance/events.ts'
import { startFakeAgent } from '../../test/fakes/agent.ts'
import { ScriptedChannel } from '../../test/fakes/scripted-channel.ts'
import { FakeSink } from '../../test/fakes/sink.ts'
import { until } from '../../test/fakes/until.ts'
import type { Batch } from '../flow/event.ts'
import { Rejected } from '../flow/sink.ts'
import { accountsLine } from '../monitor/accounts.ts'
import { settleStored } from './stored-parts.ts'

/** Takes all but one body. */
class PickySink extends FakeSink {
  readonly #cannot: string

  constructor(cannot: string, options: { batchSize: number; inFlight?: number }) {
    super(options)
    this.#cannot = cannot
  }

  override async write(batch: Batch, signal: AbortSignal): Promise<void> {
    const index = bodiesOf(batch).indexOf(this.#cannot)
    if (index < 0) return super.write(batch, signal)
    // Later writes have begun by then.
    await new Promise((resolve) => setImmediate(resolve))
    throw new Rejected([index], 'Too large.')
  }
}

/** Events 0 to 11 in the channel; the agent stops once the sink is blocked. */
const stoppedWhenBlocked = async (sink: FakeSink, channel: ScriptedChannel) => {
  await channel.put(numbered(0, 6))
  await channel.put(numbered(6, 12))
  const { agent, log, clock } = await startFakeAgent({ channels: { c1: channel }, sinks: { k1: { sink } } })
  await until(() => log.of('error').some((line) => line.includes('is blocked by 1 event')))
  const stopped = agent.stop()
  await clock.advanceSlowly(11_000, 1000)
  return { accounts: await stopped, log }
}

const ofSink = (accounts: { components: readonly { name: string }[] }) =>
  accounts.components.find(({ name }) => name === 'k1')

describe('at the stop of a blocked sink', () => {
  it('a durable channel keeps only what is not stored, in order', async () => {
    const [channel, sink] = [new ScriptedChannel({ durable: true }), new PickySink('2', { batchSize: 6 })]
    const { accounts, log } = await stoppedWhenBlocked(sink, channel)
    expect(accounts.total).toEqual({ in: 12, out: 5, dropped: 0, held: 7 })
    expect(ofSink(accounts)).toMatchObject({ in: 5, out: 5, held: 0 })
    expect(channel.ends).toEqual(['roll back 0 1 2 3 4 5', 'commit 0 1', 'commit 3 4 5', 'roll back 2'])
    expect(sink.bodies).toEqual(['0', '1', '3', '4', '5'])
    expect(accountsLine(accounts)).not.toContain('again')
    expect(log.of('warn')).toEqual([expect.stringContaining('Sink k1 stops while it is blocked by 1 event')])
  })

  it('what later writes stored is not offered again either', async () => {
    const [channel, sink] = [new ScriptedChannel({ durable: true }), new PickySink('1', { batchSize: 3, inFlight: 3 })]
    const { accounts } = await stoppedWhenBlocked(sink, channel)
    const stored = new Set(sink.bodies).size
    expect(stored).toBe(sink.bodies.length)
    expect(stored).toBeGreaterThan(2)
    expect(accounts.total).toEqual({ in: 12, out: stored, dropped: 0, held: 12 - stored })
  })

  it('behind a memory channel it is told how much may be stored again, since sources keep their place by batches', async () => {
    const [channel, sink] = [new ScriptedChannel(), new PickySink('2', { batchSize: 6 })]
    const { accounts, log } = await stoppedWhenBlocked(sink, channel)
    expect(accounts.total).toEqual({ in: 12, out: 5, dropped: 0, held: 7 })
    const told = '5 events that k1 has stored may be stored again after the next start'
    expect(accountsLine(accounts)).toContain(told)
    expect(log.of('warn')[0]).toContain('5 events that it has stored may be stored again after the next start')
  })

  it('a channel of others, which keeps one place, is told of what stands before the rejected one', async () => {
    const channel = Object.assign(new ScriptedChannel({ durable: true }), { shared: true })
    const { accounts } = await stoppedWhenBlocked(new PickySink('2', { batchSize: 6 }), channel)
    expect(ofSink(accounts)).toMatchObject({ out: 2 })
    expect(accountsLine(accounts)).toContain('3 events that k1 has stored may be stored again')
  })
})

it('what another sink has taken meanwhile is not mistaken for what was stored', async () => {
  const channel = new ScriptedChannel()
  await channel.put(numbered(0, 6))
  const never = new AbortController().signal
  const first = await channel.take(1, never)
  const parts = [
    { events: numbered(0, 2), isStored: true },
    { events: numbered(2, 6), isStored: false },
  ]
  expect(
    await settleStored(
      parts,
      (max) => channel.take(max, never),
      (take) => take.commit(),
    ),
  ).toBe(0)
  await first[Symbol.asyncDispose]()
  expect(bodiesOf((await channel.take(10, never)).events)).toEqual(['0', '1', '2', '3', '4', '5'])
})
