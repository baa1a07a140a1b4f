/** One member of a group: what it said when it joined, what it was assigned, and which of its requests are held. */
export interface Protocol {
  readonly name: string
  /** Opaque to the broker. */
  readonly metadata: Buffer
}

/** The answer to a join. On an error the other fields are empty. */
export interface Joined {
  readonly error: number
  readonly memberId: string
  readonly generation: number
  readonly protocolType: string | undefined
  readonly protocolName: string | undefined
  readonly leaderId: string
  readonly skipAssignment: boolean
  readonly members: readonly { readonly memberId: string; readonly groupInstanceId: string | null; readonly protocolMetadata: Buffer }[] // prettier-ignore
}

/** The answer to a sync. */
export interface Synced {
  readonly error: number
  readonly protocolType: string | undefined
  readonly protocolName: string | undefined
  readonly assignment: Buffer
}

export interface MemberFacts {
  readonly id: string
  /** Set for static members. */
  readonly instanceId: string | undefined
  readonly clientId: string
  /** As Java writes it: `/127.0.0.1`. */
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  readonly protocols: readonly Protocol[]
}

const noBytes = Buffer.alloc(0)

export class Member {
  readonly id: string
  readonly instanceId: string | undefined
  readonly clientId: string
  readonly clientHost: string
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  readonly protocolType: string
  protocols: readonly Protocol[]
  assignment: Buffer = noBytes
  /** Answers the join that is held. */
  join: ((answer: Joined) => void) | undefined
  /** Answers the sync that is held. */
  sync: ((answer: Synced) => void) | undefined
  /** It has synced in this generation. */
  synced = false
  /** It has never been part of a generation. */
  isNew = true
  /** On the monotonic clock: when it counts as dead. */
  deadlineMs = 0
  session: Disposable | undefined
  /** On the monotonic clock: when `session` looks at the deadline. */
  sessionDueMs = 0

  constructor(facts: MemberFacts) {
    this.id = facts.id
    this.instanceId = facts.instanceId
    this.clientId = facts.clientId
    this.clientHost = facts.clientHost
    this.sessionTimeoutMs = facts.sessionTimeoutMs
    this.rebalanceTimeoutMs = facts.rebalanceTimeoutMs
    this.protocolType = facts.protocolType
    this.protocols = facts.protocols
  }

  supports(protocol: string): boolean {
    return this.protocols.some(({ name }) => name === protocol)
  }

  /** What it told the others for this protocol. */
  metadataFor(protocol: string | undefined): Buffer {
    return this.protocols.find(({ name }) => name === protocol)?.metadata ?? noBytes
  }

  /** Whether it says the same as when it last joined. */
  matches(protocols: readonly Protocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every(({ name, metadata }, i) => name === this.protocols[i]?.name && metadata.equals(this.protocols[i].metadata)) // prettier-ignore
    )
  }

  /** Answers a held join, if there is one. */
  answerJoin(answer: Joined): void {
    const join = this.join
    this.join = undefined
    join?.(answer)
  }

  /** Answers a held sync, if there is one. */
  answerSync(answer: Synced): void {
    const sync = this.sync
    this.sync = undefined
    sync?.(answer)
  }
}

/** The answer to a join that failed. */
export const joinFailed = (error: number, memberId: string): Joined => ({
  error,
  memberId,
  generation: -1,
  protocolType: undefined,
  protocolName: undefined,
  leaderId: '',
  skipAssignment: false,
  members: [],
})

/** The answer to a sync that failed. */
export const syncFailed = (error: number): Synced => ({
  error,
  protocolType: undefined,
  protocolName: undefined,
  assignment: noBytes,
})
