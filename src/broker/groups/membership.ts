/** Heartbeat and LeaveGroup: staying in a group and going from it. */
import { errorCodes } from '../../protocol/error-codes.ts'
import type { Group } from './group.ts'
import { identify } from './join.ts'
import type { Rebalancer } from './rebalance.ts'

/** How a request names the member that it speaks for. */
export interface MemberName {
  readonly memberId: string
  readonly instanceId: string | undefined
}

/** The error to answer a heartbeat with; REBALANCE_IN_PROGRESS tells the member to join again. */
export const heartbeat = (group: Group, name: MemberName, generation: number, rebalancer: Rebalancer): number => {
  if (group.state === 'Dead') return errorCodes.COORDINATOR_NOT_AVAILABLE
  const error = identify(group, name.memberId, name.instanceId)
  const member = group.members.get(name.memberId)
  if (error !== errorCodes.NONE || member === undefined) return error
  if (generation !== group.generation) return errorCodes.ILLEGAL_GENERATION
  rebalancer.heard(group, member)
  return group.state === 'PreparingRebalance' ? errorCodes.REBALANCE_IN_PROGRESS : errorCodes.NONE
}

/** Takes one member out; a static one may be named by its instance id alone. Gives the error for it. */
export const leave = (group: Group, name: MemberName, why: string, rebalancer: Rebalancer): number => {
  if (group.state === 'Dead') return errorCodes.COORDINATOR_NOT_AVAILABLE
  const waiting = group.pending.get(name.memberId)
  if (waiting !== undefined) {
    waiting[Symbol.dispose]()
    group.pending.delete(name.memberId)
    rebalancer.completeIfAllJoined(group)
    return errorCodes.NONE
  }
  const byInstance = name.memberId === '' && name.instanceId !== undefined
  const id = byInstance ? (group.statics.get(name.instanceId) ?? '') : name.memberId
  const error = identify(group, id, name.instanceId)
  const member = group.members.get(id)
  if (error !== errorCodes.NONE || member === undefined) return error
  rebalancer.remove(group, member, errorCodes.UNKNOWN_MEMBER_ID, `member ${id} left${why === '' ? '' : `: ${why}`}`)
  return errorCodes.NONE
}
