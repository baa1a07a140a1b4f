/**
 * How a group gets from one generation to the next: it gathers joins, chooses leader and protocol, waits for the leader's assignment, and lets go of
 * those who do not come back. Also the session of each member, by which the dead are found.
 */
import type { Clock } from '../../io/clock.ts'
import type { Log } from '../../base/log.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import type { Group } from './group.ts'
import { type Joined, joinFailed, type Member, syncFailed } from './member.ts'

/** How long a join that has never been in a generation may be held, so that ghosts of impatient clients go away. */
const NEW_MEMBER_MS_MAX = 5 * 60_000
/** Members may ask for no time at all; timers do not. */
const REBALANCE_MS_MIN = 100

export interface RebalanceOptions {
  readonly clock: Clock
  readonly log: Log
  /** group.initial.rebalance.delay.ms */
  readonly initialDelayMs: number
  /** Called when the last member has left, so that the group is stored as empty. */
  readonly onEmpty: (group: Group) => void
}

export class Rebalancer {
  readonly #options: RebalanceOptions
  readonly #clock: Clock

  constructor(options: RebalanceOptions) {
    this.#options = options
    this.#clock = options.clock
  }

  /** The member was heard of: its session begins anew. */
  heard(group: Group, member: Member): void {
    const waits = member.isNew && member.join !== undefined
    const allowedMs = waits ? NEW_MEMBER_MS_MAX : member.sessionTimeoutMs
    member.deadlineMs = this.#clock.monotonic() + allowedMs
    // A timer that is due earlier finds the new deadline by itself; one that is due later would be too late.
    if (member.session === undefined || member.deadlineMs < member.sessionDueMs) this.#watch(group, member, allowedMs)
  }

  /** Takes a member out, answers what it still waits for with `error`, and lets the others go on without it. */
  remove(group: Group, member: Member, error: number, why: string): void {
    this.forget(member)
    group.remove(member)
    member.answerJoin(joinFailed(error, member.id))
    member.answerSync(syncFailed(error))
    if (group.state === 'Stable' || group.state === 'CompletingRebalance') this.begin(group, why)
    else if (group.state === 'PreparingRebalance') this.completeIfAllJoined(group)
  }

  /** Ends a member's session without a word. */
  forget(member: Member): void {
    member.session?.[Symbol.dispose]()
    member.session = undefined
  }

  /** Calls everybody to join again. */
  begin(group: Group, why: string): void {
    if (group.state === 'PreparingRebalance' || group.state === 'Dead') return
    if (group.state === 'CompletingRebalance') refuseSyncs(group)
    const delayMs = group.state === 'Empty' ? this.#options.initialDelayMs : 0
    group.stopTimer()
    group.enter('PreparingRebalance', this.#clock.now())
    this.#options.log.debug(`Group ${group.id} rebalances after generation ${group.generation}: ${why}`)
    group.gathering = delayMs > 0
    group.newcomer = false
    if (group.gathering) this.#gather(group, delayMs, group.rebalanceTimeoutMs - delayMs)
    else if (group.allJoined) this.#complete(group)
    else this.#completeLater(group)
  }

  /** Ends the gathering when nobody is left to wait for. */
  completeIfAllJoined(group: Group): void {
    if (group.state === 'PreparingRebalance' && group.allJoined && !group.gathering) this.#complete(group)
  }

  /** The member has its assignment. */
  synced(group: Group, member: Member): void {
    member.synced = true
    this.heard(group, member)
    for (const other of group.members.values()) if (!other.synced) return
    group.stopTimer()
  }

  /** What a member is told of the generation that holds now. */
  answerFor(group: Group, member: Member): Joined {
    return {
      error: errorCodes.NONE,
      memberId: member.id,
      generation: group.generation,
      protocolType: group.protocolType,
      protocolName: group.protocolName,
      leaderId: group.leaderId ?? '',
      skipAssignment: false,
      members: group.leaderId === member.id ? membersOf(group) : [],
    }
  }

  #watch(group: Group, member: Member, delayMs: number): void {
    this.forget(member)
    member.sessionDueMs = this.#clock.monotonic() + delayMs
    member.session = this.#clock.after(Math.max(1, delayMs), () => {
      member.session = undefined
      const leftMs = member.deadlineMs - this.#clock.monotonic()
      const held = member.sync !== undefined || (member.join !== undefined && !member.isNew)
      if (leftMs > 0) this.#watch(group, member, leftMs)
      else if (held) this.#watch(group, member, member.sessionTimeoutMs)
      else this.remove(group, member, errorCodes.UNKNOWN_MEMBER_ID, `member ${member.id} was not heard of in time`)
    })
  }

  /** The first rebalance of an empty group waits for more, and longer while more come. */
  #gather(group: Group, delayMs: number, remainingMs: number): void {
    group.timer = this.#clock.after(delayMs, () => {
      if (group.newcomer && remainingMs > 0) {
        group.newcomer = false
        const nextMs = Math.min(this.#options.initialDelayMs, remainingMs)
        this.#gather(group, nextMs, remainingMs - nextMs)
      } else this.#complete(group)
    })
  }

  #completeLater(group: Group): void {
    const delayMs = Math.max(REBALANCE_MS_MIN, group.rebalanceTimeoutMs)
    group.timer = this.#clock.after(delayMs, () => this.#complete(group))
  }

  #complete(group: Group): void {
    group.stopTimer()
    group.gathering = group.newcomer = false
    for (const member of group.members.values()) if (member.join === undefined && member.instanceId === undefined) this.#drop(group, member) // prettier-ignore
    if (!electLeader(group)) return this.#completeLater(group)
    group.generation++
    if (group.members.size === 0) {
      group.protocolName = undefined
      group.enter('Empty', this.#clock.now())
      this.#options.onEmpty(group)
      return
    }
    group.protocolName = group.chooseProtocol()
    group.enter('CompletingRebalance', this.#clock.now())
    for (const member of group.members.values()) {
      member.synced = member.isNew = false
      member.answerJoin(this.answerFor(group, member))
      this.heard(group, member)
    }
    this.#awaitSyncs(group)
  }

  #drop(group: Group, member: Member): void {
    this.forget(member)
    group.remove(member)
  }

  /** Members that never fetch their assignment must not hold partitions. */
  #awaitSyncs(group: Group): void {
    const delayMs = Math.max(REBALANCE_MS_MIN, group.rebalanceTimeoutMs)
    group.timer = this.#clock.after(delayMs, () => {
      const missing = [...group.members.values()].filter((member) => !member.synced && member.sync === undefined)
      for (const member of missing) this.#drop(group, member)
      if (missing.length > 0) this.begin(group, `${missing.length} members did not sync in time`)
    })
  }
}

/** Whether the group has a leader that came back; where it had to be another, that one is chosen. An empty group needs none. */
const electLeader = (group: Group): boolean => {
  if (group.members.size === 0 || group.members.get(group.leaderId ?? '')?.join !== undefined) return true
  for (const member of group.members.values()) {
    if (member.join === undefined) continue
    group.leaderId = member.id
    return true
  }
  return false
}

const refuseSyncs = (group: Group): void => {
  for (const member of group.members.values()) {
    member.assignment = Buffer.alloc(0)
    member.answerSync(syncFailed(errorCodes.REBALANCE_IN_PROGRESS))
  }
}

/** What the leader is told of all members. */
export const membersOf = (group: Group): Joined['members'] =>
  [...group.members.values()].map((member) => ({
    memberId: member.id,
    groupInstanceId: member.instanceId ?? null,
    protocolMetadata: member.metadataFor(group.protocolName),
  }))
