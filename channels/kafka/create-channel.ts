/** Makes the channel from its settings; loaded when a flow has one, since the clients behind it are large. */
import { Consumer } from '../../src/client/consumer.ts'
import { clientOptions } from '../../src/client/options.ts'
import { Partitioner } from '../../src/client/partitioner.ts'
import { Producer } from '../../src/client/producer.ts'
import { creationSoonMs } from '../../src/client/topic-lookup.ts'
import { TransactionalProducer } from '../../src/client/transactional-producer.ts'
import type { Context } from '../../src/flow/context.ts'
import { KafkaChannel, type KafkaChannelOptions } from './kafka-channel.ts'
import { Puts } from './puts.ts'
import { RecordMaker } from './record-maker.ts'
import { type KafkaChannelValues, parseConsumer, parseProducer } from './settings.ts'
import { Takes } from './takes.ts'

/** What the channel stands on. */
export const partsOf = (values: KafkaChannelValues, context: Context): KafkaChannelOptions => {
  const { clock, random, log, agent, name } = context
  const topic = values['kafka.topic']
  const shared = { bootstrap: values['kafka.bootstrap.servers'], clock, random, log }
  const producing = parseProducer(values)
  const consuming = parseConsumer(values)
  const { parseAsFlumeEvent, defaultPartitionId: defaultPartition, partitionIdHeader: partitionHeader } = values
  const rules = { parseAsFlumeEvent, defaultPartition, partitionHeader }
  const maker = new RecordMaker(name, rules, new Partitioner(random))
  // A topic that is missing is said by the runner, which tries again.
  const patience = { missingTopicMaxMs: creationSoonMs }
  const producer = {
    ...producing.producer,
    ...patience,
    acks: producing.producer.acks ?? -1,
    idempotent: true,
  } as const
  const putClient = clientOptions({ ...producing.client, ...shared })
  // Of its own at every start: two agents of one name must not shut each other out.
  const transactionalId = `millrace-${agent}-${name}-${random.bytes(8).toString('hex')}`
  const transactionTimeoutMs = values.transactionTimeout
  const offsetReset = values.readSmallestOffset ? 'earliest' : 'latest'
  return {
    name,
    clock,
    log,
    pollTimeoutMs: values['kafka.pollTimeout'],
    puts: new Puts({
      topic,
      maker,
      context,
      producer: new Producer(putClient, producer),
      transactional: () =>
        new TransactionalProducer(putClient, {
          ...producing.producer,
          ...patience,
          transactionalId,
          transactionTimeoutMs,
        }),
    }),
    takes: (changed) =>
      new Takes({
        name,
        topic,
        maker,
        context,
        changed,
        consumer: (hooks) =>
          new Consumer(
            clientOptions({ ...consuming.client, ...shared }),
            {
              offsetReset,
              ...consuming.consumer,
              isolation: 'read_committed',
              commitsStart: true,
              groupId: values['kafka.consumer.group.id'],
            },
            hooks,
          ),
      }),
  }
}

/** Shown from the start, as in Flume: a dashboard looks for them before anything has moved. */
const counters = ['KafkaEventGetTimer', 'KafkaEventSendTimer', 'KafkaCommitTimer', 'RollbackCount'] as const

/** Nothing is connected before `open`. */
export const createKafkaChannel = (values: KafkaChannelValues, context: Context): KafkaChannel => {
  for (const counter of counters) context.counters.set(counter, 0)
  return new KafkaChannel(partsOf(values, context))
}
