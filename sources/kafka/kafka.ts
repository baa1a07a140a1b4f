/**
 * Reads Kafka topics, of the embedded broker or of any Kafka cluster, as a member of a consumer group: the beginning of the flows that take lines out of
 * a log. Its position is the group's committed offset, which moves when the channel is done with the events.
 */
import { defineSource } from '../../src/flow/component.ts'
import { checkKafkaSource, kafkaSourceSettings } from './settings.ts'

export const kafkaSource = defineSource({
  type: 'org.apache.flume.source.kafka.KafkaSource',
  aliases: [],
  summary: 'Reads Kafka topics as a member of a consumer group.',
  batchSetting: 'batchSize',
  settings: kafkaSourceSettings,
  check: checkKafkaSource,
  headersSet: ({ setTopicHeader, topicHeader, useFlumeEventFormat, ...values }) =>
    useFlumeEventFormat
      ? undefined
      : [
          'timestamp',
          'partition',
          'offset',
          'key',
          ...(setTopicHeader ? [topicHeader] : []),
          ...values['header.*'].keys(),
        ],
  async create(values, context) {
    const { createKafkaSource } = await import('./create-source.ts')
    return createKafkaSource(values, context)
  },
})
