/**
 * AlterPartitionReassignments: with one broker every partition stays where it is. Naming that broker is done at once, another one is refused, and there
 * is never a move to cancel (null replicas). 1+ can forbid to change the number of replicas.
 */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { alterPartitionReassignments as api } from '../../protocol/messages/alter-partition-reassignments.ts'
import type { RequestOf, ResponseInput } from '../../protocol/table.ts'
import { defineHandler, type Services } from './handler.ts'
import { checkReplicas } from './replica-check.ts'

type Asked = RequestOf<typeof api>['topics'][number]['partitions'][number]
type PartitionAnswer = ResponseInput<typeof api>['topics'][number]['partitions'][number]

const answerFor = (topic: string, { partition, replicas }: Asked, broker: Services): PartitionAnswer => {
  const found = broker.topics.get(topic)
  const unknown = { partition, errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION }
  if (found === undefined) return { ...unknown, errorMessage: `Unable to find a topic named ${topic}.` }
  if (found.partitions[partition] === undefined)
    return { ...unknown, errorMessage: `Unable to find partition ${topic}:${partition}.` }
  if (replicas === null) return { partition, errorCode: errorCodes.NO_REASSIGNMENT_IN_PROGRESS, errorMessage: null }
  try {
    checkReplicas(replicas, broker.brokerId)
    return { partition, errorCode: errorCodes.NONE, errorMessage: null }
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return { partition, errorCode: thrown.code, errorMessage: thrown.message }
    throw thrown
  }
}

export const alterPartitionReassignments = defineHandler({
  api,
  versions: [0, 1],
  handle: ({ topics, allowReplicationFactorChange }, { broker }) => ({
    throttleTimeMs: 0,
    allowReplicationFactorChange,
    errorCode: errorCodes.NONE,
    errorMessage: null,
    topics: topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((asked) => answerFor(topic, asked, broker)),
    })),
  }),
})
