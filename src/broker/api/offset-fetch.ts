/**
 * OffsetFetch: what a group has committed; an offset that was never committed is -1 without an error (0 answers error 3, as ZooKeeper did). 2+ may ask
 * for all topics, 5+ is told leader epochs, 7+ may insist that no transaction is about to change what is told, 8+ asks for several groups, 9+ names the member, 10+ names topics by id.
 */
import { errorCodes } from '../../protocol/error-codes.ts'
import { offsetFetch as api } from '../../protocol/messages/offset-fetch.ts'
import { noUuid, type ResponseInput } from '../../protocol/table.ts'
import { consumerFetchRefusal } from '../groups/consumer/commit-check.ts'
import type { Committed } from '../groups/committed.ts'
import { defineHandler, type RequestContext } from './handler.ts'
import { eachOnce } from './twice.ts'

type GroupAnswer = NonNullable<ResponseInput<typeof api>['groups']>[number]
type TopicAnswer = GroupAnswer['topics'][number]
type PartitionAnswer = TopicAnswer['partitions'][number]

interface TopicAsked {
  readonly topic: string
  readonly topicId?: string
  readonly partitions: readonly number[]
}

const GROUP_ERROR_SINCE = 2
const MANY_SINCE = 8
const IDS_SINCE = 10

/** What is told of a partition, and how. */
interface Reading {
  readonly committed: Committed | undefined
  readonly version: number
  /** An error instead of an offset that an open transaction is about to change. */
  readonly requireStable: boolean
}

const told = (topic: string, partition: number, { committed, version, requireStable }: Reading): PartitionAnswer => {
  if (requireStable && committed?.unstable.has(topic, partition) === true)
    return { partition, offset: -1, leaderEpoch: -1, metadata: '', errorCode: errorCodes.UNSTABLE_OFFSET_COMMIT }
  const found = committed?.get(topic, partition)
  if (found === undefined) {
    const errorCode = version === 0 ? errorCodes.UNKNOWN_TOPIC_OR_PARTITION : errorCodes.NONE
    return { partition, offset: -1, leaderEpoch: -1, metadata: '', errorCode }
  }
  const { offset, leaderEpoch, metadata } = found
  return { partition, offset, leaderEpoch, metadata, errorCode: errorCodes.NONE }
}

const everything = (committed: Committed | undefined): TopicAsked[] =>
  (committed?.topics() ?? []).map((topic) => ({ topic, partitions: committed?.partitions(topic) ?? [] }))

/** By name or by id, as the version has it; the answer repeats what the request named. */
const topicAnswer = (asked: TopicAsked, reading: Reading, context: RequestContext): TopicAnswer => {
  const { broker, version } = context
  const byId = version >= IDS_SINCE && asked.topicId !== undefined
  const found = byId ? broker.topics.byId(asked.topicId) : broker.topics.get(asked.topic)
  const topicId = asked.topicId ?? found?.id ?? noUuid
  if (byId && found === undefined) {
    const unknown = { offset: -1, leaderEpoch: -1, metadata: '', errorCode: errorCodes.UNKNOWN_TOPIC_ID }
    return { topic: '', topicId, partitions: asked.partitions.map((partition) => ({ partition, ...unknown })) }
  }
  const name = byId ? (found?.name ?? '') : asked.topic
  return { topic: name, topicId, partitions: asked.partitions.map((p) => told(name, p, reading)) }
}

interface GroupAsked {
  readonly groupId: string
  readonly topics: readonly TopicAsked[] | null
  /** Of members of the newer protocol; null and -1 for everybody else. */
  readonly memberId?: string | null
  readonly memberEpoch?: number
}

/** Before version 2 there is no place for an error but with each partition. */
const unreadTopics = (topics: readonly TopicAsked[] | null, version: number): TopicAnswer[] =>
  (version < GROUP_ERROR_SINCE ? (topics ?? []) : []).map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((partition) => ({ partition, offset: -1, leaderEpoch: -1, metadata: '', errorCode: errorCodes.NOT_COORDINATOR })), // prettier-ignore
  }))

const groupAnswer = (asking: GroupAsked, requireStable: boolean, context: RequestContext): GroupAnswer => {
  const { broker, version } = context
  const { groupId, topics, memberId = null, memberEpoch = -1 } = asking
  if (broker.groups.isUnread(groupId)) return { groupId, errorCode: errorCodes.NOT_COORDINATOR, topics: unreadTopics(topics, version) } // prettier-ignore
  const group = broker.groups.get(groupId)
  const refusal = group?.consumer === undefined ? errorCodes.NONE : consumerFetchRefusal(group.consumer, memberId, memberEpoch) // prettier-ignore
  if (refusal !== errorCodes.NONE) return { groupId, errorCode: refusal, topics: [] }
  const committed = group?.committed
  const reading = { committed, version, requireStable }
  const asked = topics ?? everything(committed)
  return {
    groupId,
    errorCode: errorCodes.NONE,
    topics: asked.map((topic) => topicAnswer(topic, reading, context)),
  }
}

export const offsetFetch = defineHandler({
  api,
  versions: [0, 10],
  handle(request, context) {
    const { requireStable } = request
    if (context.version >= MANY_SINCE)
      return {
        groups: eachOnce(request.groups, ({ groupId }) => groupId).map((group) =>
          groupAnswer(group, requireStable, context),
        ),
      }
    const { topics, errorCode } = groupAnswer(
      { groupId: request.groupId, topics: request.topics },
      requireStable,
      context,
    )
    return { topics: topics.map(({ topic = '', partitions }) => ({ topic, partitions })), errorCode }
  },
})
