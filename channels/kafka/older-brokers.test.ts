/** Brokers without transactions, and those that are too old, as README.md has them. */
import { expect, it } from 'vitest'
import { bodiesOf, eventOf } from '../../test/conformance/events.ts'
import { brokerBench } from '../../test/fakes/broker.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { createTopic, storedIn } from '../../test/fakes/kafka-client.ts'
import { kafkaVersions, type NewestVersions, olderBroker } from '../../test/fakes/older-broker.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { createKafkaChannel } from './create-channel.ts'
import { kafkaChannelSettings, type KafkaChannelValues } from './settings.ts'

const topic = 'flume-channel'
const initProducerId = 22
const never = new AbortController().signal

const channelOn = async (newest: NewestVersions) => {
  const stack = new AsyncDisposableStack()
  let broker = 0
  const older = stack.use(await olderBroker(newest, () => broker))
  const bench = stack.use(await brokerBench({ 'advertised.listeners': `PLAINTEXT://127.0.0.1:${older.port}` }))
  broker = bench.port
  await createTopic(bench, topic, 3)
  const values = valuesOf(kafkaChannelSettings, {
    'kafka.bootstrap.servers': `127.0.0.1:${older.port}`,
    partitionIdHeader: 'p',
    'kafka.producer.delivery.timeout.ms': '3000',
  }) as unknown as KafkaChannelValues
  const context = fakeContext()
  const channel = stack.use(createKafkaChannel(values, context))
  return { channel, log: context.log, port: older.port, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const over3 = (first: number) => [0, 1, 2].map((p) => eventOf(`${first + p}`, { p: `${p}` }))

it('without transactions a put into several partitions is stored batch by batch, and that is said once', async () => {
  const { [initProducerId]: _, ...newest } = kafkaVersions['0.11'] ?? {}
  await using on = await channelOn(newest)
  await on.channel.open()
  await on.channel.put(over3(0))
  await on.channel.put(over3(3))
  const said = on.log.of('warn').filter((line) => line.includes('has no transactions'))
  expect(said).toEqual([expect.stringContaining('may be seen in part')])
  const seen: string[] = []
  while (seen.length < 6) {
    const take = await on.channel.take(10, never)
    seen.push(...bodiesOf(take.events))
    await take.commit()
  }
  expect(seen.toSorted()).toEqual(['0', '1', '2', '3', '4', '5'])
})

it('without transactions a put that is refused before it is sent leaves nothing', async () => {
  const { [initProducerId]: _, ...newest } = kafkaVersions['0.11'] ?? {}
  await using on = await channelOn(newest)
  await on.channel.open()
  await expect(on.channel.put([...over3(0), eventOf('x', { p: '7' })])).rejects.toMatchObject({
    code: 'CHANNEL_RECORD',
  })
  expect(await storedIn(on.port, topic)).toEqual([])
})

it('of Kafka 0.10 and before is refused by name', async () => {
  await using on = await channelOn({ ...kafkaVersions['0.11'], 0: 2, 1: 3 })
  await expect(
    (async () => {
      await on.channel.open()
      await on.channel.put(over3(0))
    })(),
  ).rejects.toMatchObject({ code: 'BROKER_TOO_OLD' })
})
