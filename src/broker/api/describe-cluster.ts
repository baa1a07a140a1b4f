/** DescribeCluster: the cluster part of Metadata, for admin clients. 1+ tells brokers from controllers, of which there are none to connect to. */
import { errorCodes } from '../../protocol/error-codes.ts'
import { describeCluster as api } from '../../protocol/messages/describe-cluster.ts'
import { minI32 } from '../../protocol/table.ts'
import { defineHandler } from './handler.ts'
import { clusterOperations } from './operations.ts'

const BROKERS = 1
const CONTROLLERS = 2

/** The code and message for another type of endpoint than brokers. */
const refusal = (endpointType: number): { readonly errorCode: number; readonly errorMessage: string } =>
  endpointType === CONTROLLERS
    ? {
        errorCode: errorCodes.MISMATCHED_ENDPOINT_TYPE,
        errorMessage:
          'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER',
      }
    : {
        errorCode: errorCodes.UNSUPPORTED_ENDPOINT_TYPE,
        errorMessage: `Unsupported endpoint type ${endpointType}`,
      }

export const describeCluster = defineHandler({
  api,
  versions: [0, 2],
  handle({ endpointType, includeClusterAuthorizedOperations }, { broker, peer }) {
    const cluster = { throttleTimeMs: 0, endpointType, clusterId: broker.topics.clusterId }
    if (endpointType !== BROKERS) return { ...cluster, ...refusal(endpointType), brokers: [] }
    const { host, port } = broker.endpointOf(peer.listener)
    const rack = broker.config.settings['broker.rack'] ?? null
    return {
      ...cluster,
      errorCode: errorCodes.NONE,
      errorMessage: null,
      controllerId: broker.brokerId,
      brokers: [{ nodeId: broker.brokerId, host, port, rack }],
      clusterAuthorizedOperations: includeClusterAuthorizedOperations ? clusterOperations : minI32,
    }
  },
})
