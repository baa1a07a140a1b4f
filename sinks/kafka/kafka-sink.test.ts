import { afterEach, describe, expect, it } from 'vitest'
import { brokerBench } from '../../test/fakes/broker.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { consumerOf, createTopic, storedIn } from '../../test/fakes/kafka-client.ts'
import type { ReadRecord } from '../../test/fakes/kafka-client.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import type { Event } from '../../src/flow/event.ts'
import { LineEvent, noHeaders } from '../../src/flow/event.ts'
import { Chunk } from '../../src/base/chunk.ts'
import { Rejected } from '../../src/flow/sink.ts'
import type { Clock } from '../../src/io/clock.ts'
import { EventDecoder } from '../../src/formats/avro-event.ts'
import { AvroReader } from '../../src/formats/avro-reader.ts'
import { createKafkaSink } from './create-sink.ts'
import { gatheredMax } from './gathering.ts'
import { kafkaSinkSettings } from './settings.ts'
import type { KafkaSinkValues } from './settings.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).toReversed()) await one()
})

const never = new AbortController().signal

const event = (body: string, headers: Record<string, string> = {}): Event => ({
  headers: Object.keys(headers).length === 0 ? noHeaders : headers,
  body: Buffer.from(body),
})
const texts = (count: number, from = 0): Event[] => Array.from({ length: count }, (_, i) => event(`${from + i}`))

interface SinkTo {
  readonly partitions?: number
  readonly settings?: Readonly<Record<string, string>>
  readonly broker?: Readonly<Record<string, string>>
  readonly clock?: Clock
}

/** A broker with a topic t, and an open sink into it. */
const sinkTo = async ({ partitions = 1, settings = {}, broker = {}, clock }: SinkTo = {}) => {
  const bench = await brokerBench(broker)
  undo.push(() => bench[Symbol.asyncDispose]())
  await createTopic(bench, 't', partitions)
  const values = valuesOf(kafkaSinkSettings, {
    'kafka.bootstrap.servers': `127.0.0.1:${bench.port}`,
    'kafka.topic': 't',
    'kafka.producer.retry.backoff.ms': '2',
    ...settings,
  }) as unknown as KafkaSinkValues
  const context = fakeContext(clock === undefined ? {} : { clock })
  const sink = await createKafkaSink(values, context)
  undo.push(() => sink[Symbol.asyncDispose]())
  await sink.open()
  const stored = (topic = 't'): Promise<ReadRecord[]> => storedIn(bench.port, topic)
  return { bench, sink, context, stored, write: (batch: Event[]) => sink.write(batch, never) }
}

const rejection = async (write: Promise<void>): Promise<Rejected> => {
  const thrown = await write.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof Rejected)) throw new Error(`Not a rejection: ${String(thrown)}`)
  return thrown
}

const values = (records: readonly ReadRecord[]): string[] => records.map(({ value }) => value)

it('shows its counters from its creation', async () => {
  const { context, write } = await sinkTo()
  expect(context.counters.values).toEqual({ KafkaEventSendTimer: 0, RollbackCount: 0 })
  await write(texts(3))
  expect(Object.keys(context.counters.values)).toEqual(['KafkaEventSendTimer', 'RollbackCount'])
})

it.each([
  ['5', '1000', 7],
  ['5', '100', 70],
  ['5', '10000', 5],
  ['1', '1000', 1],
  ['2', '100', 28],
])('with %s requests on their way and batches of %s opens so many writes: %i', async (requests, batchSize, writes) => {
  const { sink } = await sinkTo({
    settings: { 'kafka.producer.max.in.flight.requests.per.connection': requests, flumeBatchSize: batchSize },
  })
  expect(sink.inFlight).toBe(writes)
})

describe('events', () => {
  it('keep their order over many open writes of any size', async () => {
    const { sink, stored } = await sinkTo()
    const open: Promise<void>[] = []
    let sent = 0
    for (const size of [1, 100, 1000, 3, gatheredMax - 1, gatheredMax, 1500, 7, 250]) {
      open.push(sink.write(texts(size, sent), never))
      sent += size
    }
    await Promise.all(open)
    expect(values(await stored())).toEqual(Array.from({ length: sent }, (_, i) => `${i}`))
  })

  it('that are lines are stored as others are, beside them and where a batch is full', async () => {
    const { write, stored } = await sinkTo({ settings: { 'kafka.producer.max.request.size': '4000' } })
    const text = Array.from({ length: 300 }, (_, i) => `${i} ${'x'.repeat(i % 170)}`)
    const chunk = new Chunk(Buffer.from(text.join('')))
    let at = 0
    const lines = text.map((line) => new LineEvent(noHeaders, chunk, at, (at += line.length)))
    const mixed = lines.map((line, i) => (i % 50 === 49 ? event(text[i] as string) : line))
    await write(mixed)
    expect(values(await stored())).toEqual(text)
  })

  it.each([
    [true, gatheredMax - 1],
    [true, 2 * gatheredMax],
    [false, gatheredMax - 1],
    [false, 2 * gatheredMax],
  ])('behind a write that cannot be encoded are not sent (topic known: %s; the last has %i)', async (isKnown, size) => {
    const { sink, stored } = await sinkTo({ settings: { partitionIdHeader: 'part' } })
    if (isKnown) await sink.write(texts(1, 2), never)
    const first = sink.write(texts(2), never)
    const refused = rejection(sink.write([event('x', { part: 'none' })], never))
    const gathered = sink.write(texts(2, 10), never)
    const tooMany = sink.write(texts(size, 20), never)
    for (const write of [gathered, tooMany]) await expect(write).rejects.toThrow('behind')
    expect((await refused).indexes).toEqual([0])
    await first
    expect(values(await stored())).toEqual([...(isKnown ? ['2'] : []), '0', '1'])
  })

  it('of one key go to one partition, the one that a Java producer would choose', async () => {
    const { write, stored } = await sinkTo({ partitions: 5 })
    await write([event('a', { key: 'foobar' }), event('b', { key: 'foobar' }), event('c', { key: '21' })])
    const partitionOf = (hash: number): number => (hash & 0x7fffffff) % 5
    for (const { value, key, partition } of await stored())
      expect([value, key, partition]).toEqual(
        value === 'c' ? ['c', '21', partitionOf(-973_932_308)] : [value, 'foobar', partitionOf(-790_332_482)],
      )
  })

  it('without a key are spread over the partitions, write by write', async () => {
    const { write, stored } = await sinkTo({ partitions: 3 })
    for (let i = 0; i < 6; i++) await write(texts(2, 2 * i))
    const found = await stored()
    for (const partition of [0, 1, 2]) expect(found.filter((one) => one.partition === partition)).toHaveLength(4)
  })

  it('go to the topic and partition of their headers, and carry time and headers along', async () => {
    const { write, stored, bench } = await sinkTo({
      partitions: 2,
      settings: { partitionIdHeader: 'part', timestampHeader: 'time', 'header.host': 'x-host' },
    })
    await createTopic(bench, 'other', 1)
    await write([
      event('a', { part: '1', time: '1234', host: 'h1' }),
      event('b', { topic: 'other' }),
      event('c', { part: '0' }),
    ])
    expect(await stored()).toMatchObject([
      { value: 'c', partition: 0, headers: [] },
      { value: 'a', partition: 1, timestampMs: 1234, headers: [{ name: 'x-host', value: Buffer.from('h1') }] },
    ])
    expect(values(await stored('other'))).toEqual(['b'])
  })

  it('are written whole under useFlumeEventFormat', async () => {
    const { write, bench } = await sinkTo({ settings: { useFlumeEventFormat: 'true' } })
    const large = event('x'.repeat(40_000), { host: 'h' })
    await write([event('a', { host: 'h' }), event('b'), large])
    await using reader = await consumerOf(bench.port)
    reader.consumer.readAll(['t'])
    const decoder = new EventDecoder()
    const decoded: Event[] = []
    while (decoded.length < 3) {
      const records = await reader.consumer.next(never)
      while (records?.next() === true)
        decoded.push(decoder.next(new AvroReader(records.reader.value() ?? Buffer.alloc(0))))
    }
    expect(decoded.map(({ headers, body }) => ({ headers, body: String(body) }))).toEqual([
      { headers: { host: 'h' }, body: 'a' },
      { headers: {}, body: 'b' },
      { headers: { host: 'h' }, body: String(large.body) },
    ])
  })

  it('for a topic that is not there create it, and later writes wait their turn', async () => {
    const { sink, stored } = await sinkTo({ settings: { 'kafka.topic': 'fresh-%{app}' } })
    const batch = (from: number): Event[] => texts(3, from).map(({ body }) => ({ headers: { app: 'x' }, body }))
    await Promise.all([sink.write(batch(0), never), sink.write(batch(3), never), sink.write(batch(6), never)])
    expect(values(await stored('fresh-x'))).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8'])
  })
})

describe('what can never be stored', () => {
  it('is rejected with all of its indexes before anything is sent', async () => {
    const { write, stored } = await sinkTo({ settings: { partitionIdHeader: 'part' } })
    const refused = await rejection(
      write([
        event('a'),
        event('b', { part: 'x' }),
        event('c'),
        event('d', { part: '9' }),
        event('e', { topic: '..' }),
      ]),
    )
    expect(refused.indexes).toEqual([1, 3, 4])
    expect(refused.reason).toContain("'x'")
    expect(await stored()).toEqual([])
  })

  it('is a record above max.request.size', async () => {
    const { write, stored } = await sinkTo({ settings: { 'kafka.producer.max.request.size': '2000' } })
    const refused = await rejection(write([event('a'), event('x'.repeat(3000)), event('b')]))
    expect(refused.indexes).toEqual([1])
    expect(await stored()).toEqual([])
  })

  it('is a record above the limit of the topic; batches above it only get smaller', async () => {
    const { write, stored, context } = await sinkTo({ broker: { 'message.max.bytes': '3000' } })
    const batch = Array.from({ length: 100 }, (_, i) => event(`${i}`.padEnd(100, '.')))
    let tries = 0
    for (let done = false; !done; tries++)
      done = await write(batch).then(
        () => true,
        () => false,
      )
    expect(tries).toBeLessThan(6)
    expect(context.log.of('warn').length).toBe(tries - 1)
    expect([...new Set(values(await stored()))]).toHaveLength(100)
    const refused = await rejection(write([event('a'), event('x'.repeat(5000))]))
    expect(refused.indexes).toEqual([1])
    expect(refused.reason).toContain('message.max.bytes')
  })
})

describe('a partition that comes to be', () => {
  it('is found by asking once more', async () => {
    const { write } = await sinkTo({ partitions: 1, settings: { defaultPartitionId: '3' } })
    const refused = await rejection(write(texts(2)))
    expect(refused.indexes).toEqual([0, 1])
    expect(refused.reason).toContain('partition 3')
  })
})

it('a missing topic that nobody creates is a clear error, not a rejection', async () => {
  const { write } = await sinkTo({
    broker: { 'auto.create.topics.enable': 'false' },
    settings: { 'kafka.topic': 'gone', 'kafka.producer.max.block.ms': '20' },
  })
  await expect(write(texts(1))).rejects.toMatchObject({ code: 'TOPIC_MISSING' })
})

it('a missing topic is not waited for long, since the write is tried again anyway', async () => {
  const clock = new FakeClock()
  const { write, context } = await sinkTo({
    broker: { 'auto.create.topics.enable': 'false' },
    settings: { 'kafka.topic': 'gone', 'kafka.producer.retry.backoff.ms': '100' },
    clock,
  })
  const failure = write(texts(1)).catch((error: unknown) => error)
  while ((await Promise.race([failure, clock.advanceSlowly(5, 5)])) === undefined);
  expect(await failure).toMatchObject({ code: 'TOPIC_MISSING' })
  expect(clock.monotonic()).toBeLessThan(2500)
  expect(context.log.of('warn')).toEqual([])
})

it('a write that is given up ends at once', async () => {
  const { bench, sink } = await sinkTo()
  await bench[Symbol.asyncDispose]()
  const stop = new AbortController()
  const write = sink.write(texts(3), stop.signal)
  stop.abort(new Error('stopped'))
  await expect(write).rejects.toThrow('stopped')
})
