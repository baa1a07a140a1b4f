/** OffsetCommit and OffsetDelete: who may commit for a group, how what it commits is stored and remembered, and what may be forgotten by hand. */
import type { Clock } from '../../io/clock.ts'
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import type { StoredRecord } from '../topics/internal-topic.ts'
import type { PartitionCommit, PartitionName } from './committed-offset.ts'
import { consumerCommitRefusal } from './consumer/commit-check.ts'
import { CONSUMER, type Group } from './group.ts'
import { offsetKey, offsetValue } from './group-records.ts'
import type { GroupStore } from './group-store.ts'
import { identify } from './join.ts'
import type { MemberName } from './membership.ts'
import type { Rebalancer } from './rebalance.ts'
import { storageError } from './storage-error.ts'

export interface CommitAsk extends MemberName {
  readonly groupId: string
  /** -1 for a client that is no member: a simple consumer, or a reset by hand. The member epoch in a group of the newer protocol. */
  readonly generation: number
  /** The version of the API: what a client may be told. */
  readonly version: number
  readonly offsets: readonly PartitionCommit[]
}

/** NONE, or why this client may not commit for this group. */
export const commitRefusal = (group: Group, ask: Omit<CommitAsk, 'offsets'>, rebalancer: Rebalancer): number => {
  if (group.state === 'Dead') return errorCodes.COORDINATOR_NOT_AVAILABLE
  if (group.consumer !== undefined)
    return consumerCommitRefusal(group.consumer, { memberId: ask.memberId, epoch: ask.generation }, ask.version)
  const claimsMembership = ask.generation >= 0 || ask.memberId !== '' || ask.instanceId !== undefined
  if (group.state === 'Empty' && ask.generation < 0) return errorCodes.NONE
  if (!claimsMembership) return errorCodes.UNKNOWN_MEMBER_ID
  const error = identify(group, ask.memberId, ask.instanceId)
  const member = group.members.get(ask.memberId)
  if (error !== errorCodes.NONE || member === undefined) return error
  if (ask.generation !== group.generation) return errorCodes.ILLEGAL_GENERATION
  if (group.state === 'CompletingRebalance') return errorCodes.REBALANCE_IN_PROGRESS
  rebalancer.heard(group, member)
  return errorCodes.NONE
}

/** The error for clients when offsets could not be stored. */
const commitError = (thrown: unknown): number => {
  const error = storageError(thrown)
  return error === errorCodes.UNKNOWN_SERVER_ERROR ? errorCodes.INVALID_COMMIT_OFFSET_SIZE : error
}

/** Resolves or rejects as `promised` does; rejects with REQUEST_TIMED_OUT when that takes longer than `ms`. */
const within = (clock: Clock, ms: number, promised: Promise<void>): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => reject(new KafkaFault('REQUEST_TIMED_OUT')))
    promised.then(resolve, reject).finally(() => timer[Symbol.dispose]())
  })

/**
 * Stores offsets and remembers them; gives NONE, or the error for all of them. Where the flush policy promises a sync, the answer comes after it, or
 * after `timeoutMs`, and the offsets are remembered only once they are on disk.
 */
export const commit = (
  group: Group,
  offsets: readonly PartitionCommit[],
  store: GroupStore,
  timeoutMs: number,
): number | Promise<number> => {
  if (offsets.length === 0) return errorCodes.NONE
  const records = offsets.map((o): StoredRecord => ({
    key: offsetKey(group.id, o.topic, o.partition),
    value: offsetValue(o),
  }))
  const { committed } = group
  try {
    const stored = store.append(group, records)
    if (stored === undefined) {
      committed.setAll(offsets)
      return errorCodes.NONE
    }
    const promised = committed.promise(offsets)
    const settled = stored.then(
      () => committed.settle(promised, true),
      (thrown: unknown) => {
        committed.settle(promised, false)
        throw thrown
      },
    )
    return within(store.clock, timeoutMs, settled).then(() => errorCodes.NONE, commitError)
  } catch (thrown) {
    return commitError(thrown)
  }
}

/** The error for the whole request of OffsetDelete, and for each partition. */
export interface OffsetsDeleted {
  readonly error: number
  readonly partitions: readonly number[]
}

/** Forgets offsets by hand: not those of topics that the group reads. */
export const deleteOffsets = (
  group: Group,
  partitions: readonly PartitionName[],
  store: GroupStore,
): OffsetsDeleted => {
  const refused = (error: number): OffsetsDeleted => ({ error, partitions: partitions.map(() => error) })
  if (group.state === 'Dead') return refused(errorCodes.GROUP_ID_NOT_FOUND)
  const subscribed = group.subscribedTopics()
  const reads = !group.isWithoutMembers
  if (reads && group.consumer === undefined && group.protocolType !== CONSUMER)
    return refused(errorCodes.NON_EMPTY_GROUP)
  const isRead = ({ topic }: PartitionName): boolean => subscribed?.has(topic) === true
  const known = ({ topic, partition }: PartitionName): boolean => group.committed.get(topic, partition) !== undefined
  const gone = partitions.filter((one) => !isRead(one) && known(one))
  if (!store.forgetOffsets(group, gone)) return refused(errorCodes.COORDINATOR_NOT_AVAILABLE)
  return {
    error: errorCodes.NONE,
    partitions: partitions.map((one) => (isRead(one) ? errorCodes.GROUP_SUBSCRIBED_TO_TOPIC : errorCodes.NONE)),
  }
}
