/** Where partitions begin and end, and where a time stands in them: ListOffsets, asked of each leader. */
import { listOffsets } from '../protocol/messages/list-offsets.ts'
import type { TopicPartition } from './assignors/assignor.ts'
import type { Cluster } from './cluster.ts'
import { BrokerError } from './errors.ts'
import { errorCodes } from '../protocol/error-codes.ts'

/** Timestamps that mean a place. */
export const places = { latest: -1, earliest: -2, maxTimestamp: -3, earliestLocal: -4, latestTiered: -5 } as const

export interface OffsetQuestion extends TopicPartition {
  /** Milliseconds, or one of `places`. */
  readonly timestampMs: number
}

export interface OffsetAnswer extends TopicPartition {
  /** -1 when no record is as late. */
  readonly offset: number
  /** Of the record there; -1 for the earliest and latest place. */
  readonly timestampMs: number
  readonly error?: BrokerError
}

const unanswered = ({ topic, partition }: TopicPartition, errorCode: number): OffsetAnswer => ({
  topic,
  partition,
  offset: -1,
  timestampMs: -1,
  error: new BrokerError(`${topic}-${partition}`, errorCode),
})

/** The least version that has the question: 1 for times, later ones for the later places. */
const versionMinOf = (questions: readonly OffsetQuestion[]): number => {
  const least = Math.min(...questions.map(({ timestampMs }) => timestampMs))
  return least >= -2 ? 1 : least === -3 ? 7 : least === -4 ? 8 : 9
}

const ask = async (
  cluster: Cluster,
  leader: number,
  questions: readonly OffsetQuestion[],
  isolationLevel: number,
): Promise<OffsetAnswer[]> => {
  if (leader < 0) return questions.map((question) => unanswered(question, errorCodes.LEADER_NOT_AVAILABLE))
  const connection = await cluster.connection(leader)
  if (!connection.supports(listOffsets, versionMinOf(questions)))
    return questions.map((question) => unanswered(question, errorCodes.UNSUPPORTED_VERSION))
  const byTopic = Map.groupBy(questions, ({ topic }) => topic)
  const reply = await connection.request(listOffsets, {
    isolationLevel,
    topics: [...byTopic].map(([topic, asked]) => ({
      topic,
      partitions: asked.map(({ partition, timestampMs }) => ({ partition, timestamp: timestampMs })),
    })),
  })
  return reply.topics.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, errorCode, offset, timestamp }) =>
      errorCode === 0
        ? { topic, partition, offset, timestampMs: timestamp }
        : unanswered({ topic, partition }, errorCode),
    ),
  )
}

/**
 * Answers for partitions of the watched topics, errors as values. `isolationLevel` 1 ends at the last stable offset. Rejects with the
 * network's troubles.
 */
export const lookUpOffsets = async (
  cluster: Cluster,
  questions: readonly OffsetQuestion[],
  isolationLevel = 0,
): Promise<OffsetAnswer[]> => {
  const byLeader = Map.groupBy(questions, ({ topic, partition }) => cluster.metadata.leaderOf(topic, partition))
  const answers = await Promise.all([...byLeader].map(([leader, asked]) => ask(cluster, leader, asked, isolationLevel)))
  return answers.flat()
}
