/** DescribeProducers: the producers that partitions remember, with their open transactions. There is only version 0. */
import { errorCodes, errorMessage, KafkaFault } from '../../protocol/error-codes.ts'
import { describeProducers as api } from '../../protocol/messages/describe-producers.ts'
import type { ResponseInput } from '../../protocol/table.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { defineHandler, type Services } from './handler.ts'
import { eachOnce } from './twice.ts'

type PartitionAnswer = ResponseInput<typeof api>['topics'][number]['partitions'][number]

const failed = (partition: number, errorCode: number): PartitionAnswer => ({
  partition,
  errorCode,
  errorMessage: errorMessage(errorCode),
  activeProducers: [],
})

const producersOf = (log: PartitionLog): PartitionAnswer['activeProducers'] =>
  Array.from(log.transactions.producers(), (producer) => ({
    producerId: producer.id,
    producerEpoch: producer.epoch,
    lastSequence: producer.batches.at(-1)?.lastSequence ?? -1,
    lastTimestamp: producer.lastTimestampMs,
    coordinatorEpoch: producer.coordinatorEpoch,
    currentTxnStartOffset: producer.transactionOffset,
  }))

const described = (topic: string, partition: number, { topics }: Services): PartitionAnswer => {
  const log = topics.get(topic)?.partitions[partition]
  if (log === undefined) return failed(partition, errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
  try {
    return { partition, errorCode: errorCodes.NONE, errorMessage: null, activeProducers: producersOf(log) }
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return failed(partition, thrown.code)
    throw thrown
  }
}

export const describeProducers = defineHandler({
  api,
  versions: [0, 0],
  handle: (request, { broker }) => ({
    throttleTimeMs: 0,
    topics: eachOnce(request.topics, ({ topic }) => topic).map(({ topic, partitions }) => ({
      topic,
      partitions: eachOnce(partitions, (p) => p).map((p) => described(topic, p, broker)),
    })),
  }),
})
