import { describe, expect, it } from 'vitest'
import { Admin } from '../../src/client/admin.ts'
import { clientOptions } from '../../src/client/options.ts'
import { bodiesOf, bodyOf, eventOf, numbered } from '../../test/conformance/events.ts'
import type { BrokerBench } from '../../test/fakes/broker.ts'
import { channelBroker, channelTopic as topic, openKafkaChannel } from '../../test/fakes/kafka-channel.ts'
import { committedBy, consumerOf, createTopic, put, storedIn } from '../../test/fakes/kafka-client.ts'
import { takeSome } from '../../test/fakes/takes.ts'
import { readFrom } from '../../test/fakes/transactions.ts'
import { until } from '../../test/fakes/until.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { kafka } from './kafka.ts'
import { kafkaChannelSettings } from './settings.ts'

const never = new AbortController().signal
const adminOf = ({ port }: BrokerBench): Admin => new Admin(clientOptions({ bootstrap: [{ host: '127.0.0.1', port }] }))

describe('a put', () => {
  it('of events with keys reaches several partitions, whole, in the order of each key, and the key comes back as a header', async () => {
    const bench = await channelBroker(4)
    const { channel } = await openKafkaChannel(bench)
    await channel.put(Array.from({ length: 40 }, (_, i) => eventOf(`${i}`, { key: `k${i % 8}`, other: 'x' })))
    const read = await Promise.all(
      [0, 1, 2, 3].map(async (partition) => readFrom(await bench.peer(), topic, { partition })),
    )
    expect(read.filter(({ values }) => values.length > 0).length).toBeGreaterThan(1)
    const events = []
    while (events.length < 40) {
      const take = await channel.take(100, never)
      events.push(...take.events)
      await take.commit()
    }
    for (let key = 0; key < 8; key++)
      expect(events.filter(({ headers }) => headers['key'] === `k${key}`).map(bodyOf)).toEqual(
        Array.from({ length: 5 }, (_, i) => `${i * 8 + key}`),
      )
    expect(events.every(({ headers }) => headers['other'] === 'x')).toBe(true)
  })

  it('that goes nowhere leaves nothing to be seen, whatever of it was sent', async () => {
    const bench = await channelBroker(2)
    const { channel } = await openKafkaChannel(bench, {
      partitionIdHeader: 'p',
      'kafka.producer.delivery.timeout.ms': '3000',
    })
    const events = [eventOf('a', { p: '0' }), eventOf('b', { p: '1' }), eventOf('c', { p: '7' })]
    await expect(channel.put(events)).rejects.toMatchObject({ code: 'CHANNEL_RECORD' })
    await channel.put(events.slice(0, 2))
    expect((await takeSome(channel, 2)).toSorted()).toEqual(['a', 'b'])
  })

  it('that the broker refuses, or a part of it, is refused and never seen, and the next goes on', async () => {
    const bench = await channelBroker(2, { 'message.max.bytes': '2000' })
    const { channel } = await openKafkaChannel(bench, { partitionIdHeader: 'p' })
    const large = eventOf('x'.repeat(5000), { p: '1' })
    await expect(channel.put([large])).rejects.toThrow()
    await expect(channel.put([eventOf('a', { p: '0' }), large])).rejects.toThrow()
    await channel.put([eventOf('b', { p: '0' }), eventOf('c', { p: '1' })])
    expect((await takeSome(channel, 2)).toSorted()).toEqual(['b', 'c'])
  })

  it('into one partition is one batch, without a transaction', async () => {
    const bench = await channelBroker(3)
    const { channel } = await openKafkaChannel(bench, { parseAsFlumeEvent: 'false' })
    await channel.put(numbered(0, 10))
    const stored = await storedIn(bench.port, topic)
    expect(new Set(stored.map(({ partition }) => partition)).size).toBe(1)
    expect(stored.map(({ value, offset }) => [offset, value])).toEqual(
      Array.from({ length: 10 }, (_, i) => [i, `${i}`]),
    )
  })

  it('keeps the order of the calls, transactions among them', async () => {
    const bench = await channelBroker(1)
    const { channel } = await openKafkaChannel(bench, { 'kafka.producer.max.request.size': '400' })
    const batches = [numbered(0, 3), numbered(3, 60), numbered(60, 63), numbered(63, 120), numbered(120, 121)]
    await Promise.all(batches.map((batch) => channel.put(batch)))
    expect(await takeSome(channel, 121)).toEqual(bodiesOf(numbered(0, 121)))
  })
})

describe('a take', () => {
  it('goes on after a restart behind what was committed, and no further', async () => {
    const bench = await channelBroker(1)
    const first = await openKafkaChannel(bench)
    await first.channel.put(numbered(0, 10))
    const [one, two, three] = [
      await first.channel.take(3, never),
      await first.channel.take(3, never),
      await first.channel.take(3, never),
    ]
    await one.commit()
    await three.commit()
    expect(bodiesOf(two.events)).toEqual(['3', '4', '5'])
    await first.channel[Symbol.asyncDispose]()
    const { channel } = await openKafkaChannel(bench)
    expect(await takeSome(channel, 7)).toEqual(bodiesOf(numbered(3, 10)))
  })

  it('commits behind events that went before they were fetched', async () => {
    const bench = await channelBroker(1)
    const { channel } = await openKafkaChannel(bench, { 'kafka.consumer.max.partition.fetch.bytes': '100' })
    for (let from = 0; from < 10_000; from += 500) await channel.put(numbered(from, from + 500))
    expect(await takeSome(channel, 10)).toEqual(bodiesOf(numbered(0, 10)))
    using admin = adminOf(bench)
    await admin.deleteRecords([{ topic, partition: 0, offset: 9000 }])
    for (let last: string | undefined; last !== '9999';) last = (await takeSome(channel, 10)).at(-1)
    await channel[Symbol.asyncDispose]()
    const again = await openKafkaChannel(bench)
    await again.channel.put(numbered(10_000, 10_001))
    expect(await takeSome(again.channel, 1)).toEqual(['10000'])
  })

  it('commits what it reads of a topic that was made anew', async () => {
    const bench = await channelBroker(1)
    const first = await openKafkaChannel(bench)
    await first.channel.put(numbered(0, 10))
    await takeSome(first.channel, 4)
    const stuck = await first.channel.take(10, never)
    using admin = adminOf(bench)
    await admin.delete(topic)
    await createTopic(bench, topic, 1)
    await (await openKafkaChannel(bench)).channel.put(numbered(20, 26))
    expect(await takeSome(first.channel, 6)).toEqual(bodiesOf(numbered(20, 26)))
    await stuck.commit()
    await first.channel[Symbol.asyncDispose]()
    const { channel } = await openKafkaChannel(bench)
    await channel.put(numbered(26, 27))
    expect(await takeSome(channel, 1)).toEqual(['26'])
  })

  it('commits where it begins, before it has taken anything', async () => {
    const bench = await channelBroker(1)
    await put(bench, topic, ['before'])
    const { channel } = await openKafkaChannel(bench, { 'kafka.consumer.auto.offset.reset': 'latest' })
    const enough = new AbortController()
    const taking = channel.take(10, enough.signal).catch(() => undefined)
    await until(async () => (await committedBy(bench.port, 'flume', topic)) === 1, 'the place where it begins')
    enough.abort()
    await taking
  })

  it('that has no place to begin is refused, and goes on once there is one, without a restart', async () => {
    const bench = await channelBroker(1)
    const { channel, log } = await openKafkaChannel(bench, { 'kafka.consumer.auto.offset.reset': 'none' })
    await channel.put(numbered(0, 10))
    for (let i = 0; i < 2; i++) await expect(channel.take(10, never)).rejects.toMatchObject({ code: 'NO_OFFSET' })
    expect(log.of('error')).toHaveLength(1)
    // The group has no member between two tries, and takes offsets from others.
    await using other = await consumerOf(bench.port, { groupId: 'flume' })
    await other.consumer.commit([{ topic, partition: 0, offset: 4 }])
    expect(await takeSome(channel, 6)).toEqual(bodiesOf(numbered(4, 10)))
    expect(log.of('info')).toContain('Channel x1 takes events again.')
  })

  it('takes a record that is no Flume event for a body, and says so once', async () => {
    const bench = await channelBroker(1)
    await put(bench, topic, ['\u0004plain text', '\u0004more text'])
    const { channel, log } = await openKafkaChannel(bench)
    expect(await takeSome(channel, 2)).toEqual(['\u0004plain text', '\u0004more text'])
    expect(log.of('warn')).toEqual([expect.stringMatching(/Record 0 of flume-channel-0 is no Flume event/)])
  })

  it('is not needed: a channel without a sink joins no group', async () => {
    const bench = await channelBroker(1)
    const { channel, log } = await openKafkaChannel(bench)
    await channel.put(numbered(0, 3))
    await channel[Symbol.asyncDispose]()
    expect(log.of('info').filter((line) => line.startsWith('Channel'))).toEqual([])
    expect(await storedIn(bench.port, topic)).toHaveLength(3)
  })
})

it('shows its counters from its creation, and counts what is rolled back', async () => {
  const bench = await channelBroker(1)
  const { channel, counters } = await openKafkaChannel(bench)
  const all = { KafkaEventGetTimer: 0, KafkaEventSendTimer: 0, KafkaCommitTimer: 0, RollbackCount: 0 }
  expect(counters.values).toEqual(all)
  await channel.put(numbered(0, 3))
  await (await channel.take(3, never))[Symbol.asyncDispose]()
  expect(counters.values).toMatchObject({ RollbackCount: 3 })
  await takeSome(channel, 3)
  expect(Object.keys(counters.values)).toEqual(Object.keys(all))
  expect(counters.values).toMatchObject({ RollbackCount: 3 })
})

describe('its settings', () => {
  it('are checked, those of the clients too', () => {
    const values = valuesOf(kafkaChannelSettings, {
      'kafka.bootstrap.servers': 'h:9092',
      'kafka.topic': 'no topic',
      'kafka.producer.acks': 'some',
    })
    expect(kafka.check?.(values)?.map(({ level, setting }) => [level, setting])).toEqual([
      ['fault', 'kafka.producer.acks'],
      ['fault', 'kafka.topic'],
    ])
  })

  it('of before 1.7 mean what they meant', () => {
    expect(kafkaChannelSettings['kafka.bootstrap.servers'].formerly).toEqual(['brokerList'])
    expect(kafkaChannelSettings['kafka.topic'].formerly).toEqual(['topic'])
    expect(kafkaChannelSettings['kafka.consumer.group.id'].formerly).toEqual(['groupId'])
  })
})
