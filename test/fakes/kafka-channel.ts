/** Channels of one topic on a broker of the test's own, impatient enough for tests; both are gone with the test. */
import { createKafkaChannel } from '../../channels/kafka/create-channel.ts'
import type { KafkaChannel } from '../../channels/kafka/kafka-channel.ts'
import { kafkaChannelSettings, type KafkaChannelValues } from '../../channels/kafka/settings.ts'
import { defer } from '../conformance/scope.ts'
import { brokerBench, type BrokerBench } from './broker.ts'
import { fakeContext, type RecordingCounters, type RecordingLog } from './context.ts'
import { createTopic } from './kafka-client.ts'
import { valuesOf } from './values.ts'

/** The topic of these channels. */
export const channelTopic = 'flume-channel'

/** A broker with the topic, in so many partitions. */
export const channelBroker = async (
  partitions: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<BrokerBench> => {
  const bench = await brokerBench({ 'transaction.state.log.num.partitions': '1', ...settings })
  defer(() => bench[Symbol.asyncDispose]())
  await createTopic(bench, channelTopic, partitions)
  return bench
}

/** The channel's settings for that broker. */
const channelValues = ({ port }: BrokerBench, given: Readonly<Record<string, string>> = {}): KafkaChannelValues =>
  valuesOf(kafkaChannelSettings, {
    'kafka.bootstrap.servers': `127.0.0.1:${port}`,
    'kafka.consumer.fetch.max.wait.ms': '20',
    'kafka.consumer.heartbeat.interval.ms': '25',
    'kafka.pollTimeout': '5000',
    ...given,
  }) as unknown as KafkaChannelValues

export interface TestKafkaChannel {
  readonly channel: KafkaChannel
  readonly log: RecordingLog
  readonly counters: RecordingCounters
}

/** An open channel. */
export const openKafkaChannel = async (
  bench: BrokerBench,
  given: Readonly<Record<string, string>> = {},
): Promise<TestKafkaChannel> => {
  const context = fakeContext()
  const channel = createKafkaChannel(channelValues(bench, given), context)
  defer(() => channel[Symbol.asyncDispose]())
  await channel.open()
  return { channel, log: context.log, counters: context.counters }
}
