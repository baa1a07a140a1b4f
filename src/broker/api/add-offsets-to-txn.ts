/**
 * AddOffsetsToTxn: says that a transaction will commit offsets of a group, which adds the partition that keeps them. 2+ knows PRODUCER_FENCED, 4+
 * TRANSACTION_ABORTABLE.
 */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { addOffsetsToTxn as api } from '../../protocol/messages/add-offsets-to-txn.ts'
import { OFFSETS_TOPIC } from '../groups/offsets-topic.ts'
import type { Partitions } from '../transactions/transaction.ts'
import { defineHandler, type RequestContext } from './handler.ts'
import { codeFor } from './transaction-codes.ts'

const codes = { fencedSince: 2, abortableSince: 4 } as const

/** The partition that keeps the group's offsets, or why there is none. */
const homeOf = (groupId: string, { broker }: RequestContext): Partitions | number => {
  try {
    return new Map([[OFFSETS_TOPIC, new Set([broker.groups.partitionOf(groupId)])]])
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return errorCodes.COORDINATOR_NOT_AVAILABLE
    throw thrown
  }
}

export const addOffsetsToTxn = defineHandler({
  api,
  versions: [0, 4],
  async handle(request, context) {
    const home = homeOf(request.groupId, context)
    const error = typeof home === 'number' ? home : await context.broker.transactions.addPartitions(request, home)
    return { throttleTimeMs: 0, errorCode: codeFor(error, context.version, codes) }
  },
})
