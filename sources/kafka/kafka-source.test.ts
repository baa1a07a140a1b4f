import { afterEach, describe, expect, it } from 'vitest'
import { brokerBench } from '../../test/fakes/broker.ts'
import type { BrokerBench } from '../../test/fakes/broker.ts'
import { FakeTarget } from '../../test/fakes/channel.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { consumerOf, createTopic, put } from '../../test/fakes/kafka-client.ts'
import { until } from '../../test/fakes/until.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { encodeHeaders, RecordBatchWriter } from '../../src/client/records.ts'
import { realClock } from '../../src/io/clock.ts'
import type { Clock } from '../../src/io/clock.ts'
import { EventEncoder } from '../../src/formats/avro-event.ts'
import { createKafkaSource } from './create-source.ts'
import { kafkaSourceSettings } from './settings.ts'
import type { KafkaSourceValues } from './settings.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).toReversed()) await one()
})

/** A source that runs until the test ends, over a topic t. */
const running = (bench: BrokerBench, given: Record<string, string> = {}, clock: Clock = realClock) => {
  const values = valuesOf(kafkaSourceSettings, {
    'kafka.bootstrap.servers': `127.0.0.1:${bench.port}`,
    ...(given['kafka.topics.regex'] === undefined ? { 'kafka.topics': 't' } : {}),
    'kafka.consumer.auto.offset.reset': 'earliest',
    'kafka.consumer.heartbeat.interval.ms': '20',
    'kafka.consumer.fetch.max.wait.ms': '20',
    batchDurationMillis: '5',
    commitInterval: '1',
    ...given,
  }) as unknown as KafkaSourceValues
  const target = new FakeTarget()
  const stop = new AbortController()
  const grace = new AbortController()
  const context = fakeContext({ grace: grace.signal, clock })
  const source = createKafkaSource(values, context)
  const ended = source.run(target.deliver, stop.signal)
  ended.catch(() => undefined)
  undo.push(async () => {
    stop.abort()
    grace.abort()
    target.release()
    await ended.catch(() => undefined)
  })
  return { target, stop, grace, context, ended, log: context.log }
}

const benchWith = async (partitions = 1, overrides: Record<string, string> = {}): Promise<BrokerBench> => {
  const bench = await brokerBench(overrides)
  undo.push(() => bench[Symbol.asyncDispose]())
  await createTopic(bench, 't', partitions)
  return bench
}

/** Records with keys, nulls and headers, as a client would write them. */
const putRecords = async (bench: BrokerBench, fill: (writer: RecordBatchWriter) => void): Promise<void> => {
  const writer = new RecordBatchWriter({ bytesMax: 100_000 })
  fill(writer)
  const peer = await bench.peer()
  expect((await peer.produce('t', writer.finish())).errorCode).toBe(0)
}

const delivered = (target: FakeTarget, count: number): Promise<void> =>
  until(() => target.events.length >= count, `${count} events`)

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
    encoder.put(event, datum, 0)
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

describe('a rebalance', () => {
  it('settles and commits first what was delivered, so that the next reader repeats nothing', async () => {
    const bench = await benchWith(2)
    for (const partition of [0, 1]) await put(bench, 't', [`${partition}`], partition)
    const { target } = running(bench, { commitInterval: '60000' })
    await delivered(target, 2)
    const { target: other, log } = running(bench)
    await until(() => log.of('info').some((line) => line.endsWith('assigned.')))
    for (const partition of [0, 1]) await put(bench, 't', [`later ${partition}`], partition)
    await until(() => target.events.length + other.events.length === 4)
    expect([...target.bodies, ...other.bodies].sort()).toEqual(['0', '1', 'later 0', 'later 1'])
    expect(other.events).toHaveLength(1)
  })

  it('waits for the batch that is on its way into a channel, and commits it', async () => {
    const bench = await benchWith(2)
    for (const partition of [0, 1]) await put(bench, 't', [`${partition}`], partition)
    let preparing = false
    let beats = 0
    const clock: Clock = {
      ...realClock,
      after: (ms, action) => {
        preparing ||= ms === 54_321
        return realClock.after(ms, action)
      },
      sleep: (ms, signal) => {
        if (preparing && ms === 7) beats++
        return realClock.sleep(ms, signal)
      },
    }
    const given = { revokeTimeout: '54321', 'kafka.consumer.heartbeat.interval.ms': '7' }
    const { target, log } = running(bench, given, clock)
    target.hold()
    await until(() => target.begun === 1)
    const { target: other, log: said } = running(bench)
    await until(() => beats > 10, 'the member to go on beating while it prepares')
    target.release()
    await until(() => said.of('info').some((line) => line.endsWith('assigned.')))
    for (const partition of [0, 1]) await put(bench, 't', [`later ${partition}`], partition)
    await until(() => other.events.length > 0 && target.events.length + other.events.length >= 4)
    expect(log.of('warn')).toEqual([])
    expect([...target.bodies, ...other.bodies].sort()).toEqual(['0', '1', 'later 0', 'later 1'])
  })

  it('voids with a WARN what has not settled in time, and the next reader gets it', async () => {
    const bench = await benchWith(2)
    for (const partition of [0, 1]) await put(bench, 't', [`${partition}`], partition)
    const { target, log } = running(bench, { revokeTimeout: '10' })
    target.settleByHand()
    await delivered(target, 2)
    const { target: other } = running(bench)
    await delivered(other, 1)
    const [lost] = other.bodies
    expect(log.of('warn')).toEqual([expect.stringContaining(`1 event of t-${lost} had not settled`)])
    target.settle()
    await put(bench, 't', ['more'], Number(lost))
    await delivered(other, 2)
    expect(other.bodies).toEqual([lost, 'more'])
  })

  it('is not put off for longer than the group waits for its members', async () => {
    const bench = await benchWith(2)
    for (const partition of [0, 1]) await put(bench, 't', [`${partition}`], partition)
    const { target, log } = running(bench, { revokeTimeout: '60000', 'kafka.consumer.max.poll.interval.ms': '100' })
    target.settleByHand()
    await delivered(target, 2)
    const { target: other } = running(bench)
    await delivered(other, 1)
    expect(log.of('warn')).toEqual([expect.stringContaining('had not settled')])
  })

  it('does not happen because a channel is full: heartbeats go on, and the member stays', async () => {
    const bench = await benchWith(1, { 'group.min.session.timeout.ms': '10' })
    await put(bench, 't', ['a', 'b'])
    let beats = 0
    const clock: Clock = {
      ...realClock,
      sleep: (ms, signal) => {
        if (ms === 50) beats++
        return realClock.sleep(ms, signal)
      },
    }
    const settings = { 'kafka.consumer.session.timeout.ms': '500', 'kafka.consumer.heartbeat.interval.ms': '50' }
    const { target, log } = running(bench, { batchSize: '1', ...settings }, clock)
    target.hold()
    await until(() => beats > 20, 'two sessions’ worth of heartbeats')
    expect(log.of('info').filter((line) => line.endsWith('revoked.'))).toEqual([])
    target.release()
    await delivered(target, 2)
    expect(target.bodies).toEqual(['a', 'b'])
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
  await delivered(target, 1)
  await until(() => 'KafkaCommitTimer' in context.counters.values && 'KafkaEmptyCount' in context.counters.values)
})
