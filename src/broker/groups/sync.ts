/** SyncGroup: the leader brings the assignment, which is stored before anybody gets a share of it. */
import { errorCodes } from '../../protocol/error-codes.ts'
import type { Group } from './group.ts'
import { identify } from './join.ts'
import { type Member, type Synced, syncFailed } from './member.ts'
import type { Rebalancer } from './rebalance.ts'
import { storageError } from './storage-error.ts'

/** A SyncGroup request. */
export interface SyncAsk {
  readonly groupId: string
  readonly memberId: string
  readonly instanceId: string | undefined
  readonly generation: number
  /** Undefined before version 5. */
  readonly protocolType: string | undefined
  readonly protocolName: string | undefined
  /** By member id; empty unless the leader asks. */
  readonly assignments: ReadonlyMap<string, Buffer>
}

export interface SyncWorld {
  readonly rebalancer: Rebalancer
  now(): number
  /** Stores the group as it is now; a promise where that takes longer. Throws or rejects with KafkaFault. */
  store(group: Group): Promise<void> | undefined
}

const refusal = (group: Group, ask: SyncAsk): number => {
  if (group.state === 'Dead') return errorCodes.COORDINATOR_NOT_AVAILABLE
  const error = identify(group, ask.memberId, ask.instanceId)
  if (error !== errorCodes.NONE) return error
  if (ask.generation !== group.generation) return errorCodes.ILLEGAL_GENERATION
  const otherType = ask.protocolType !== undefined && ask.protocolType !== group.protocolType
  const otherName = ask.protocolName !== undefined && ask.protocolName !== group.protocolName
  if (otherType || otherName) return errorCodes.INCONSISTENT_GROUP_PROTOCOL
  return group.state === 'PreparingRebalance' ? errorCodes.REBALANCE_IN_PROGRESS : errorCodes.NONE
}

/** Answers at once, or when the leader has synced. */
export const sync = (group: Group, ask: SyncAsk, world: SyncWorld): Synced | Promise<Synced> => {
  const error = refusal(group, ask)
  const member = group.members.get(ask.memberId)
  if (error !== errorCodes.NONE || member === undefined) return syncFailed(error)
  if (group.state === 'Stable') {
    world.rebalancer.synced(group, member)
    return shareOf(group, member)
  }
  member.answerSync(syncFailed(errorCodes.REBALANCE_IN_PROGRESS))
  return new Promise((resolve) => {
    member.sync = resolve
    world.rebalancer.heard(group, member)
    if (group.leaderId === member.id) assign(group, ask, world)
  })
}

const shareOf = (group: Group, member: Member): Synced => ({
  error: errorCodes.NONE,
  protocolType: group.protocolType,
  protocolName: group.protocolName,
  assignment: member.assignment,
})

const assign = (group: Group, ask: SyncAsk, world: SyncWorld): void => {
  for (const member of group.members.values()) member.assignment = Buffer.from(ask.assignments.get(member.id) ?? [])
  const generation = group.generation
  const current = (): boolean => group.state === 'CompletingRebalance' && group.generation === generation
  const fail = (thrown: unknown): void => {
    const error = storageError(thrown)
    if (current()) giveUp(group, error, world)
  }
  try {
    const stored = world.store(group)
    if (stored === undefined) settle(group, world)
    else stored.then(() => (current() ? settle(group, world) : undefined), fail)
  } catch (thrown) {
    fail(thrown)
  }
}

const settle = (group: Group, world: SyncWorld): void => {
  group.enter('Stable', world.now())
  for (const member of group.members.values()) {
    if (member.sync === undefined) continue
    member.answerSync(shareOf(group, member))
    world.rebalancer.synced(group, member)
  }
}

const giveUp = (group: Group, error: number, { rebalancer }: SyncWorld): void => {
  for (const member of group.members.values()) {
    member.assignment = Buffer.alloc(0)
    member.answerSync(syncFailed(error))
  }
  rebalancer.begin(group, 'its assignment could not be stored')
}
