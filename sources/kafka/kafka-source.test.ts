import { describe, expect, it, vi } from 'vitest'
import type { BrokerBench } from '../../test/fakes/broker.ts'
import { committedBy, consumerOf, createTopic, put } from '../../test/fakes/kafka-client.ts'
import { until } from '../../test/fakes/until.ts'
import { benchWith, delivered, running } from '../../test/support/kafka-source.ts'
import { Chunk } from '../../src/base/chunk.ts'
import { encodeHeaders, RecordBatchWriter } from '../../src/client/records.ts'
import { EventEncoder } from '../../src/formats/avro-event.ts'

/** Records with keys, nulls and headers, as a client would write them. */
const putRecords = async (bench: BrokerBench, fill: (writer: RecordBatchWriter) => void): Promise<void> => {
  const writer = new RecordBatchWriter({ bytesMax: 100_000 })
  fill(writer)
  const peer = await bench.peer()
  expect((await peer.produce('t', writer.finish())).errorCode).toBe(0)
}

it('misses nothing under latest that comes while it is away, though it had seen no record', async () => {
  const latest = { 'kafka.consumer.auto.offset.reset': 'latest' }
  const bench = await benchWith()
  await put(bench, 't', ['before'])
  const first = running(bench, latest)
  await until(async () => (await committedBy(bench.port, 'flume', 't')) === 1, 'the place where it begins')
  first.stop.abort()
  await first.ended
  await put(bench, 't', ['while away'])
  const { target } = running(bench, latest)
  await delivered(target, 1)
  expect(target.events.map(({ body }) => String(body))).toEqual(['while away'])
})

describe('records', () => {
  it('become events with Flume’s headers', async () => {
    const bench = await benchWith()
    await putRecords(bench, (writer) => {
      writer.add(1000, null, Buffer.from('plain'), null)
      writer.add(2000, Buffer.from('k'), Buffer.from('keyed'), null)
      writer.add(3000, null, null, null)
      writer.add(4000, null, Buffer.from([0xff, 0x00, 0x0a]), null)
    })
    const { target } = running(bench)
    await delivered(target, 4)
    const common = { topic: 't', partition: '0' }
    expect(target.events.map(({ headers }) => headers)).toEqual([
      { ...common, timestamp: '1000', offset: '0' },
      { ...common, timestamp: '2000', offset: '1', key: 'k' },
      { ...common, timestamp: '3000', offset: '2' },
      { ...common, timestamp: '4000', offset: '3' },
    ])
    expect(target.events.map(({ body }) => Buffer.from(body).toString('latin1'))).toEqual([
      'plain',
      'keyed',
      '',
      '\u00ff\u0000\n',
    ])
  })

  it('carry no topic, or another header for it, as the settings say', async () => {
    const bench = await benchWith()
    await put(bench, 't', ['a'])
    const { target: bare } = running(bench, { setTopicHeader: 'false', 'kafka.consumer.group.id': 'g1' })
    const { target: named } = running(bench, { topicHeader: 'from', 'kafka.consumer.group.id': 'g2' })
    await Promise.all([delivered(bare, 1), delivered(named, 1)])
    expect(bare.events[0]?.headers).not.toHaveProperty('topic')
    expect(named.events[0]?.headers).toMatchObject({ from: 't' })
  })

  it('give their own headers to the event where the settings name them', async () => {
    const bench = await benchWith()
    await putRecords(bench, (writer) => {
      writer.add(1, null, Buffer.from('a'), encodeHeaders({ trace: 'x1', other: 'o', none: null }))
      writer.add(1, null, Buffer.from('b'), null)
    })
    const { target } = running(bench, { 'header.id': 'trace', 'header.gone': 'none' })
    await delivered(target, 2)
    expect(target.events[0]?.headers).toMatchObject({ id: 'x1', offset: '0' })
    expect(target.events[0]?.headers).not.toHaveProperty('other')
    expect(target.events[0]?.headers).not.toHaveProperty('gone')
    expect(target.events[1]?.headers).not.toHaveProperty('id')
  })

  it('are whole events under useFlumeEventFormat, whose own headers win; others are left out and said', async () => {
    const bench = await benchWith()
    const event = { headers: { topic: 'mine', host: 'h' }, body: Buffer.from('body') }
    const encoder = new EventEncoder()
    const datum = Buffer.alloc(encoder.length(event))
    encoder.put(event, new Chunk(datum), 0)
    await putRecords(bench, (writer) => {
      writer.add(1, null, datum, null)
      for (let i = 0; i < 5; i++) writer.add(1, null, Buffer.from('not avro at all'), null)
      writer.add(1, null, null, null)
      writer.add(1, Buffer.from('k'), datum, null)
    })
    const { target, log } = running(bench, { useFlumeEventFormat: 'true' })
    await delivered(target, 2)
    expect(target.bodies).toEqual(['body', 'body'])
    expect(target.events[0]?.headers).toMatchObject({ topic: 'mine', host: 'h', offset: '0' })
    expect(target.events[1]?.headers).toMatchObject({ key: 'k', offset: '7' })
    expect(log.of('error')).toEqual([expect.stringContaining('t-0 offset 1')])
  })

  it('of all topics that match are read', async () => {
    const bench = await benchWith()
    await createTopic(bench, 'log-a')
    await put(bench, 't', ['not this'])
    await put(bench, 'log-a', ['this'])
    const { target } = running(bench, { 'kafka.topics.regex': 'log-.*' })
    await delivered(target, 1)
    expect(target.bodies).toEqual(['this'])
  })
})

describe('batches', () => {
  it('hold no more than batchSize, and do not wait longer than batchDurationMillis', async () => {
    const bench = await benchWith()
    await put(
      bench,
      't',
      Array.from({ length: 25 }, (_, i) => `${i}`),
    )
    const { target } = running(bench, { batchSize: '10' })
    await delivered(target, 25)
    expect(target.batches.map((batch) => batch.length)).toEqual([10, 10, 5])
  })

  it('gather what comes from several fetches', async () => {
    const bench = await benchWith()
    const { target } = running(bench, { batchSize: '4', batchDurationMillis: '60000' })
    for (const value of ['a', 'b', 'c', 'd']) await put(bench, 't', [value])
    await delivered(target, 4)
    expect(target.batches.map((batch) => batch.length)).toEqual([4])
  })
})

describe('a stop', () => {
  it('commits what has settled, leaves the group, and says nothing bad', async () => {
    const bench = await benchWith()
    await put(bench, 't', ['a', 'b', 'c'])
    const { target, stop, ended, log } = running(bench, { commitInterval: '60000' })
    await delivered(target, 3)
    stop.abort()
    await ended
    expect(log.of('warn')).toEqual([])
    await put(bench, 't', ['d'])
    await using next = await consumerOf(bench.port, { groupId: 'flume' })
    next.consumer.subscribe(['t'])
    expect((await next.read(1)).map(({ value }) => value)).toEqual(['d'])
  })

  it('does not wait for a broker that is gone', async () => {
    const bench = await benchWith()
    await put(bench, 't', ['a'])
    const { target, stop, grace, ended } = running(bench, { commitInterval: '60000' })
    await delivered(target, 1)
    await bench[Symbol.asyncDispose]()
    stop.abort()
    grace.abort()
    await ended
  })
})

it('a broker that is away at the start ends the run with an error that says so', async () => {
  const bench = await benchWith()
  await bench[Symbol.asyncDispose]()
  await expect(running(bench).ended).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' })
})

it('counters tell of waiting and of commits', async () => {
  const bench = await benchWith()
  await put(bench, 't', ['a'])
  const { target, context } = running(bench)
  expect(context.counters.values).toEqual({ KafkaEventGetTimer: 0, KafkaCommitTimer: 0, KafkaEmptyCount: 0 })
  const added = vi.spyOn(context.counters, 'add')
  await delivered(target, 1)
  const isAdded = (name: string): boolean => added.mock.calls.some(([counter]) => counter === name)
  await until(() => isAdded('KafkaCommitTimer') && isAdded('KafkaEmptyCount'))
})
