/**
 * Writes events to Kafka topics, of the embedded broker or of any Kafka cluster: the end of the flows that bring lines into a log, before other agents
 * and readers take them from there.
 */
import { defineSink } from '../../src/flow/component.ts'
import { checkKafkaSink, kafkaSinkSettings } from './settings.ts'

export const kafkaSink = defineSink({
  type: 'org.apache.flume.sink.kafka.KafkaSink',
  aliases: [],
  summary: 'Writes events to Kafka topics.',
  batchSetting: 'flumeBatchSize',
  settings: kafkaSinkSettings,
  check: checkKafkaSink,
  async create(values, context) {
    const { createKafkaSink } = await import('./create-sink.ts')
    return createKafkaSink(values, context)
  },
})
