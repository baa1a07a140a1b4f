/** Who may commit or fetch offsets for a group of the newer protocol: its members, with their epoch, and, while it has none, everybody. */
import { errorCodes } from '../../../protocol/error-codes.ts'
import type { ConsumerGroup } from './consumer-group.ts'

/** From this version of OffsetCommit on clients know what an epoch is. */
const EPOCHS_SINCE = 9

export interface EpochClaim {
  readonly memberId: string
  readonly epoch: number
}

const check = (group: ConsumerGroup, { memberId, epoch }: EpochClaim): number => {
  const member = group.members.get(memberId)
  if (member === undefined) return errorCodes.UNKNOWN_MEMBER_ID
  if (member.epoch === epoch) return errorCodes.NONE
  return member.classic === undefined ? errorCodes.STALE_MEMBER_EPOCH : errorCodes.ILLEGAL_GENERATION
}

/** NONE, or why this client may not commit. */
export const consumerCommitRefusal = (group: ConsumerGroup, claim: EpochClaim, version: number): number => {
  if (claim.epoch < 0 && group.members.size === 0) return errorCodes.NONE
  const member = group.members.get(claim.memberId)
  if (version < EPOCHS_SINCE && member !== undefined && member.classic === undefined)
    return errorCodes.UNSUPPORTED_VERSION
  return check(group, claim)
}

/** The same inside a transaction, in the words that transactional clients know. */
export const consumerTransactionRefusal = (group: ConsumerGroup, claim: EpochClaim): number => {
  if (claim.epoch < 0 && (group.members.size === 0 || claim.memberId === '')) return errorCodes.NONE
  const error = check(group, claim)
  return error === errorCodes.STALE_MEMBER_EPOCH ? errorCodes.ILLEGAL_GENERATION : error
}

/** NONE, or why this client may not be told; who does not say that it is a member may always ask. */
export const consumerFetchRefusal = (group: ConsumerGroup, memberId: string | null, epoch: number): number =>
  memberId === null && epoch < 0 ? errorCodes.NONE : check(group, { memberId: memberId ?? '', epoch })
