/**
 * ConsumerGroupHeartbeat: the one call of the newer group protocol. In 0 the broker makes the ids of members, in 1 they do, and may subscribe by
 * pattern. What it answers with an error, the message explains.
 */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { consumerGroupHeartbeat as api } from '../../protocol/messages/consumer-group-heartbeat.ts'
import type { RequestOf, ResponseInput } from '../../protocol/table.ts'
import { assignmentOf, listOf } from '../groups/consumer/assignment.ts'
import type { BeatAnswer, BeatAsk } from '../groups/consumer/beat.ts'
import { storageError } from '../groups/storage-error.ts'
import { defineHandler, type RequestContext } from './handler.ts'

const askOf = (request: RequestOf<typeof api>, { version, clientId, peer }: RequestContext): BeatAsk => ({
  groupId: request.groupId,
  memberId: request.memberId,
  memberEpoch: request.memberEpoch,
  instanceId: request.groupInstanceId,
  rackId: request.rackId,
  rebalanceTimeoutMs: request.rebalanceTimeoutMs,
  topics: request.subscribedTopicNames,
  pattern: request.subscribedTopicRegex,
  assignor: request.serverAssignor,
  owned: request.topics === null ? null : assignmentOf(request.topics),
  clientId: clientId ?? '',
  clientHost: `/${peer.address}`,
  version,
})

/** What failed on disk is told as everywhere in groups; the rest is about the request. */
const refused = (thrown: unknown): ResponseInput<typeof api> => {
  if (!(thrown instanceof KafkaFault)) throw thrown
  const isStorage = thrown.code === errorCodes.KAFKA_STORAGE_ERROR || thrown.code === errorCodes.MESSAGE_TOO_LARGE
  const errorCode = isStorage ? storageError(thrown) : thrown.code
  return { throttleTimeMs: 0, errorCode, errorMessage: thrown.message, memberId: null, memberEpoch: 0, heartbeatIntervalMs: 0, assignment: null } // prettier-ignore
}

export const consumerGroupHeartbeat = defineHandler({
  api,
  versions: [0, 1],
  handle(request, context) {
    const { broker } = context
    const told = ({ memberId, memberEpoch, assignment }: BeatAnswer): ResponseInput<typeof api> => ({
      throttleTimeMs: 0,
      errorCode: errorCodes.NONE,
      errorMessage: null,
      memberId,
      memberEpoch,
      heartbeatIntervalMs: broker.groups.heartbeatIntervalMs(request.groupId),
      assignment: assignment === undefined ? null : { topics: listOf(assignment) },
    })
    try {
      const answer = broker.groups.consumerHeartbeat(askOf(request, context))
      return answer instanceof Promise ? answer.then(told, refused) : told(answer)
    } catch (thrown) {
      return refused(thrown)
    }
  },
})
