/** The source's settings: Flume's of today, those before 1.7, and everything of the Kafka consumer behind `kafka.consumer.`. */
import { parseAddresses } from '../../src/client/address.ts'
import { parseConsumerSettings } from '../../src/client/consumer-settings.ts'
import { checks } from '../../src/config/checks.ts'
import { closest } from '../../src/config/did-you-mean.ts'
import type { Finding, Values } from '../../src/config/setting.ts'
import { commaList, each, flag, integer, milliseconds, regex, row, text } from '../../src/config/setting-kinds.ts'

export const kafkaSourceSettings = {
  'kafka.bootstrap.servers': row('addresses, by commas', parseAddresses, {
    doc: 'Brokers to ask first, as host:port; the rest of the cluster is found from them.',
    required: true,
  } as const),
  'kafka.topics': commaList({ doc: 'The topics to read.', formerly: ['topic'] }),
  'kafka.topics.regex': regex({
    doc: 'Reads every topic whose whole name matches; wins over kafka.topics.',
    whole: true,
  }),
  'kafka.consumer.group.id': text({
    doc: 'The group that shares the partitions and keeps the offsets.',
    default: 'flume',
    formerly: ['groupId'],
  }),
  batchSize: integer({ doc: 'Most events in a batch.', default: 1000, min: 1 }),
  batchDurationMillis: milliseconds({ doc: 'The longest that a batch waits to be full.', default: 1000, min: 0 }),
  backoffSleepIncrement: milliseconds({
    doc: 'Without effect: an empty topic is waited on by the broker.',
    default: 1000,
  }),
  maxBackoffSleep: milliseconds({ doc: 'Without effect: an empty topic is waited on by the broker.', default: 5000 }),
  useFlumeEventFormat: flag({ doc: 'Values are whole events as Avro data, not bodies.', default: false }),
  setTopicHeader: flag({ doc: 'Whether events carry the name of their topic.', default: true }),
  topicHeader: text({ doc: 'The header for the topic.', default: 'topic' }),
  'header.*': each(
    text({ doc: 'header.NAME = KAFKANAME copies the record header KAFKANAME to the event header NAME.' }),
  ),
  'kafka.consumer.*': each(text({ doc: 'Settings of the Kafka consumer, by their Java names.' })),
  commitInterval: milliseconds({
    doc: 'How often the offsets of settled events are committed at most.',
    default: 250,
    min: 1,
    ours: true,
  }),
  revokeTimeout: milliseconds({
    doc: 'How long the source puts off a rebalance so that what it delivered can settle.',
    default: 5000,
    min: 0,
    ours: true,
  }),
  zookeeperConnect: text({ doc: 'Without effect: brokers are asked, not ZooKeeper.' }),
  migrateZookeeperOffsets: flag({ doc: 'Without effect: offsets are not taken over from ZooKeeper.', default: true }),
} as const

export type KafkaSourceValues = Values<typeof kafkaSourceSettings>

const prefix = 'kafka.consumer.'

/** The consumer's settings that the table does not list by themselves. */
export const parseConsumer = (values: KafkaSourceValues): ReturnType<typeof parseConsumerSettings> =>
  parseConsumerSettings(values['kafka.consumer.*'], closest)

const aboutTopics = (values: KafkaSourceValues): Finding[] => {
  const list = values['kafka.topics'] ?? []
  const pattern = values['kafka.topics.regex']
  if (pattern === undefined && list.length === 0)
    return [{ level: 'fault', setting: 'kafka.topics', says: 'At least one Kafka topic must be specified' }]
  if (pattern !== undefined && list.length > 0)
    return [
      {
        level: 'warning',
        setting: 'kafka.topics',
        says: 'kafka.topics.regex is set too and wins',
        hint: 'Remove one.',
      },
    ]
  return []
}

const aboutReset = (values: KafkaSourceValues): Finding[] =>
  values['kafka.consumer.*'].has('auto.offset.reset')
    ? []
    : [
        {
          level: 'warning',
          setting: `${prefix}auto.offset.reset`,
          says: 'auto.offset.reset is not set, so a group without committed offsets begins at the end: what the topics hold by then is never read',
          hint: `Set ${prefix}auto.offset.reset = earliest, or latest to say that this is meant.`,
        },
      ]

const aboutZookeeper = (values: KafkaSourceValues): Finding[] =>
  values.zookeeperConnect === undefined
    ? []
    : [
        {
          level: 'warning',
          setting: 'zookeeperConnect',
          says: 'zookeeperConnect has no effect: brokers are asked, not ZooKeeper, and offsets are not taken over from it',
          hint: 'Remove it. To go on where the old consumer stopped, commit its offsets to the group first.',
        },
      ]

const aboutConsumer = (values: KafkaSourceValues): Finding[] =>
  parseConsumer(values).findings.map((found) => ({
    ...found,
    setting: prefix + found.setting,
    says: `${prefix}${found.setting}: ${found.says}`,
  }))

/** What is wrong or worth a word beyond the single values. */
export const checkKafkaSource = checks(aboutTopics, aboutConsumer, aboutReset, aboutZookeeper)
