/** What an assignor is told and what it gives; the assignors themselves are listed in assignors.ts. */
import type { Assignment } from './assignment.ts'

export interface AssignorMember {
  readonly id: string
  readonly instanceId: string | undefined
  readonly topicIds: readonly string[]
  /** What it was to have until now. */
  readonly target: Assignment
}

export interface AssignorInput {
  readonly members: readonly AssignorMember[]
  /** Number of partitions by topic id; every topic that a member reads is there. */
  readonly partitions: ReadonlyMap<string, number>
}

/** What each member shall have, by member id. */
export type Assignor = (input: AssignorInput) => Map<string, Assignment>
