/**
 * DeleteTopics: the topic is gone when the answer comes; its files follow a little later, and what groups had committed for it is forgotten.
 * 1+ has the throttle time, 3+ may answer 73, 5+ has error messages, 6+ can name topics by id.
 */
import { errorCodes, errorMessage, KafkaFault } from '../../protocol/error-codes.ts'
import { deleteTopics as api } from '../../protocol/messages/delete-topics.ts'
import { noUuid, type ResponseInput } from '../../protocol/table.ts'
import type { MutationQuota } from '../quotas/client-quotas.ts'
import { defineHandler, type Services } from './handler.ts'
import { namedTwice } from './twice.ts'

type TopicAnswer = ResponseInput<typeof api>['topics'][number]

interface Asked {
  readonly topic: string | null
  readonly topicId: string
}

const OBJECTS_SINCE = 6
const DISABLED_SINCE = 3
/** Clients from here on know that a quota may refuse them. */
const STRICT_SINCE = 5

const failed = ({ topic, topicId }: Asked, errorCode: number, message = errorMessage(errorCode)): TopicAnswer => ({
  topic,
  topicId,
  errorCode,
  errorMessage: message,
})

const remove = (asked: Asked, broker: Services, quota: MutationQuota): TopicAnswer => {
  const byId = asked.topicId !== noUuid
  if (byId === (asked.topic !== null)) return failed(asked, errorCodes.INVALID_REQUEST)
  const topic = byId ? broker.topics.byId(asked.topicId) : broker.topics.get(asked.topic ?? '')
  if (topic === undefined)
    return failed(asked, byId ? errorCodes.UNKNOWN_TOPIC_ID : errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
  try {
    quota.mutate(topic.partitions.length)
    broker.topics.delete(topic.name)
    return { topic: topic.name, topicId: topic.id, errorCode: errorCodes.NONE, errorMessage: null }
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return failed(asked, thrown.code, thrown.message)
    throw thrown
  } finally {
    // also where a folder of it could not be put away
    if (broker.topics.get(topic.name) === undefined) broker.groups.forgetTopic(topic.name)
  }
}

export const deleteTopics = defineHandler({
  api,
  versions: [0, 6],
  handle(request, context) {
    const { broker, version } = context
    const quota = broker.quotas.mutations(context, version >= STRICT_SINCE)
    const byName = request.topicNames.map((topic) => ({ topic, topicId: noUuid }))
    const asked: readonly Asked[] = version >= OBJECTS_SINCE ? request.topics : byName
    const disabled = version >= DISABLED_SINCE ? errorCodes.TOPIC_DELETION_DISABLED : errorCodes.INVALID_REQUEST
    const keyOf = ({ topic, topicId }: Asked): string => `${topic}/${topicId}`
    const twice = namedTwice(asked.map(keyOf))
    const topics = asked.map((one) => {
      if (!broker.config.settings['delete.topic.enable']) return failed(one, disabled)
      return twice.has(keyOf(one)) ? failed(one, errorCodes.INVALID_REQUEST) : remove(one, broker, quota)
    })
    quota.charge()
    return { throttleTimeMs: 0, topics }
  },
})
