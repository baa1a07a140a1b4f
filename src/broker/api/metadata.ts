/**
 * Metadata: brokers, topics and who leads each partition, with the address of the listener that the client came in by. Asking for a topic creates it
 * where `auto.create.topics.enable` and the client allow it; one broker leads at once, so there is no LEADER_NOT_AVAILABLE in between.
 * "All topics" is an empty list in 0 and null from 1 on; 4+ may forbid the creation, 8+ asks for allowed operations, 10+ knows topic ids, 12+ asks by them.
 */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { metadata as api } from '../../protocol/messages/metadata.ts'
import { minI32, noUuid, type RequestOf, type ResponseInput } from '../../protocol/table.ts'
import { OFFSETS_TOPIC } from '../groups/offsets-topic.ts'
import type { Topic } from '../topics/topic-types.ts'
import { TRANSACTIONS_TOPIC } from '../transactions/transaction-store.ts'
import { defineHandler, type RequestContext, type Services } from './handler.ts'
import { clusterOperations, topicOperations } from './operations.ts'
import { eachOnce } from './twice.ts'

type Asked = NonNullable<RequestOf<typeof api>['topics']>[number]
type TopicAnswer = ResponseInput<typeof api>['topics'][number]

const IDS_SINCE = 12
/** Of a partition whose log folder has failed. */
const NO_LEADER = -1

const told = (topic: Topic, brokerId: number, operations: number): TopicAnswer => ({
  errorCode: errorCodes.NONE,
  topic: topic.name,
  topicId: topic.id,
  isInternal: topic.internal,
  partitions: topic.partitions.map((log) => ({
    errorCode: log.isOffline ? errorCodes.LEADER_NOT_AVAILABLE : errorCodes.NONE,
    partition: log.partition,
    leader: log.isOffline ? NO_LEADER : brokerId,
    leaderEpoch: log.leaderEpoch,
    replicas: [brokerId],
    isr: [brokerId],
    offlineReplicas: log.isOffline ? [brokerId] : [],
  })),
  authorizedOperations: operations,
})

const failed = (errorCode: number, asked: Asked): TopicAnswer => ({
  errorCode,
  topic: asked.topic,
  topicId: asked.topicId,
  isInternal: false,
  partitions: [],
})

/** Finds a topic, or makes it. Throws KafkaFault. */
const foundOrMade = (name: string, mayCreate: boolean, broker: Services): Topic => {
  const found = broker.topics.get(name)
  if (found !== undefined) return found
  if (name === OFFSETS_TOPIC && mayCreate) return broker.groups.prepare()
  if (name === TRANSACTIONS_TOPIC && mayCreate) return broker.transactions.prepare()
  if (!mayCreate) {
    broker.topics.create({ name, validateOnly: true })
    throw new KafkaFault('UNKNOWN_TOPIC_OR_PARTITION')
  }
  const made = broker.topics.create({ name })
  broker.groups.forgetTopic(name)
  return made
}

const answerFor = (asked: Asked, mayCreate: boolean, operations: number, context: RequestContext): TopicAnswer => {
  const { broker, version } = context
  if (version < IDS_SINCE && (asked.topicId !== noUuid || asked.topic === null))
    return failed(errorCodes.INVALID_REQUEST, asked)
  if (asked.topic === null) {
    const topic = broker.topics.byId(asked.topicId)
    return topic === undefined ? failed(errorCodes.UNKNOWN_TOPIC_ID, asked) : told(topic, broker.brokerId, operations)
  }
  try {
    return told(foundOrMade(asked.topic, mayCreate, broker), broker.brokerId, operations)
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return failed(thrown.code, asked)
    throw thrown
  }
}

export const metadata = defineHandler({
  api,
  versions: [0, 13],
  handle(request, context) {
    const { broker, version, peer } = context
    const { host, port } = broker.endpointOf(peer.listener)
    const operations = request.includeTopicAuthorizedOperations ? topicOperations : minI32
    const mayCreate = request.allowAutoTopicCreation && broker.config.settings['auto.create.topics.enable']
    const all = request.topics === null || (version === 0 && request.topics.length === 0)
    const topics = all
      ? broker.topics.list().map((topic) => told(topic, broker.brokerId, operations))
      : eachOnce(request.topics ?? [], ({ topic, topicId }) => topic ?? `id ${topicId}`).map((asked) =>
          answerFor(asked, mayCreate, operations, context),
        )
    return {
      brokers: [{ nodeId: broker.brokerId, host, port, rack: broker.config.settings['broker.rack'] ?? null }],
      clusterId: broker.topics.clusterId,
      controllerId: broker.brokerId,
      topics,
      authorizedOperations: request.includeClusterAuthorizedOperations ? clusterOperations : minI32,
    }
  },
})
