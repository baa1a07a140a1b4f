/** Makes the source from its settings; loaded when a flow has one, since the client behind it is large. */
import { Consumer } from '../../src/client/consumer.ts'
import { clientOptions } from '../../src/client/options.ts'
import type { SourceContext } from '../../src/flow/context.ts'
import { EventMaker } from './event-maker.ts'
import type { EventMakerOptions } from './event-maker.ts'
import { KafkaSource } from './kafka-source.ts'
import { parseConsumer } from './settings.ts'
import type { KafkaSourceValues } from './settings.ts'

/** Unreadable records are said at most so often, with how many more there were. */
const sayEveryMs = 60_000

const unreadable = ({ log, clock }: SourceContext): EventMakerOptions['unreadable'] => {
  let saidMs = -Infinity
  let unsaid = 0
  return (topic, partition, offset, problem) => {
    unsaid++
    if (clock.monotonic() - saidMs < sayEveryMs) return
    const others = unsaid > 1 ? ` (${unsaid - 1} more were left out since the last word)` : ''
    log.error(
      `The record at ${topic}-${partition} offset ${offset} is no Flume event and is left out: ${problem}.${others}`,
    )
    saidMs = clock.monotonic()
    unsaid = 0
  }
}

/** The source; nothing is connected before it runs. */
export const createKafkaSource = (values: KafkaSourceValues, context: SourceContext): KafkaSource => {
  const { client, consumer } = parseConsumer(values)
  const { clock, random, log } = context
  const bootstrap = values['kafka.bootstrap.servers']
  // From the start, as in Flume: a dashboard looks for them before anything has moved.
  for (const counter of ['KafkaEventGetTimer', 'KafkaCommitTimer', 'KafkaEmptyCount']) context.counters.set(counter, 0)
  const options = clientOptions({ ...client, bootstrap, clock, random, log })
  const maker = {
    topicHeader: values.setTopicHeader ? values.topicHeader : undefined,
    flumeFormat: values.useFlumeEventFormat,
    copied: [...values['header.*']],
    unreadable: unreadable(context),
  }
  return new KafkaSource(
    {
      topics: values['kafka.topics.regex'] ?? values['kafka.topics'] ?? [],
      batchSize: values.batchSize,
      batchDurationMs: values.batchDurationMillis,
      commitIntervalMs: values.commitInterval,
      revokeWaitMs: values.revokeTimeout,
      maker: () => new EventMaker(maker),
      consumer: (hooks) =>
        new Consumer(options, { ...consumer, groupId: values['kafka.consumer.group.id'], commitsStart: true }, hooks),
    },
    context,
  )
}
