/** A ConsumerGroupHeartbeat: what it asks, what it is answered, and what is wrong with it in itself. */
import { KafkaFault } from '../../../protocol/error-codes.ts'
import type { Assignment } from './assignment.ts'
import { assignors } from './assignors.ts'
import { AWAY } from './consumer-member.ts'

export interface BeatAsk {
  readonly groupId: string
  /** Empty only in version 0 of a member that joins. */
  readonly memberId: string
  /** 0 to join, -1 to leave, -2 to go for a while as a static member, else the last one received. */
  readonly memberEpoch: number
  readonly instanceId: string | null
  readonly rackId: string | null
  /** -1 for unchanged; null likewise in what follows. */
  readonly rebalanceTimeoutMs: number
  readonly topics: readonly string[] | null
  readonly pattern: string | null
  readonly assignor: string | null
  readonly owned: Assignment | null
  readonly clientId: string
  readonly clientHost: string
  readonly version: number
}

export interface BeatAnswer {
  readonly memberId: string
  readonly memberEpoch: number
  /** Undefined for unchanged. */
  readonly assignment: Assignment | undefined
}

/** From this version on members make their own ids. */
const OWN_ID_SINCE = 1

const refuseEmpty = (value: string | null, says: string): void => {
  if (value?.trim() === '') throw new KafkaFault('INVALID_REQUEST', says)
}

const checkJoin = (ask: BeatAsk): void => {
  if (ask.rebalanceTimeoutMs === -1)
    throw new KafkaFault('INVALID_REQUEST', 'RebalanceTimeoutMs must be provided in first request.')
  if (ask.owned === null || ask.owned.size > 0)
    throw new KafkaFault('INVALID_REQUEST', 'TopicPartitions must be empty when (re-)joining.')
  if (ask.topics === null && ask.pattern === null)
    throw new KafkaFault('INVALID_REQUEST', 'Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.') // prettier-ignore
}

/** Throws KafkaFault where no group could take it. `known` are the assignors that may be asked for. */
export const checkBeat = (ask: BeatAsk, known: readonly string[]): void => {
  if (ask.version >= OWN_ID_SINCE || ask.memberEpoch !== 0) refuseEmpty(ask.memberId, "MemberId can't be empty.")
  refuseEmpty(ask.groupId, "GroupId can't be empty.")
  refuseEmpty(ask.instanceId, "InstanceId can't be empty.")
  refuseEmpty(ask.rackId, "RackId can't be empty.")
  if (ask.memberEpoch === 0) checkJoin(ask)
  if (ask.memberEpoch === AWAY && ask.instanceId === null)
    throw new KafkaFault('INVALID_REQUEST', "InstanceId can't be null.")
  if (ask.memberEpoch < AWAY)
    throw new KafkaFault(
      'INVALID_REQUEST',
      `MemberEpoch is ${ask.memberEpoch}, but must be greater than or equal to -2.`,
    )
  if (ask.assignor !== null && !(known.includes(ask.assignor) && Object.hasOwn(assignors, ask.assignor)))
    throw new KafkaFault('UNSUPPORTED_ASSIGNOR', `ServerAssignor ${ask.assignor} is not supported. Supported assignors: ${known.join(', ')}.`) // prettier-ignore
}
