/** Makes the sink from its settings; loaded when a flow has one, since the client behind it is large. */
import { clientOptions } from '../../src/client/options.ts'
import { Producer } from '../../src/client/producer.ts'
import { creationSoonMs } from '../../src/client/topic-lookup.ts'
import type { Context } from '../../src/flow/context.ts'
import { bodyValue, datumValue } from './event-value.ts'
import { KafkaSink } from './kafka-sink.ts'
import type { RouteRules } from './record-route.ts'
import { parseProducer } from './settings.ts'
import type { KafkaSinkValues } from './settings.ts'
import { topicNaming } from './topic-name.ts'

/** Nothing is logged per event: only the first of its kind is said. */
const saidOnce = (say: (value: string) => void): ((value: string) => void) => {
  let said = false
  return (value) => {
    if (!said) say(value)
    said = true
  }
}

const rulesOf = async (values: KafkaSinkValues, { log }: Context): Promise<RouteRules> => ({
  topic: values.allowTopicOverride ? await topicNaming(values['kafka.topic']) : () => values['kafka.topic'],
  topicHeader: values.allowTopicOverride ? values.topicHeader : undefined,
  partitionHeader: values.partitionIdHeader,
  defaultPartition: values.defaultPartitionId,
  timestampHeader: values.timestampHeader,
  copied: [...values['header.*']],
  badTimestamp: saidOnce((value) => log.warn(`'${value}' is no timestamp; such records get the time of sending.`)),
})

/** The sink with a producer of its own; nothing is connected before `open`. */
export const createKafkaSink = async (values: KafkaSinkValues, context: Context): Promise<KafkaSink> => {
  const { client, producer } = parseProducer(values)
  const { clock, random, log } = context
  const bootstrap = values['kafka.bootstrap.servers']
  // From the start, as in Flume: a dashboard looks for them before the first failure. The runner counts what is rolled back.
  for (const counter of ['KafkaEventSendTimer', 'RollbackCount']) context.counters.set(counter, 0)
  return new KafkaSink(
    {
      batchSize: values.flumeBatchSize,
      value: values.useFlumeEventFormat ? datumValue() : bodyValue,
      rules: await rulesOf(values, context),
      producer: new Producer(clientOptions({ ...client, bootstrap, clock, random, log }), {
        ...producer,
        acks: values['kafka.producer.acks'],
        // The runner tries again, and says what is missing: the sooner the better.
        missingTopicMaxMs: creationSoonMs,
      }),
    },
    context,
  )
}
