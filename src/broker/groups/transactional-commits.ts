/** TxnOffsetCommit: who may commit for a group inside a transaction, and how that is stored: as records of the transaction, unseen until it is committed. */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import type { CommitAsk } from './commits.ts'
import type { PartitionCommit } from './committed-offset.ts'
import { consumerTransactionRefusal } from './consumer/commit-check.ts'
import type { Group } from './group.ts'
import { offsetKey, offsetValue } from './group-records.ts'
import type { GroupStore } from './group-store.ts'
import { identify } from './join.ts'
import { storageError } from './storage-error.ts'

export interface TransactionalCommitAsk extends Omit<CommitAsk, 'version'> {
  readonly producerId: number
  readonly producerEpoch: number
}

/** NONE, or why this client may not commit for this group. Clients of the older versions say nothing of a membership, and may. */
export const transactionalRefusal = (group: Group, ask: TransactionalCommitAsk): number => {
  if (group.state === 'Dead') return errorCodes.COORDINATOR_NOT_AVAILABLE
  if (group.consumer !== undefined)
    return consumerTransactionRefusal(group.consumer, { memberId: ask.memberId, epoch: ask.generation })
  const claimsMembership = ask.generation >= 0 || ask.memberId !== '' || ask.instanceId !== undefined
  if (!claimsMembership || (group.state === 'Empty' && ask.generation < 0)) return errorCodes.NONE
  const error = identify(group, ask.memberId, ask.instanceId)
  if (error !== errorCodes.NONE) return error
  return ask.generation === group.generation ? errorCodes.NONE : errorCodes.ILLEGAL_GENERATION
}

/** The error for clients when offsets could not be stored. One that is shut out is told so. */
const commitError = (thrown: unknown): number => {
  const isFenced = thrown instanceof KafkaFault && thrown.code === errorCodes.INVALID_PRODUCER_EPOCH
  return isFenced ? thrown.code : storageError(thrown)
}

/** Stores offsets of a transaction; gives NONE, or the error for all of them. */
export const commitInTransaction = async (
  group: Group,
  { offsets, producerId, producerEpoch }: TransactionalCommitAsk,
  store: GroupStore,
): Promise<number> => {
  if (offsets.length === 0) return errorCodes.NONE
  const records = offsets.map((o: PartitionCommit) => ({
    key: offsetKey(group.id, o.topic, o.partition),
    value: offsetValue(o),
  }))
  try {
    const flushed = store.topic.append(group.id, records, { isTransactional: true, producerId, producerEpoch })
    store.holdBack(group, producerId, offsets)
    await flushed
    return errorCodes.NONE
  } catch (thrown) {
    return commitError(thrown)
  }
}
