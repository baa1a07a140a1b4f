/** OffsetCommit: who may commit for a group, and how what it commits is stored and remembered. */
import { errorCodes } from '../../protocol/error-codes.ts'
import type { CommittedOffset } from './committed.ts'
import type { Group } from './group.ts'
import { offsetKey, offsetValue } from './group-records.ts'
import { identify } from './join.ts'
import type { MemberName } from './membership.ts'
import type { OffsetsTopic, StoredRecord } from './offsets-topic.ts'
import type { Rebalancer } from './rebalance.ts'
import { storageError } from './sync.ts'

export interface CommitAsk extends MemberName {
  readonly groupId: string
  /** -1 for a client that is no member: a simple consumer, or a reset by hand. */
  readonly generation: number
  readonly offsets: readonly PartitionCommit[]
}

export interface PartitionCommit extends CommittedOffset {
  readonly topic: string
  readonly partition: number
}

/** NONE, or why this client may not commit for this group. */
export const commitRefusal = (group: Group, ask: CommitAsk, rebalancer: Rebalancer): number => {
  if (group.state === 'Dead') return errorCodes.COORDINATOR_NOT_AVAILABLE
  const claimsMembership = ask.generation >= 0 || ask.memberId !== '' || ask.instanceId !== undefined
  if (group.state === 'Empty' && ask.generation < 0 && ask.instanceId === undefined) return errorCodes.NONE
  if (!claimsMembership) return errorCodes.UNKNOWN_MEMBER_ID
  const error = identify(group, ask.memberId, ask.instanceId)
  const member = group.members.get(ask.memberId)
  if (error !== errorCodes.NONE || member === undefined) return error
  if (ask.generation !== group.generation) return errorCodes.ILLEGAL_GENERATION
  if (group.state === 'CompletingRebalance') return errorCodes.REBALANCE_IN_PROGRESS
  rebalancer.heard(group, member)
  return errorCodes.NONE
}

/** Stores offsets and remembers them; gives NONE, or the error for all of them, later where the flush policy says so. */
export const commit = (group: Group, ask: CommitAsk, topic: OffsetsTopic): number | Promise<number> => {
  if (ask.offsets.length === 0) return errorCodes.NONE
  const records = ask.offsets.map((o): StoredRecord => ({
    key: offsetKey(group.id, o.topic, o.partition),
    value: offsetValue(o),
  }))
  try {
    const stored = topic.append(group.id, records)
    for (const { topic, partition, ...offset } of ask.offsets) group.committed.set(topic, partition, offset)
    return stored === undefined ? errorCodes.NONE : stored.then(() => errorCodes.NONE, storageError)
  } catch (thrown) {
    return storageError(thrown)
  }
}
