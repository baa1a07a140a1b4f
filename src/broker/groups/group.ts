/**
 * A consumer group, as the classic protocol has it: who is in it, which generation they share, and what they have committed. Here stand the facts and the
 * questions about them; who may change what and when stands in join.ts, sync.ts, membership.ts and rebalance.ts.
 */
import { decodeSubscription } from '../../protocol/consumer-protocol.ts'
import { Malformed } from '../../protocol/malformed.ts'
import { Committed } from './committed.ts'
import type { ConsumerGroup } from './consumer/consumer-group.ts'
import type { Member, Protocol } from './member.ts'

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

/** The protocol type of groups that read topics; Connect and others have their own, of which the broker knows nothing. */
export const CONSUMER = 'consumer'

export class Group {
  readonly id: string
  state: GroupState = 'Empty'
  /** When the state last changed, on the wall clock; stored, for the expiry of offsets. */
  stateSinceMs: number
  generation = 0
  protocolType: string | undefined
  protocolName: string | undefined
  leaderId: string | undefined
  /** In the order in which they came. */
  readonly members = new Map<string, Member>()
  /** Member ids by instance id. */
  readonly statics = new Map<string, string>()
  /** Ids that were given out and have not joined yet, with the timers after which they are forgotten. */
  readonly pending = new Map<string, Disposable>()
  readonly committed: Committed
  /** Set for a group of the newer protocol; its classic part is empty then. */
  consumer: ConsumerGroup | undefined
  /** The first rebalance waits for more to come. */
  gathering = false
  /** Someone new joined while the first rebalance waited for more. */
  newcomer = false
  /** Ends the gathering of joins, or removes those who do not sync. */
  timer: Disposable | undefined

  constructor(id: string, nowMs: number, committed = new Committed()) {
    this.id = id
    this.stateSinceMs = nowMs
    this.committed = committed
  }

  enter(state: GroupState, nowMs: number): void {
    this.state = state
    this.stateSinceMs = nowMs
  }

  stopTimer(): void {
    this.timer?.[Symbol.dispose]()
    this.timer = undefined
  }

  add(member: Member): void {
    this.members.set(member.id, member)
    if (member.instanceId !== undefined) this.statics.set(member.instanceId, member.id)
    this.protocolType ??= member.protocolType
    this.leaderId ??= member.id
  }

  remove(member: Member): void {
    if (!this.members.delete(member.id)) return
    if (member.instanceId !== undefined && this.statics.get(member.instanceId) === member.id)
      this.statics.delete(member.instanceId)
    if (this.leaderId === member.id) this.leaderId = this.members.keys().next().value
  }

  /** Whether everybody known waits for the rebalance to end. */
  get allJoined(): boolean {
    if (this.pending.size > 0) return false
    for (const member of this.members.values()) if (member.join === undefined) return false
    return true
  }

  get joinedCount(): number {
    let count = 0
    for (const member of this.members.values()) if (member.join !== undefined) count++
    return count
  }

  /** The longest time that a member may take to come back. */
  get rebalanceTimeoutMs(): number {
    let longest = 0
    for (const member of this.members.values()) longest = Math.max(longest, member.rebalanceTimeoutMs)
    return longest
  }

  /** Whether a member with these protocols could work together with the others; `except` is left out of account. */
  accepts(protocolType: string, protocols: readonly Protocol[], except?: string): boolean {
    if (protocolType === '' || protocols.length === 0) return false
    const others = [...this.members.values()].filter((member) => member.id !== except)
    if (this.state === 'Empty') return true
    if (protocolType !== this.protocolType) return false
    return protocols.some(({ name }) => others.every((member) => member.supports(name)))
  }

  /** The protocol with the most votes among those that everybody has; each member votes for the first of its list. */
  chooseProtocol(): string | undefined {
    const members = [...this.members.values()]
    const votes = new Map<string, number>()
    for (const member of members) {
      const vote = member.protocols.find(({ name }) => members.every((other) => other.supports(name)))
      if (vote !== undefined) votes.set(vote.name, (votes.get(vote.name) ?? 0) + 1)
    }
    let best: string | undefined
    for (const [name, count] of votes) if (best === undefined || count > (votes.get(best) ?? 0)) best = name
    return best
  }

  /** Whether nobody is in it or about to come. */
  get isWithoutMembers(): boolean {
    return this.state === 'Empty' && this.pending.size === 0 && (this.consumer?.members.size ?? 0) === 0
  }

  /** Whether there is nothing to remember it for. */
  get isUnused(): boolean {
    return this.consumer === undefined && this.generation === 0 && this.isWithoutMembers && this.committed.isEmpty
  }

  /** An empty group of the classic protocol goes over to the newer one. */
  becomeConsumer(consumer: ConsumerGroup): void {
    this.consumer = consumer
    this.generation = 0
    this.protocolType = this.protocolName = this.leaderId = undefined
  }

  /** The topics that its members read, where the protocol tells; undefined where it does not. */
  subscribedTopics(): ReadonlySet<string> | undefined {
    if (this.consumer !== undefined) return this.consumer.subscribedTopics()
    if (this.protocolType !== CONSUMER) return undefined
    if (this.members.size > 0 && this.protocolName === undefined) return undefined
    try {
      const members = [...this.members.values()]
      return new Set(members.flatMap((member) => decodeSubscription(member.metadataFor(this.protocolName)).topics))
    } catch (thrown) {
      if (thrown instanceof Malformed) return undefined
      throw thrown
    }
  }
}
