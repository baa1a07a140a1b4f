/** The sink's settings: Flume's of today, those before 1.7, and everything of the Kafka producer behind `kafka.producer.`. */
import { checks } from '../../src/config/checks.ts'
import type { Finding, Values } from '../../src/config/setting.ts'
import { closest } from '../../src/config/did-you-mean.ts'
import { each, flag, integer, row, text } from '../../src/config/setting-kinds.ts'
import { reasonOf } from '../../src/base/faults.ts'
import { Template } from '../../src/formats/escapes.ts'
import { parseAddresses } from '../../src/client/address.ts'
import { parseAcks, parseProducerSettings } from '../../src/client/producer-settings.ts'
import { isTopicName } from './record-route.ts'

export const kafkaSinkSettings = {
  'kafka.bootstrap.servers': row('addresses, by commas', parseAddresses, {
    doc: 'Brokers to ask first, as host:port; the rest of the cluster is found from them.',
    required: true,
    formerly: ['brokerList'],
  } as const),
  'kafka.topic': text({
    doc: 'The topic for events whose headers name none; %{header}, dates as %Y and %[localhost] may stand in it.',
    default: 'default-flume-topic',
    formerly: ['topic'],
  }),
  flumeBatchSize: integer({ doc: 'Most events a write.', default: 100, min: 1, formerly: ['batchSize'] }),
  'kafka.producer.acks': row('all, -1, 0 or 1', parseAcks, {
    doc: 'Who must have a record before it counts as stored: 1 the leader, all (or -1) every in-sync replica, 0 nobody.',
    default: 1,
    formerly: ['requiredAcks'],
  } as const),
  useFlumeEventFormat: flag({ doc: 'Write the whole event as an Avro datum instead of its body.', default: false }),
  allowTopicOverride: flag({ doc: 'Whether a header may name the topic.', default: true }),
  topicHeader: text({ doc: 'The header that names the topic.', default: 'topic' }),
  defaultPartitionId: integer({ doc: 'The partition of events whose headers name none.', min: 0 }),
  partitionIdHeader: text({ doc: 'The header that names the partition.' }),
  timestampHeader: text({ doc: 'The header that holds the timestamp of the record, in milliseconds.' }),
  'header.*': each(
    text({ doc: 'header.NAME = KAFKANAME copies the event header NAME to the record header KAFKANAME.' }),
  ),
  'kafka.producer.*': each(text({ doc: 'Settings of the Kafka producer, by their Java names.' })),
  'key.serializer.class': text({ doc: 'Without effect: keys are text.' }),
  'serializer.class': text({ doc: 'Without effect: values are bytes.' }),
} as const

export type KafkaSinkValues = Values<typeof kafkaSinkSettings>

const hint = 'Names have 1 to 249 of the characters a-z A-Z 0-9 . _ and -; escapes need allowTopicOverride.'
const timeNeeded = 'Its dates need the header timestamp; events without it are rejected'
const timeHint = 'The timestamp interceptor of the source sets it.'

const prefix = 'kafka.producer.'

/** The producer's settings that the table does not list by themselves. */
export const parseProducer = (values: KafkaSinkValues): ReturnType<typeof parseProducerSettings> =>
  parseProducerSettings(values['kafka.producer.*'], closest)

const hasEscapes = (values: KafkaSinkValues): boolean =>
  values.allowTopicOverride && values['kafka.topic'].includes('%')

const aboutTopic = (values: KafkaSinkValues): Finding[] => {
  const topic = values['kafka.topic']
  const setting = 'kafka.topic'
  if (!hasEscapes(values))
    return isTopicName(topic)
      ? []
      : [{ level: 'fault', setting, says: `'${topic}' cannot be the name of a topic`, hint }]
  try {
    const { needsTime } = new Template(topic)
    return needsTime ? [{ level: 'warning', setting, says: timeNeeded, hint: timeHint }] : []
  } catch (error) {
    return [{ level: 'fault', setting, says: reasonOf(error) }]
  }
}

const aboutProducer = (values: KafkaSinkValues): Finding[] =>
  parseProducer(values).findings.map((found) => ({
    ...found,
    setting: prefix + found.setting,
    says: `${prefix}${found.setting}: ${found.says}`,
  }))

const aboutOldOnes = (values: KafkaSinkValues): Finding[] =>
  (['key.serializer.class', 'serializer.class'] as const)
    .filter((old) => values[old] !== undefined)
    .map((old) => ({ level: 'warning', setting: old, says: `${old} has no effect`, hint: 'Remove it.' }))

/** What is wrong or worth a word beyond the single values. */
export const checkKafkaSink = checks(aboutProducer, aboutTopic, aboutOldOnes)
