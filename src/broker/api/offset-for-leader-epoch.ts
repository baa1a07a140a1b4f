/**
 * OffsetForLeaderEpoch: where the records of a leader epoch end, so that a reader finds out whether what it read is still there. 2+ is fenced by the
 * epoch that the client knows, 3+ names the replica. One broker alone leads for ever in one epoch.
 */
import { errorCodes } from '../../protocol/error-codes.ts'
import { offsetForLeaderEpoch as api } from '../../protocol/messages/offset-for-leader-epoch.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { defineHandler } from './handler.ts'
import { epochError } from './fetch-read.ts'

const UNKNOWN = -1

const endOf = (log: PartitionLog, asked: number): { leaderEpoch: number; endOffset: number } => {
  const found = log.endOfEpoch(asked)
  return found === undefined
    ? { leaderEpoch: UNKNOWN, endOffset: UNKNOWN }
    : { leaderEpoch: found.epoch, endOffset: found.endOffset }
}

export const offsetForLeaderEpoch = defineHandler({
  api,
  versions: [0, 4],
  handle: (request, { broker }) => ({
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition, currentLeaderEpoch, leaderEpoch }) => {
        const log = broker.topics.get(topic)?.partitions[partition]
        const failed = { partition, leaderEpoch: UNKNOWN, endOffset: UNKNOWN }
        if (log === undefined) return { ...failed, errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION }
        const error = epochError(currentLeaderEpoch, log.leaderEpoch)
        return error === undefined
          ? { partition, errorCode: errorCodes.NONE, ...endOf(log, leaderEpoch) }
          : { ...failed, errorCode: error }
      }),
    })),
  }),
})
