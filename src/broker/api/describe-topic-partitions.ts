/**
 * DescribeTopicPartitions: topics in pages, in the order of their names. A page begins at the cursor of the request and holds no more partitions than
 * request and broker allow; its own cursor begins the next one. No topic named means all of them; one that is not there takes no room.
 */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { describeTopicPartitions as api } from '../../protocol/messages/describe-topic-partitions.ts'
import { noUuid, type RequestOf, type ResponseInput } from '../../protocol/table.ts'
import { checkTopicName } from '../topics/topic-name.ts'
import type { Topic } from '../topics/topic-types.ts'
import { defineHandler, type Services } from './handler.ts'
import { topicOperations } from './operations.ts'

type Request = RequestOf<typeof api>
type Page = ResponseInput<typeof api>
type TopicAnswer = Page['topics'][number]

/** Of a partition whose log folder has failed. */
const NO_LEADER = -1

/** The partitions `from` on, at most `count` of them. */
const told = (topic: Topic, from: number, count: number, brokerId: number): TopicAnswer => ({
  errorCode: errorCodes.NONE,
  topic: topic.name,
  topicId: topic.id,
  isInternal: topic.internal,
  partitions: topic.partitions.slice(from, from + count).map((log) => ({
    errorCode: log.isOffline ? errorCodes.LEADER_NOT_AVAILABLE : errorCodes.NONE,
    partition: log.partition,
    leaderId: log.isOffline ? NO_LEADER : brokerId,
    leaderEpoch: log.leaderEpoch,
    replicas: [brokerId],
    isr: [brokerId],
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    offlineReplicas: log.isOffline ? [brokerId] : [],
  })),
  authorizedOperations: topicOperations,
})

const unknown = (topic: string): TopicAnswer => ({
  errorCode: nameError(topic),
  topic,
  topicId: noUuid,
  isInternal: false,
  partitions: [],
  authorizedOperations: topicOperations,
})

const nameError = (topic: string): number => {
  try {
    checkTopicName(topic)
    return errorCodes.UNKNOWN_TOPIC_OR_PARTITION
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return thrown.code
    throw thrown
  }
}

/** The names of the page and the later ones, in order. */
const namesFrom = ({ topics, cursor }: Request, broker: Services): string[] => {
  const names =
    topics.length === 0
      ? broker.topics.list().map(({ name }) => name)
      : [...new Set(topics.map(({ topic }) => topic))].sort()
  return cursor === null ? names : names.filter((name) => name >= cursor.topic)
}

const pageOf = (request: Request, broker: Services): Page => {
  const { cursor, responsePartitionLimit } = request
  const topics: TopicAnswer[] = []
  let left = Math.max(1, Math.min(broker.config.settings['max.request.partition.size.limit'], responsePartitionLimit))
  for (const name of namesFrom(request, broker)) {
    if (left === 0) return { throttleTimeMs: 0, topics, nextCursor: { topic: name, partition: 0 } }
    const topic = broker.topics.get(name)
    if (topic === undefined) {
      topics.push(unknown(name))
      continue
    }
    const from = cursor?.topic === name ? cursor.partition : 0
    topics.push(told(topic, from, left, broker.brokerId))
    const next = from + left
    if (next < topic.partitions.length)
      return { throttleTimeMs: 0, topics, nextCursor: { topic: name, partition: next } }
    left -= Math.max(0, topic.partitions.length - from)
  }
  return { throttleTimeMs: 0, topics, nextCursor: null }
}

export const describeTopicPartitions = defineHandler({
  api,
  versions: [0, 0],
  handle: (request, { broker }) => {
    const { cursor } = request
    if (cursor === null || cursor.partition >= 0) return pageOf(request, broker)
    const errorCode = errorCodes.INVALID_REQUEST
    return {
      throttleTimeMs: 0,
      topics: request.topics.map(({ topic }) => ({ ...unknown(topic), errorCode })),
      nextCursor: null,
    }
  },
})
