/**
 * OffsetForLeaderEpoch: where the records of a leader epoch end, so that a reader finds out whether what it read is still there. 2+ is fenced by the
 * epoch that the client knows, 3+ names the replica. One broker alone leads for ever in one epoch.
 */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { offsetForLeaderEpoch as api } from '../../protocol/messages/offset-for-leader-epoch.ts'
import type { RequestOf, ResponseInput } from '../../protocol/table.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { defineHandler } from './handler.ts'
import { epochError } from './fetch-read.ts'

const UNKNOWN = -1

type Asked = RequestOf<typeof api>['topics'][number]['partitions'][number]
type Answered = ResponseInput<typeof api>['topics'][number]['partitions'][number]

const endOf = (log: PartitionLog, asked: number): { leaderEpoch: number; endOffset: number } => {
  const found = log.endOfEpoch(asked)
  return found === undefined
    ? { leaderEpoch: UNKNOWN, endOffset: UNKNOWN }
    : { leaderEpoch: found.epoch, endOffset: found.endOffset }
}

const answerFor = (log: PartitionLog | undefined, asked: Asked): Answered => {
  const { partition, currentLeaderEpoch, leaderEpoch } = asked
  const failed = { partition, leaderEpoch: UNKNOWN, endOffset: UNKNOWN }
  if (log === undefined) return { ...failed, errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION }
  try {
    const error = epochError(currentLeaderEpoch, log.leaderEpoch)
    if (error !== undefined) return { ...failed, errorCode: error }
    return { partition, errorCode: errorCodes.NONE, ...endOf(log, leaderEpoch) }
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return { ...failed, errorCode: thrown.code }
    throw thrown
  }
}

export const offsetForLeaderEpoch = defineHandler({
  api,
  versions: [0, 4],
  handle: (request, { broker }) => ({
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((asked) => answerFor(broker.topics.get(topic)?.partitions[asked.partition], asked)),
    })),
  }),
})
