/**
 * FindCoordinator: this broker coordinates every group and, 1+, every transaction; being asked makes sure that the topic for them is there. 4+ asks for
 * several keys, 6+ could ask for share groups.
 */
import { errorCodes, errorMessage, KafkaFault } from '../../protocol/error-codes.ts'
import { findCoordinator as api } from '../../protocol/messages/find-coordinator.ts'
import { defineHandler, type RequestContext } from './handler.ts'

const GROUP = 0
const TRANSACTION = 1
const MANY_SINCE = 4

const errorFor = (key: string, type: number, { broker }: RequestContext): number => {
  if (type !== GROUP && type !== TRANSACTION) return errorCodes.INVALID_REQUEST
  try {
    const keeper = type === GROUP ? broker.groups : broker.transactions
    keeper.prepare()
    return keeper.isUnread(key) ? errorCodes.COORDINATOR_NOT_AVAILABLE : errorCodes.NONE
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return errorCodes.COORDINATOR_NOT_AVAILABLE
    throw thrown
  }
}

export const findCoordinator = defineHandler({
  api,
  versions: [0, 6],
  handle(request, context) {
    const { broker, peer, version } = context
    const { host, port } = broker.endpointOf(peer.listener)
    const answerFor = (key: string) => {
      const errorCode = errorFor(key, request.coordinatorType, context)
      return errorCode === errorCodes.NONE
        ? { errorCode, errorMessage: null, nodeId: broker.brokerId, host, port }
        : { errorCode, errorMessage: errorMessage(errorCode), nodeId: -1, host: '', port: -1 }
    }
    if (version < MANY_SINCE) return { ...answerFor(request.coordinatorKey), coordinators: [] }
    const nobody = { errorCode: errorCodes.NONE, errorMessage: null, nodeId: -1, host: '', port: -1 }
    return { ...nobody, coordinators: request.coordinatorKeys.map((key) => ({ key, ...answerFor(key) })) }
  },
})
