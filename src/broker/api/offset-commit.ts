/**
 * OffsetCommit: stores how far a group has read. 0 knows no membership (Kafka kept those offsets in ZooKeeper; here they go where all go), 1 may give
 * the time of the commit, 2-4 may fix the expiry, 6+ carries the leader epoch, 7+ knows static members, 9+ has errors of the newer group
 * protocol, which this broker does not have, 10+ names topics by id.
 */
import { errorCodes } from '../../protocol/error-codes.ts'
import { offsetCommit as api } from '../../protocol/messages/offset-commit.ts'
import type { RequestOf, ResponseInput } from '../../protocol/table.ts'
import type { PartitionCommit } from '../groups/committed-offset.ts'
import { defineHandler, type RequestContext } from './handler.ts'
import { offsetError } from './offset-check.ts'

type Request = RequestOf<typeof api>
type TopicAsked = Request['topics'][number]
type PartitionAsked = TopicAsked['partitions'][number]

const IDS_SINCE = 10

/** The topic's name and its own error, if there is no such topic. */
const nameOf = (asked: TopicAsked, { broker, version }: RequestContext): string | number => {
  const topic = version >= IDS_SINCE ? broker.topics.byId(asked.topicId) : broker.topics.get(asked.topic)
  if (topic !== undefined) return topic.name
  return version >= IDS_SINCE ? errorCodes.UNKNOWN_TOPIC_ID : errorCodes.UNKNOWN_TOPIC_OR_PARTITION
}

const committed = (topic: string, asked: PartitionAsked, retentionMs: number, nowMs: number): PartitionCommit => {
  const commitMs = asked.timestamp === -1 ? nowMs : asked.timestamp
  return {
    topic,
    partition: asked.partition,
    offset: asked.offset,
    leaderEpoch: asked.leaderEpoch,
    metadata: asked.metadata ?? '',
    commitMs,
    expireMs: retentionMs === -1 ? undefined : commitMs + retentionMs,
  }
}

export const offsetCommit = defineHandler({
  api,
  versions: [0, 10],
  handle(request, context) {
    const offsets: PartitionCommit[] = []
    const nowMs = context.broker.clock.now()
    const topics = request.topics.map((asked) => {
      const name = nameOf(asked, context)
      const partitions = asked.partitions.map((p) => {
        const errorCode = typeof name === 'number' ? name : offsetError(name, p, context.broker)
        if (errorCode === errorCodes.NONE) offsets.push(committed(String(name), p, request.retentionTimeMs, nowMs))
        return { partition: p.partition, errorCode }
      })
      return { topic: asked.topic, topicId: asked.topicId, partitions }
    })
    /** Those that were fit to be stored get what became of storing them. */
    const told = (error: number): ResponseInput<typeof api> => ({
      topics: topics.map((topic) => ({
        ...topic,
        partitions: topic.partitions.map((p) => (p.errorCode === errorCodes.NONE ? { ...p, errorCode: error } : p)),
      })),
    })
    const stored = context.broker.groups.commit({
      groupId: request.groupId,
      generation: request.generationId,
      version: context.version,
      memberId: request.memberId,
      instanceId: request.groupInstanceId ?? undefined,
      offsets,
    })
    return typeof stored === 'number' ? told(stored) : stored.then(told)
  },
})
