/**
 * The part of a group that belongs to the newer protocol (KIP-848): its members, its epochs, what each member shall have and which partitions are
 * in whose hands. The group epoch goes up with every change of members, subscriptions or topics; the assignment epoch says for which of them the
 * targets were made; each member follows with an epoch of its own.
 */
import { type Assignment, nothing } from './assignment.ts'
import { type ConsumerMember, memberStates } from './consumer-member.ts'
import type { TopicMatcher } from './topic-matcher.ts'

export type ConsumerGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable'

const count = (counts: Map<string, number>, key: string, by: number): void => {
  const now = (counts.get(key) ?? 0) + by
  if (now > 0) counts.set(key, now)
  else counts.delete(key)
}

export class ConsumerGroup {
  epoch = 0
  assignmentEpoch = 0
  /** A digest of the topics that the targets were made for; undefined before the first look. */
  metadataHash: number | undefined
  /** On the monotonic clock: when to look at the topics again. */
  lookAgainMs = 0
  /** On the same clock: when targets may be made again. */
  aimAgainMs = 0
  readonly members = new Map<string, ConsumerMember>()
  /** Member ids by instance id. */
  readonly statics = new Map<string, string>()
  /** What each member shall have. */
  readonly targets = new Map<string, Assignment>()
  /** The topics that each pattern stands for. */
  readonly matches = new Map<string, TopicMatcher>()
  readonly #named = new Map<string, number>()
  readonly #patterns = new Map<string, number>()
  readonly #assignors = new Map<string, number>()
  /** How many members speak the newer protocol themselves. */
  natives = 0
  /** By topic id and partition: who has it, be it to give it up. */
  readonly #holders = new Map<string, Map<number, string>>()

  /** Takes a member in, or what became of it. */
  put(member: ConsumerMember): void {
    const before = this.members.get(member.id)
    if (before !== undefined) this.#forget(before)
    this.members.set(member.id, member)
    if (member.instanceId !== undefined) this.statics.set(member.instanceId, member.id)
    this.#count(member, 1)
    this.#hold(member.assigned, member.id)
    this.#hold(member.revoking, member.id)
  }

  remove(memberId: string): void {
    const member = this.members.get(memberId)
    if (member === undefined) return
    this.#forget(member)
    this.members.delete(memberId)
    this.targets.delete(memberId)
    if (member.instanceId !== undefined && this.statics.get(member.instanceId) === memberId)
      this.statics.delete(member.instanceId)
  }

  targetOf(memberId: string): Assignment {
    return this.targets.get(memberId) ?? nothing
  }

  isFree(topicId: string, partition: number): boolean {
    return this.#holders.get(topicId)?.has(partition) !== true
  }

  get patterns(): Iterable<string> {
    return this.#patterns.keys()
  }

  /** Every topic that some member reads. */
  subscribedTopics(): Set<string> {
    const topics = new Set(this.#named.keys())
    for (const pattern of this.#patterns.keys())
      for (const topic of this.matches.get(pattern)?.topics ?? []) topics.add(topic)
    return topics
  }

  topicsOf(member: ConsumerMember): readonly string[] {
    if (member.pattern === undefined || member.pattern === '') return member.topics
    return [...new Set([...member.topics, ...(this.matches.get(member.pattern)?.topics ?? [])])]
  }

  /** The assignor that most members would like; undefined where nobody said. */
  get preferredAssignor(): string | undefined {
    let best: string | undefined
    for (const [name, votes] of this.#assignors) if (votes > (this.#assignors.get(best ?? '') ?? 0)) best = name
    return best
  }

  get state(): ConsumerGroupState {
    if (this.members.size === 0) return 'Empty'
    if (this.epoch > this.assignmentEpoch) return 'Assigning'
    for (const { state, epoch } of this.members.values())
      if (state !== memberStates.STABLE || epoch !== this.assignmentEpoch) return 'Reconciling'
    return 'Stable'
  }

  #count({ topics, pattern, assignor, classic }: ConsumerMember, by: number): void {
    if (classic === undefined) this.natives += by
    for (const topic of topics) count(this.#named, topic, by)
    if (pattern !== undefined && pattern !== '') count(this.#patterns, pattern, by)
    if (assignor !== undefined) count(this.#assignors, assignor, by)
  }

  #forget(member: ConsumerMember): void {
    this.#count(member, -1)
    this.#release(member.assigned, member.id)
    this.#release(member.revoking, member.id)
  }

  #hold(assignment: Assignment, memberId: string): void {
    for (const [topicId, partitions] of assignment) {
      const holders = this.#holders.get(topicId) ?? new Map<number, string>()
      for (const partition of partitions) holders.set(partition, memberId)
      this.#holders.set(topicId, holders)
    }
  }

  #release(assignment: Assignment, memberId: string): void {
    for (const [topicId, partitions] of assignment) {
      const holders = this.#holders.get(topicId)
      for (const partition of partitions) if (holders?.get(partition) === memberId) holders.delete(partition)
      if (holders?.size === 0) this.#holders.delete(topicId)
    }
  }
}
