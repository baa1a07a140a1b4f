/** Kafka sources that run until the test ends, over brokers of its own. */
import { afterEach } from 'vitest'
import { createKafkaSource } from '../../sources/kafka/create-source.ts'
import { kafkaSourceSettings } from '../../sources/kafka/settings.ts'
import type { KafkaSourceValues } from '../../sources/kafka/settings.ts'
import { realClock } from '../../src/io/clock.ts'
import type { Clock } from '../../src/io/clock.ts'
import { brokerBench } from '../fakes/broker.ts'
import type { BrokerBench } from '../fakes/broker.ts'
import { FakeTarget } from '../fakes/channel.ts'
import { fakeContext } from '../fakes/context.ts'
import { createTopic } from '../fakes/kafka-client.ts'
import { until } from '../fakes/until.ts'
import { valuesOf } from '../fakes/values.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).toReversed()) await one()
})

/** A source that runs until the test ends, over a topic t. */
export const running = (bench: BrokerBench, given: Record<string, string> = {}, clock: Clock = realClock) => {
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

/** A broker with a topic t. */
export const benchWith = async (partitions = 1, overrides: Record<string, string> = {}): Promise<BrokerBench> => {
  const bench = await brokerBench(overrides)
  undo.push(() => bench[Symbol.asyncDispose]())
  await createTopic(bench, 't', partitions)
  return bench
}

/** Resolves when so many events have come. */
export const delivered = (target: FakeTarget, count: number): Promise<void> =>
  until(() => target.events.length >= count, `${count} events`)
