/** Lets partitions begin at later offsets: DeleteRecords, asked of each leader. */
import { errorCodes } from '../protocol/error-codes.ts'
import { deleteRecords } from '../protocol/messages/delete-records.ts'
import type { TopicPartition } from './assignors/assignor.ts'
import type { Cluster } from './cluster.ts'
import { BrokerError } from './errors.ts'

export interface NewStart extends TopicPartition {
  /** Everything before it goes; -1 for everything there is. */
  readonly offset: number
}

export interface StartAnswer extends TopicPartition {
  /** Where the partition begins now; -1 with an error. */
  readonly lowWatermark: number
  readonly error?: BrokerError
}

const timeoutMs = 30_000

const answered = ({ topic, partition }: TopicPartition, errorCode: number, lowWatermark: number): StartAnswer =>
  errorCode === errorCodes.NONE
    ? { topic, partition, lowWatermark }
    : { topic, partition, lowWatermark: -1, error: new BrokerError(`${topic}-${partition}`, errorCode) }

const ask = async (cluster: Cluster, leader: number, starts: readonly NewStart[]): Promise<StartAnswer[]> => {
  if (leader < 0) return starts.map((start) => answered(start, noLeaderCode(cluster, start), -1))
  const connection = await cluster.connection(leader)
  const byTopic = Map.groupBy(starts, ({ topic }) => topic)
  const topics = [...byTopic].map(([topic, asked]) => ({
    topic,
    partitions: asked.map(({ partition, offset }) => ({ partition, offset })),
  }))
  const reply = await connection.request(deleteRecords, { topics, timeoutMs })
  return reply.topics.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, errorCode, lowWatermark }) => answered({ topic, partition }, errorCode, lowWatermark)),
  )
}

const noLeaderCode = ({ metadata }: Cluster, { topic, partition }: TopicPartition): number =>
  metadata.topics.get(topic)?.partitions.some((one) => one.partition === partition) === true
    ? errorCodes.LEADER_NOT_AVAILABLE
    : errorCodes.UNKNOWN_TOPIC_OR_PARTITION

/** Answers for partitions of the watched topics, errors as values. Rejects with the network's troubles. */
export const deleteRecordsBefore = async (cluster: Cluster, starts: readonly NewStart[]): Promise<StartAnswer[]> => {
  const byLeader = Map.groupBy(starts, ({ topic, partition }) => cluster.metadata.leaderOf(topic, partition))
  const answers = await Promise.all([...byLeader].map(([leader, asked]) => ask(cluster, leader, asked)))
  return answers.flat()
}
