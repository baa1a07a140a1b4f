/**
 * TxnOffsetCommit: offsets of a group as part of a transaction; nobody sees them before it is committed. 2+ carries leader epochs and knows
 * COORDINATOR_LOAD_IN_PROGRESS, 3+ says who in the group commits, 4+ knows TRANSACTION_ABORTABLE. 5 would add the group by itself and is not served, as
 * with EndTxn.
 */
import { errorCodes } from '../../protocol/error-codes.ts'
import { txnOffsetCommit as api } from '../../protocol/messages/txn-offset-commit.ts'
import type { RequestOf } from '../../protocol/table.ts'
import type { PartitionCommit } from '../groups/committed-offset.ts'
import { OFFSETS_TOPIC } from '../groups/offsets-topic.ts'
import { defineHandler, type RequestContext } from './handler.ts'
import { offsetError } from './offset-check.ts'
import { codeFor } from './transaction-codes.ts'

type Request = RequestOf<typeof api>
type PartitionAsked = Request['topics'][number]['partitions'][number]

const codes = { fencedSince: Infinity, abortableSince: 4 } as const

const committed = (topic: string, asked: PartitionAsked, nowMs: number): PartitionCommit => ({
  topic,
  partition: asked.partition,
  offset: asked.offset,
  leaderEpoch: asked.leaderEpoch,
  metadata: asked.metadata ?? '',
  commitMs: nowMs,
  expireMs: undefined,
})

/** The error for all partitions that are fit to be stored. */
const stored = (request: Request, offsets: PartitionCommit[], context: RequestContext): number | Promise<number> => {
  const { broker } = context
  const { groupId, producerId, producerEpoch } = request
  if (groupId === '') return errorCodes.INVALID_GROUP_ID
  if (broker.config.settings['transaction.partition.verification.enable']) {
    const refused = broker.transactions.verify(request, OFFSETS_TOPIC, broker.groups.partitionOf(groupId))
    // clients come again with this one, and with the other some do not
    if (refused === errorCodes.CONCURRENT_TRANSACTIONS) return errorCodes.COORDINATOR_NOT_AVAILABLE
    if (refused !== errorCodes.NONE) return refused
  }
  const { generationId: generation, memberId, groupInstanceId } = request
  const who = { groupId, generation, memberId, instanceId: groupInstanceId ?? undefined }
  return broker.groups.commitInTransaction({ ...who, offsets, producerId, producerEpoch })
}

export const txnOffsetCommit = defineHandler({
  api,
  versions: [0, 4],
  async handle(request, context) {
    const { broker, version } = context
    const nowMs = broker.clock.now()
    const offsets: PartitionCommit[] = []
    const topics = request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((p) => {
        const errorCode = offsetError(topic, p, broker)
        if (errorCode === errorCodes.NONE) offsets.push(committed(topic, p, nowMs))
        return { partition: p.partition, errorCode }
      }),
    }))
    const error = codeFor(await stored(request, offsets, context), version, codes)
    const told = topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((p) => (p.errorCode === errorCodes.NONE ? { ...p, errorCode: error } : p)),
    }))
    return { throttleTimeMs: 0, topics: told }
  },
})
