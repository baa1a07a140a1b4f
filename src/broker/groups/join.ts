/** JoinGroup: who may come into a group, who gets an id first, and when the others are called together for it. */
import { errorCodes } from '../../protocol/error-codes.ts'
import type { Group } from './group.ts'
import { type Joined, joinFailed, Member, type Protocol } from './member.ts'
import { membersOf, type Rebalancer } from './rebalance.ts'
import { storageError } from './storage-error.ts'

/** A JoinGroup request. */
export interface JoinAsk {
  readonly groupId: string
  /** Empty for a new member. */
  readonly memberId: string
  readonly instanceId: string | undefined
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  readonly protocols: readonly Protocol[]
  /** From version 4 on: a new dynamic member is given an id and comes again with it. */
  readonly takesIdFirst: boolean
  /** From version 9 on: a leader can be told to keep the assignment. */
  readonly canSkipAssignment: boolean
}

export interface JoinWorld {
  readonly rebalancer: Rebalancer
  readonly groupSizeMax: number
  newId(prefix: string): string
  /** Calls `forget` after `ms`. */
  later(ms: number, forget: () => void): Disposable
  /** Stores the group as it is now; a promise where that takes longer. Throws or rejects with KafkaFault. */
  store(group: Group): Promise<void> | undefined
}

type Answered = Joined | Promise<Joined>

/** Joins a group that exists; `error` answers come at once, the others when the rebalance ends. */
export const join = (group: Group, ask: JoinAsk, world: JoinWorld): Answered => {
  if (group.state === 'Dead') return joinFailed(errorCodes.COORDINATOR_NOT_AVAILABLE, ask.memberId)
  if (!hasRoom(group, ask, world)) return joinFailed(errorCodes.GROUP_MAX_SIZE_REACHED, ask.memberId)
  const replaced = ask.instanceId === undefined ? undefined : group.statics.get(ask.instanceId)
  if (!group.accepts(ask.protocolType, ask.protocols, ask.memberId === '' ? replaced : ask.memberId))
    return joinFailed(errorCodes.INCONSISTENT_GROUP_PROTOCOL, ask.memberId)
  return ask.memberId === '' ? joinNew(group, ask, world) : joinKnown(group, ask, world)
}

/** Ids that one group has given out and that nobody has come back with yet. */
const pendingMax = 10_000

const hasRoom = (group: Group, ask: JoinAsk, { groupSizeMax }: JoinWorld): boolean => {
  const member = group.members.get(ask.memberId)
  if (group.state === 'Empty') return true
  if (group.state === 'PreparingRebalance') return member?.join !== undefined || group.joinedCount < groupSizeMax
  return member !== undefined || group.members.size < groupSizeMax
}

const joinNew = (group: Group, ask: JoinAsk, world: JoinWorld): Answered => {
  const id = world.newId(ask.instanceId ?? ask.clientId)
  if (ask.instanceId !== undefined) {
    const oldId = group.statics.get(ask.instanceId)
    const old = oldId === undefined ? undefined : group.members.get(oldId)
    return old === undefined ? admit(group, id, ask, world) : replace(group, old, id, ask, world)
  }
  if (!ask.takesIdFirst) return admit(group, id, ask, world)
  const forget = (): void => {
    group.pending.delete(id)
    world.rebalancer.completeIfAllJoined(group)
  }
  if (group.pending.size >= pendingMax) forgetOldest(group)
  group.pending.set(id, world.later(ask.sessionTimeoutMs, forget))
  return joinFailed(errorCodes.MEMBER_ID_REQUIRED, id)
}

/** Who was told to come back and is forgotten gets another id when it does. */
const forgetOldest = ({ pending }: Group): void => {
  for (const [id, waiting] of pending) {
    waiting[Symbol.dispose]()
    pending.delete(id)
    return
  }
}

const joinKnown = (group: Group, ask: JoinAsk, world: JoinWorld): Answered => {
  const waiting = group.pending.get(ask.memberId)
  if (waiting !== undefined) {
    waiting[Symbol.dispose]()
    group.pending.delete(ask.memberId)
    return admit(group, ask.memberId, ask, world)
  }
  const error = identify(group, ask.memberId, ask.instanceId)
  const member = group.members.get(ask.memberId)
  if (error !== errorCodes.NONE || member === undefined) return joinFailed(error, ask.memberId)
  const unchanged = member.matches(ask.protocols)
  const settled = group.state === 'CompletingRebalance' || (group.state === 'Stable' && group.leaderId !== member.id)
  if (settled && unchanged) {
    world.rebalancer.heard(group, member)
    return world.rebalancer.answerFor(group, member)
  }
  return rejoin(group, member, ask, world)
}

/** NONE, or why this is not a member that may speak: fenced by another with its instance id, or unknown. */
export const identify = (group: Group, memberId: string, instanceId: string | undefined): number => {
  if (instanceId !== undefined) {
    const holder = group.statics.get(instanceId)
    if (holder === undefined) return errorCodes.UNKNOWN_MEMBER_ID
    if (holder !== memberId) return errorCodes.FENCED_INSTANCE_ID
  }
  return group.members.has(memberId) ? errorCodes.NONE : errorCodes.UNKNOWN_MEMBER_ID
}

/** Holds the join until the rebalance ends. One that was held before for the same member is told to come again. */
const held = (member: Member, start: () => void): Promise<Joined> => {
  member.answerJoin(joinFailed(errorCodes.REBALANCE_IN_PROGRESS, member.id))
  return new Promise((resolve) => {
    member.join = resolve
    start()
  })
}

const admit = (group: Group, id: string, ask: JoinAsk, world: JoinWorld): Promise<Joined> => {
  const member = new Member({ ...ask, id })
  if (group.state === 'Empty') group.protocolType = ask.protocolType
  return held(member, () => {
    group.add(member)
    if (group.gathering) group.newcomer = true
    world.rebalancer.heard(group, member)
    callTogether(group, `${id} joined`, world)
  })
}

const rejoin = (group: Group, member: Member, ask: JoinAsk, world: JoinWorld): Promise<Joined> =>
  held(member, () => {
    update(member, ask)
    world.rebalancer.heard(group, member)
    callTogether(group, `${member.id} joined again`, world)
  })

const update = (member: Member, ask: JoinAsk): void => {
  member.protocols = ask.protocols
  member.sessionTimeoutMs = ask.sessionTimeoutMs
  member.rebalanceTimeoutMs = ask.rebalanceTimeoutMs
}

const callTogether = (group: Group, why: string, { rebalancer }: JoinWorld): void => {
  if (group.state === 'PreparingRebalance') rebalancer.completeIfAllJoined(group)
  else rebalancer.begin(group, why)
}

/** A static member came back under a new id: it keeps its place, and whoever still uses the old id is fenced. */
const replace = (group: Group, old: Member, id: string, ask: JoinAsk, world: JoinWorld): Answered => {
  const formerLeader = group.leaderId
  const member = takePlace(group, old, id, ask, world)
  const keeps = group.state === 'Stable' && group.chooseProtocol() === group.protocolName
  if (!keeps) return held(member, () => callTogether(group, `static member ${id} came back`, world))
  const answer = keptPlace(group, member, ask, { ...world, formerLeader })
  const failed = (thrown: unknown): Joined => joinFailed(storageError(thrown), id)
  return world.store(group)?.then(() => answer, failed) ?? answer
}

/** No rebalance is needed; a leader must not assign anew, and is told so in the words that its version has for it. */
const keptPlace = (
  group: Group,
  member: Member,
  ask: JoinAsk,
  { rebalancer, formerLeader }: JoinWorld & { readonly formerLeader: string | undefined },
): Joined => {
  const answer = rebalancer.answerFor(group, member)
  if (group.leaderId !== member.id) return answer
  return ask.canSkipAssignment
    ? { ...answer, skipAssignment: true, members: membersOf(group) }
    : { ...answer, leaderId: formerLeader ?? '', members: [] }
}

const takePlace = (group: Group, old: Member, id: string, ask: JoinAsk, world: JoinWorld): Member => {
  const member = new Member({ ...ask, id })
  member.assignment = old.assignment
  member.synced = old.synced
  member.isNew = false
  const led = group.leaderId === old.id
  world.rebalancer.forget(old)
  group.remove(old)
  old.answerJoin(joinFailed(errorCodes.FENCED_INSTANCE_ID, old.id))
  old.answerSync({
    error: errorCodes.FENCED_INSTANCE_ID,
    protocolType: undefined,
    protocolName: undefined,
    assignment: Buffer.alloc(0),
  })
  group.add(member)
  if (led) group.leaderId = id
  world.rebalancer.heard(group, member)
  return member
}
