/**
 * The channel that is a Kafka topic, of the embedded broker or of any cluster: several agents may put into it and take from it, and with only a source,
 * or only a sink, it is the way from Flume into Kafka, or out of it.
 */
import { defineChannel } from '../../src/flow/component.ts'
import { checkKafkaChannel, kafkaChannelSettings } from './settings.ts'

export const kafka = defineChannel({
  type: 'org.apache.flume.channel.kafka.KafkaChannel',
  aliases: [],
  summary: 'Holds events in a Kafka topic.',
  shared: true,
  settings: kafkaChannelSettings,
  check: checkKafkaChannel,
  async create(values, context) {
    const { createKafkaChannel } = await import('./create-channel.ts')
    return createKafkaChannel(values, context)
  },
})
