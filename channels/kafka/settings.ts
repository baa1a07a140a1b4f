/** The channel's settings: Flume's of today, those before 1.7, and everything of Kafka's clients behind `kafka.producer.` and `kafka.consumer.`. */
import { parseAddresses } from '../../src/client/address.ts'
import { parseConsumerSettings } from '../../src/client/consumer-settings.ts'
import { parseProducerSettings } from '../../src/client/producer-settings.ts'
import { closest } from '../../src/config/did-you-mean.ts'
import type { Finding, Values } from '../../src/config/setting.ts'
import { each, flag, integer, milliseconds, row, text } from '../../src/config/setting-kinds.ts'

export const kafkaChannelSettings = {
  'kafka.bootstrap.servers': row('addresses, by commas', parseAddresses, {
    doc: 'Brokers to ask first, as host:port; the rest of the cluster is found from them.',
    required: true,
    formerly: ['brokerList'],
  } as const),
  'kafka.topic': text({ doc: 'The topic that holds the events.', default: 'flume-channel', formerly: ['topic'] }),
  'kafka.consumer.group.id': text({
    doc: 'The group that keeps how far sinks have come. One for each channel, and none that others read with.',
    default: 'flume',
    formerly: ['groupId'],
  }),
  parseAsFlumeEvent: flag({
    doc: 'Whether records are whole events as Avro data; false where others write or read the topic: then a record is a body.',
    default: true,
  }),
  'kafka.pollTimeout': milliseconds({ doc: 'How long a take waits for events.', default: 500, min: 1 }),
  defaultPartitionId: integer({ doc: 'The partition of events whose headers name none.', min: 0 }),
  partitionIdHeader: text({ doc: 'The header that names the partition.' }),
  transactionTimeout: milliseconds({
    doc: 'How long readers may be held up by a put that was under way when the agent died.',
    default: 15_000,
    min: 1000,
    ours: true,
  }),
  'kafka.producer.*': each(text({ doc: 'Settings of the Kafka producer, by their Java names.' })),
  'kafka.consumer.*': each(text({ doc: 'Settings of the Kafka consumer, by their Java names.' })),
  readSmallestOffset: flag({
    doc: 'Of Flume before 1.7: true stands for auto.offset.reset=earliest, which is the default.',
    default: true,
  }),
  zookeeperConnect: text({ doc: 'Without effect: brokers are asked, not ZooKeeper.' }),
  migrateZookeeperOffsets: flag({ doc: 'Without effect: offsets are not taken over from ZooKeeper.', default: true }),
} as const

export type KafkaChannelValues = Values<typeof kafkaChannelSettings>

export const parseProducer = (values: KafkaChannelValues): ReturnType<typeof parseProducerSettings> =>
  parseProducerSettings(values['kafka.producer.*'], closest)

export const parseConsumer = (values: KafkaChannelValues): ReturnType<typeof parseConsumerSettings> =>
  parseConsumerSettings(values['kafka.consumer.*'], closest)

const withPrefix = (prefix: string, findings: readonly Finding[]): Finding[] =>
  findings.map((found) => ({
    ...found,
    setting: prefix + (found.setting ?? ''),
    says: `${prefix}${found.setting}: ${found.says}`,
  }))

const topicShape = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/

/** What is wrong or worth a word beyond the single values. */
export const checkKafkaChannel = (values: KafkaChannelValues): Finding[] => {
  const findings = [
    ...withPrefix('kafka.producer.', parseProducer(values).findings),
    ...withPrefix('kafka.consumer.', parseConsumer(values).findings),
  ]
  const topic = values['kafka.topic']
  if (!topicShape.test(topic))
    findings.push({ level: 'fault', setting: 'kafka.topic', says: `'${topic}' cannot be the name of a topic` })
  return findings
}
