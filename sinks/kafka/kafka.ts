/**
 * Writes events to Kafka topics, of the embedded broker or of any Kafka cluster: the end of the flows that bring lines into a log, before other agents
 * and readers take them from there.
 */
import { defineSink } from '../../src/flow/component.ts'
import { clientOptions } from '../../src/client/options.ts'
import { Producer } from '../../src/client/producer.ts'
import { bodyOf, datumEncoder } from './event-value.ts'
import { KafkaSink } from './kafka-sink.ts'
import { checkKafkaSink, kafkaSinkSettings, parseProducer } from './settings.ts'

/** Nothing is logged per event: only the first of its kind is said. */
const saidOnce = (say: (value: string) => void): ((value: string) => void) => {
  let said = false
  return (value) => {
    if (!said) say(value)
    said = true
  }
}

export const kafkaSink = defineSink({
  type: 'org.apache.flume.sink.kafka.KafkaSink',
  aliases: [],
  summary: 'Writes events to Kafka topics.',
  batchSetting: 'flumeBatchSize',
  settings: kafkaSinkSettings,
  check: checkKafkaSink,
  create(values, context) {
    const { client, producer } = parseProducer(values)
    const bootstrap = values['kafka.bootstrap.servers']
    const { clock, random, log } = context
    return new KafkaSink(
      {
        batchSize: values.flumeBatchSize,
        valueOf: values.useFlumeEventFormat ? datumEncoder() : bodyOf,
        rules: {
          topic: () => values['kafka.topic'],
          topicHeader: values.allowTopicOverride ? values.topicHeader : undefined,
          partitionHeader: values.partitionIdHeader,
          defaultPartition: values.defaultPartitionId,
          timestampHeader: values.timestampHeader,
          copied: [...values['header.*']],
          badTimestamp: saidOnce((value) =>
            log.warn(`'${value}' is no timestamp; such records get the time of sending.`),
          ),
        },
        producer: new Producer(clientOptions({ ...client, bootstrap, clock, random, log }), {
          ...producer,
          acks: values['kafka.producer.acks'],
        }),
      },
      context,
    )
  },
})
