/** One member of a group of the newer protocol: what it said of itself, and how far it is on its way to what it shall have. Never changed, only replaced. */
import type { Protocol } from '../member.ts'
import { type Assignment, nothing } from './assignment.ts'

/** As they are stored. */
export const memberStates = {
  /** It has what it shall have, as of its epoch. */
  STABLE: 0,
  /** It was told to give up partitions and has not said that it did. */
  UNREVOKED: 1,
  /** It waits for partitions that others have not given up yet. */
  UNRELEASED: 2,
} as const
export type MemberState = (typeof memberStates)[keyof typeof memberStates]

/** What a member brings that still speaks the classic protocol. */
export interface ClassicPart {
  readonly sessionTimeoutMs: number
  readonly protocols: readonly Protocol[]
}

export interface ConsumerMember {
  readonly id: string
  /** Set for static members. */
  readonly instanceId: string | undefined
  readonly rackId: string | undefined
  readonly clientId: string
  /** As Java writes it: `/127.0.0.1`. */
  readonly clientHost: string
  readonly rebalanceTimeoutMs: number
  /** The topics that it named. */
  readonly topics: readonly string[]
  /** The pattern of more topics; undefined or empty for none. */
  readonly pattern: string | undefined
  /** The assignor that it would like. */
  readonly assignor: string | undefined
  readonly epoch: number
  /** The epoch before, which a member still uses that missed the last answer. */
  readonly previousEpoch: number
  readonly state: MemberState
  /** What it has, or may take. */
  readonly assigned: Assignment
  /** What it has and must give up. */
  readonly revoking: Assignment
  /** Set as long as it speaks the classic protocol. */
  readonly classic: ClassicPart | undefined
}

/** The epoch of a static member that went away and will come back. */
export const AWAY = -2
/** The epoch with which a member leaves. */
export const LEAVING = -1

export const newMember = (id: string, instanceId: string | undefined): ConsumerMember => ({
  id,
  instanceId,
  rackId: undefined,
  clientId: '',
  clientHost: '',
  rebalanceTimeoutMs: -1,
  topics: [],
  pattern: undefined,
  assignor: undefined,
  epoch: 0,
  previousEpoch: -1,
  state: memberStates.STABLE,
  assigned: nothing,
  revoking: nothing,
  classic: undefined,
})
