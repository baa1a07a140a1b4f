/**
 * CreateTopics: the topic can be used when the answer comes. 1+ can validate only, 4+ leaves counts to the broker by -1, 5+ is told the counts and
 * settings that hold, 7+ the topic's id. One broker has one replica to give: an assignment may name it alone.
 */
import { errorCodes, errorMessage, KafkaFault } from '../../protocol/error-codes.ts'
import { createTopics as api } from '../../protocol/messages/create-topics.ts'
import { noUuid, type RequestOf, type ResponseInput } from '../../protocol/table.ts'
import { sayIdleSettings } from '../topic-notices.ts'
import type { NewTopic, Topic } from '../topics/topic-types.ts'
import { topicConfigsTold } from './config-answers.ts'
import type { MutationQuota } from '../quotas/client-quotas.ts'
import { defineHandler, type Services } from './handler.ts'
import { namedTwice } from './twice.ts'

/** Clients from here on know that a quota may refuse them. */
const STRICT_SINCE = 6

type Asked = RequestOf<typeof api>['topics'][number]
type TopicAnswer = ResponseInput<typeof api>['topics'][number]

const failed = (topic: string, code: number, message = errorMessage(code)): TopicAnswer => ({
  topic,
  topicId: noUuid,
  errorCode: code,
  errorMessage: message,
  configs: [],
})

/** How many partitions an explicit assignment makes. Throws KafkaFault. */
const assignedCount = (asked: Asked, brokerId: number): number => {
  const { replicaAssignment } = asked
  if (asked.numPartitions !== -1 || asked.replicationFactor !== -1)
    throw new KafkaFault(
      'INVALID_REQUEST',
      'A replica assignment comes without a partition count and a replication factor',
    )
  const numbers = new Set(replicaAssignment.map((a) => a.partition))
  const gapless = [...numbers].every((n) => n >= 0 && n < replicaAssignment.length)
  if (numbers.size < replicaAssignment.length || !gapless)
    throw new KafkaFault('INVALID_REPLICA_ASSIGNMENT', 'Partitions must be numbered from 0 on without gaps')
  if (replicaAssignment.some(({ replicas }) => replicas.length !== 1 || replicas[0] !== brokerId))
    throw new KafkaFault('INVALID_REPLICA_ASSIGNMENT', `The only broker there is has the id ${brokerId}`)
  return replicaAssignment.length
}

const newTopicOf = (asked: Asked, validateOnly: boolean, brokerId: number): NewTopic => {
  const unset = asked.configs.find((config) => config.value === null)
  if (unset !== undefined)
    throw new KafkaFault('INVALID_CONFIG', `Null value not supported for topic config: ${unset.name}`)
  const isAssigned = asked.replicaAssignment.length > 0
  return {
    name: asked.topic,
    partitions: isAssigned ? assignedCount(asked, brokerId) : asked.numPartitions,
    replicationFactor: isAssigned ? 1 : asked.replicationFactor,
    configs: new Map(asked.configs.map(({ name, value }) => [name, value ?? ''])),
    validateOnly,
  }
}

const countOf = ({ partitions = -1 }: NewTopic, { config }: Services): number =>
  partitions === -1 ? config.settings['num.partitions'] : partitions

const begun = ({ name, configs }: Topic, { groups, log }: Services): void => {
  groups.forgetTopic(name)
  sayIdleSettings(name, configs.keys(), log)
}

const create = (asked: Asked, validateOnly: boolean, broker: Services, quota: MutationQuota): TopicAnswer => {
  try {
    const wanted = newTopicOf(asked, validateOnly, broker.brokerId)
    if (!validateOnly) quota.mutate(Math.max(1, wanted.partitions ?? 1))
    const topic = broker.topics.create(wanted)
    if (!validateOnly) begun(topic, broker)
    return {
      topic: topic.name,
      topicId: validateOnly ? noUuid : topic.id,
      errorCode: errorCodes.NONE,
      errorMessage: null,
      // none was made where it was only looked
      numPartitions: validateOnly ? countOf(wanted, broker) : topic.partitions.length,
      replicationFactor: 1,
      configs: topicConfigsTold(topic.configs, broker.config),
    }
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return failed(asked.topic, thrown.code, thrown.message)
    throw thrown
  }
}

export const createTopics = defineHandler({
  api,
  versions: [0, 7],
  handle: ({ topics, validateOnly }, context) => {
    const { broker, version } = context
    const quota = broker.quotas.mutations(context, version >= STRICT_SINCE)
    const twice = namedTwice(topics.map((asked) => asked.topic))
    const answers = topics.map((asked) =>
      twice.has(asked.topic)
        ? failed(asked.topic, errorCodes.INVALID_REQUEST)
        : create(asked, validateOnly, broker, quota),
    )
    quota.charge()
    return { topics: answers }
  },
})
