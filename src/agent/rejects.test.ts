import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventOf, numbered } from '../../test/conformance/events.ts'
import { type FakeSinkPart, startFakeAgent } from '../../test/fakes/agent.ts'
import { ScriptedChannel } from '../../test/fakes/scripted-channel.ts'
import { FakeSink } from '../../test/fakes/sink.ts'
import { until } from '../../test/fakes/until.ts'
import type { Batch } from '../flow/event.ts'
import { Rejected } from '../flow/sink.ts'

/** Stores everything but bodies that `cannot` names, which it rejects. */
class PickySink extends FakeSink {
  readonly cannot = new Set<string>()

  override async write(batch: Batch, signal: AbortSignal): Promise<void> {
    const indexes = [...batch.keys()].filter((i) => this.cannot.has(String(batch[i]?.body)))
    if (indexes.length === 0) return super.write(batch, signal)
    this.tried.push(batch.map(({ body }) => String(body)))
    throw new Rejected(indexes, 'A record is above max.message.bytes; raise it on the topic.')
  }
}

const picky = (options: { batchSize?: number; inFlight?: number }, ...cannot: string[]): PickySink => {
  const sink = new PickySink(options)
  for (const body of cannot) sink.cannot.add(body)
  return sink
}

const flow = async (sink: FakeSink, part: Omit<FakeSinkPart, 'sink'> = {}) => {
  const channel = new ScriptedChannel()
  await channel.put(numbered(0, 6))
  await channel.put(numbered(6, 12))
  return { channel, ...(await startFakeAgent({ channels: { c1: channel }, sinks: { k1: { sink, ...part } } })) }
}

const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-rejects-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

describe('blocking', () => {
  it('stores the rest once, says ERROR once with the cure, and takes nothing more', async () => {
    const sink = picky({ batchSize: 6 }, '2')
    const { channel, log, clock } = await flow(sink)
    await until(() => log.of('error').length > 0)
    await clock.advanceSlowly(300_000, 1000)
    expect(sink.bodies).toEqual(['0', '1', '3', '4', '5'])
    expect(channel.held).toBe(12)
    expect(log.of('error')).toHaveLength(1)
    expect(log.of('error')[0]).toMatch(
      /Sink k1 is blocked by 1 event .*raise it on the topic\. .*onReject = quarantine/,
    )
  })

  it('tries slowly and goes on, in order, once the events can be stored', async () => {
    const sink = picky({ batchSize: 6 }, '2')
    const { channel, log, clock } = await flow(sink)
    await until(() => log.of('error').length > 0)
    const tries = sink.tried.length
    await clock.advanceSlowly(60_000, 1000)
    expect(sink.tried.length - tries).toBeLessThan(6)
    sink.cannot.clear()
    await clock.advanceSlowly(61_000, 1000)
    await until(() => channel.held === 0)
    expect(sink.bodies).toEqual(['0', '1', '3', '4', '5', '2', '6', '7', '8', '9', '10', '11'])
    expect(log.of('info')).toEqual(['Sink k1 has stored the events that it rejected before, and goes on.'])
  })

  it('ends at the stop, and what is not stored is held', async () => {
    const sink = picky({ batchSize: 6 }, '2')
    const { agent, log, clock } = await flow(sink)
    await until(() => log.of('error').length > 0)
    const stopped = agent.stop()
    await clock.advanceSlowly(11_000, 1000)
    expect((await stopped).total).toEqual({ in: 12, out: 5, dropped: 0, held: 7 })
  })
})

describe('quarantine', () => {
  it('writes the events with headers and body to the side folder, and counts them', async () => {
    const folder = temporaryFolder()
    const sink = picky({ batchSize: 6 }, 'bad')
    const { channel, agent, log } = await flow(sink, { onReject: 'quarantine', rejectDirectory: join(folder, 'side') })
    await channel.put([eventOf('bad', { k: 'ü', n: '1' }), eventOf('good')])
    await until(() => channel.held === 0)
    expect(sink.bodies.at(-1)).toBe('good')
    const file = join(folder, 'side', 'k1.rejected.jsonl')
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        at: expect.stringMatching(/^2026-01-01T/) as string,
        sink: 'k1',
        reason: 'A record is above max.message.bytes; raise it on the topic.',
        headers: { k: 'ü', n: '1' },
        body: Buffer.from('bad').toString('base64'),
      },
    ])
    expect(log.of('error')[0]).toContain(file)
    const { components } = await agent.stop()
    expect(components.find(({ name }) => name === 'k1')).toMatchObject({ in: 14, out: 13, dropped: 1 })
  })

  it('says so at once, then no more than once a minute, with how many there were', async () => {
    const sink = picky({ batchSize: 1 }, ...numbered(0, 12).map(({ body }) => String(body)))
    const { channel, log, clock } = await flow(sink, { onReject: 'quarantine', rejectDirectory: temporaryFolder() })
    await until(() => channel.held === 0)
    expect(log.of('error')).toHaveLength(1)
    await clock.advanceSlowly(60_000, 10_000)
    await channel.put(numbered(3, 4))
    await until(() => channel.held === 0)
    expect(log.of('error')).toHaveLength(2)
    expect(log.of('error')[1]).toMatch(/rejects 12 events/)
  })

  it('sorts out all of a batch, however often the sink finds more', async () => {
    const sink = picky({ batchSize: 6 })
    let found = 0
    const write = sink.write.bind(sink)
    sink.write = async (batch, signal) => {
      const index = batch.findIndex(({ body }) => ['1', '3', '5'].includes(String(body)))
      if (index === -1) return write(batch, signal)
      found++
      throw new Rejected([index], 'No timestamp.')
    }
    const { channel } = await flow(sink, { onReject: 'quarantine', rejectDirectory: temporaryFolder() })
    await until(() => channel.held === 0)
    expect(found).toBe(3)
    expect(sink.bodies).toEqual(['0', '2', '4', '6', '7', '8', '9', '10', '11'])
  })

  it('keeps order behind rejected events: later writes in flight come again', async () => {
    const sink = picky({ batchSize: 3, inFlight: 4 }, '1')
    const { channel } = await flow(sink, { onReject: 'quarantine', rejectDirectory: temporaryFolder() })
    await until(() => channel.held === 0)
    expect(sink.bodies.slice(-11)).toEqual(['0', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11'])
  })

  it('tries the whole batch again when the rest cannot be stored just now', async () => {
    const sink = picky({ batchSize: 6 }, '1')
    sink.failures.push(new Error('Down'))
    const folder = temporaryFolder()
    const { channel, clock } = await flow(sink, { onReject: 'quarantine', rejectDirectory: folder })
    await until(() => sink.failures.length === 0)
    await clock.advanceSlowly(500, 50)
    await until(() => channel.held === 0)
    expect(sink.bodies).toEqual(['0', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11'])
    expect(readFileSync(join(folder, 'k1.rejected.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(1)
  })
})

it('a sink that rejects events that are not there is tried again like one that fails', async () => {
  const sink = new FakeSink({ batchSize: 6 })
  sink.failures.push(new Rejected([], 'Nothing.'), new Rejected([99], 'Not there.'))
  const { channel, clock, log } = await flow(sink)
  await until(() => sink.tried.length > 0)
  await clock.advanceSlowly(1000, 50)
  await until(() => channel.held === 0)
  expect(sink.bodies).toHaveLength(12)
  expect(log.of('error')).toEqual([])
})

it('what the sink says is stored is not written again', async () => {
  const sink = new FakeSink({ batchSize: 6 })
  sink.failures.push(new Rejected([2], 'Too large.', undefined, [0, 1, 4]))
  const { channel } = await flow(sink, { onReject: 'quarantine', rejectDirectory: temporaryFolder() })
  await until(() => channel.held === 0)
  expect(sink.tried).toEqual([
    ['0', '1', '2', '3', '4', '5'],
    ['3', '5'],
    ['6', '7', '8', '9', '10', '11'],
  ])
})
