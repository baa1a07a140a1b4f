/**
 * The next step of one member towards its target: first it gives up what it shall not have and says so, then its epoch goes up and it is given what
 * is free; what others still hold comes later. So no partition is ever in two hands.
 */
import { type Assignment, filtered, has, isSame, nothing, overlaps, union } from './assignment.ts'
import { type ConsumerMember, memberStates } from './consumer-member.ts'

export interface Course {
  readonly target: Assignment
  /** The epoch of the target. */
  readonly epoch: number
  /** What the member says that it has; undefined where it did not say. */
  readonly owned: Assignment | undefined
  isFree(topicId: string, partition: number): boolean
}

/** Whether the member still has, as far as it told, some of these. */
const stillHas = (owned: Assignment | undefined, partitions: Assignment): boolean =>
  owned === undefined || overlaps(owned, partitions)

const withEpoch = (member: ConsumerMember, epoch: number): ConsumerMember =>
  epoch === member.epoch ? member : { ...member, epoch, previousEpoch: member.epoch }

const advance = (member: ConsumerMember, epoch: number, course: Course): ConsumerMember => {
  const { target, owned } = course
  const kept = filtered(member.assigned, (topicId, partition) => has(target, topicId, partition))
  const surplus = filtered(member.assigned, (topicId, partition) => !has(target, topicId, partition))
  if (surplus.size > 0 && stillHas(owned, surplus))
    return { ...withEpoch(member, epoch), state: memberStates.UNREVOKED, assigned: kept, revoking: surplus }
  const wanted = filtered(target, (topicId, partition) => !has(kept, topicId, partition))
  const given = filtered(wanted, (topicId, partition) => course.isFree(topicId, partition))
  let isComplete = true
  for (const [topicId, partitions] of wanted) if (given.get(topicId)?.size !== partitions.size) isComplete = false
  const state = isComplete ? memberStates.STABLE : memberStates.UNRELEASED
  return { ...withEpoch(member, course.epoch), state, assigned: union(kept, given), revoking: nothing }
}

/** The member after this step; the same one where nothing has come of it. */
export const reconcile = (member: ConsumerMember, course: Course): ConsumerMember => {
  const after = step(member, course)
  const same = after.state === member.state && after.epoch === member.epoch && isSame(after.assigned, member.assigned) && isSame(after.revoking, member.revoking) // prettier-ignore
  return same ? member : after
}

const step = (member: ConsumerMember, course: Course): ConsumerMember => {
  if (member.state === memberStates.STABLE)
    return member.epoch === course.epoch ? member : advance(member, member.epoch, course)
  if (member.state === memberStates.UNRELEASED) return advance(member, member.epoch, course)
  if (stillHas(course.owned, member.revoking)) return member
  return advance(member, member.epoch + 1, course)
}
