/** DescribeCluster: the cluster part of Metadata, for admin clients. 1+ tells brokers from controllers, of which there are none to connect to. */
import { errorCodes, errorMessage } from '../../protocol/error-codes.ts'
import { describeCluster as api } from '../../protocol/messages/describe-cluster.ts'
import { minI32 } from '../../protocol/table.ts'
import { defineHandler } from './handler.ts'
import { clusterOperations } from './operations.ts'

const BROKERS = 1
const CONTROLLERS = 2

const errorFor = (endpointType: number): number => {
  if (endpointType === BROKERS) return errorCodes.NONE
  return endpointType === CONTROLLERS ? errorCodes.MISMATCHED_ENDPOINT_TYPE : errorCodes.UNSUPPORTED_ENDPOINT_TYPE
}

export const describeCluster = defineHandler({
  api,
  versions: [0, 2],
  handle({ endpointType, includeClusterAuthorizedOperations }, { broker, peer }) {
    const errorCode = errorFor(endpointType)
    const cluster = { throttleTimeMs: 0, errorCode, endpointType, clusterId: broker.topics.clusterId }
    if (errorCode !== errorCodes.NONE) return { ...cluster, errorMessage: errorMessage(errorCode), brokers: [] }
    const { host, port } = broker.endpointOf(peer.listener)
    const rack = broker.config.settings['broker.rack'] ?? null
    return {
      ...cluster,
      errorMessage: null,
      controllerId: broker.brokerId,
      brokers: [{ nodeId: broker.brokerId, host, port, rack }],
      clusterAuthorizedOperations: includeClusterAuthorizedOperations ? clusterOperations : minI32,
    }
  },
})
