/** Which member a heartbeat speaks for, and whether it may: new ones, ones that come back, and ones that were taken for gone. */
import { KafkaFault } from '../../../protocol/error-codes.ts'
import { type Assignment, isWithin } from './assignment.ts'
import type { BeatAsk } from './beat.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import { AWAY, type ConsumerMember, LEAVING, memberStates, newMember } from './consumer-member.ts'

export interface Found {
  readonly before: ConsumerMember
  /** The static member whose place it takes. */
  readonly replaced: ConsumerMember | undefined
}

const found = (before: ConsumerMember): Found => ({ before, replaced: undefined })

/** A member may use its epoch, or the one before it if it missed an answer and has nothing that it should not have. */
const checkEpoch = (member: ConsumerMember, received: number, owned: Assignment | null): void => {
  if (received > member.epoch)
    throw new KafkaFault(
      'FENCED_MEMBER_EPOCH',
      `The consumer group member has a greater member epoch (${received}) than the one known by the group coordinator (${member.epoch}). The member must abandon all its partitions and rejoin.`,
    )
  const missedOne = received === member.previousEpoch && owned !== null && isWithin(owned, member.assigned)
  if (received < member.epoch && !missedOne)
    throw new KafkaFault(
      'FENCED_MEMBER_EPOCH',
      `The consumer group member has a smaller member epoch (${received}) than the one known by the group coordinator (${member.epoch}). The member must abandon all its partitions and rejoin.`,
    )
}

const unknown = (group: string, memberId: string): KafkaFault =>
  new KafkaFault('UNKNOWN_MEMBER_ID', `Member ${memberId} is not a member of group ${group}.`)

const dynamicMember = (group: ConsumerGroup, ask: BeatAsk, newId: () => string): Found => {
  const member = group.members.get(ask.memberId)
  if (ask.memberEpoch === 0) return found(member ?? newMember(ask.memberId === '' ? newId() : ask.memberId, undefined))
  if (member === undefined) throw unknown(ask.groupId, ask.memberId)
  if (ask.memberEpoch !== LEAVING) checkEpoch(member, ask.memberEpoch, ask.owned)
  return found(member)
}

const joinStatic = (group: ConsumerGroup, holder: ConsumerMember | undefined, ask: BeatAsk, id: string): Found => {
  const instanceId = ask.instanceId ?? undefined
  if (holder === undefined) return found(group.members.get(id) ?? newMember(id, instanceId))
  if (holder.id === id) return found({ ...holder, epoch: Math.max(0, holder.epoch) })
  if (holder.epoch !== AWAY)
    throw new KafkaFault(
      'UNRELEASED_INSTANCE_ID',
      `Static member ${id} with instance id ${instanceId ?? ''} cannot join the group because the instance id is owned by member ${holder.id} member.`,
    )
  const before = { ...holder, id, epoch: 0, previousEpoch: 0, state: memberStates.STABLE }
  return { before, replaced: holder }
}

const staticMember = (group: ConsumerGroup, ask: BeatAsk, newId: () => string): Found => {
  const instanceId = ask.instanceId ?? ''
  const holder = group.members.get(group.statics.get(instanceId) ?? '')
  if (ask.memberEpoch === 0) return joinStatic(group, holder, ask, ask.memberId === '' ? newId() : ask.memberId)
  if (holder === undefined) throw new KafkaFault('UNKNOWN_MEMBER_ID', `Instance id ${instanceId} is unknown.`)
  if (holder.id !== ask.memberId)
    throw new KafkaFault(
      'FENCED_INSTANCE_ID',
      `Static member ${ask.memberId} with instance id ${instanceId} was fenced by member ${holder.id}.`,
    )
  if (ask.memberEpoch > 0) checkEpoch(holder, ask.memberEpoch, ask.owned)
  return found(holder)
}

/** The member as it is, or as it comes. Throws KafkaFault. */
export const memberFor = (group: ConsumerGroup, ask: BeatAsk, newId: () => string): Found =>
  ask.instanceId === null ? dynamicMember(group, ask, newId) : staticMember(group, ask, newId)
