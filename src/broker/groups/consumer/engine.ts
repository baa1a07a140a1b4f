/**
 * What every call for a group of the newer protocol comes down to, whichever protocol its caller speaks: look at the topics, make targets where
 * something has changed, take the member a step further, store it all, and watch over the member's time.
 */
import type { Clock } from '../../../io/clock.ts'
import { KafkaFault } from '../../../protocol/error-codes.ts'
import type { Group } from '../group.ts'
import type { GroupStore } from '../group-store.ts'
import { type Assignment, nothing } from './assignment.ts'
import { GroupChange } from './change.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import { type ConsumerMember, memberStates } from './consumer-member.ts'
import { Deadlines } from './deadlines.ts'
import type { Found } from './member-lookup.ts'
import { reconcile } from './reconcile.ts'
import { BadPattern } from './topic-pattern.ts'
import { matcherOf } from './topic-matcher.ts'
import { digestOf, lookUpPatterns, type TopicView } from './topic-view.ts'

export interface EngineOptions {
  readonly store: GroupStore
  readonly topics: TopicView
  readonly clock: Clock
  /** The session timeout of a group's members that do not bring their own. */
  readonly sessionTimeoutMs: (groupId: string) => number
  /** group.consumer.max.size and group.consumer.assignors */
  readonly groupSizeMax: number
  readonly assignors: readonly string[]
  readonly newId: () => string
  /** Called when a member has gone. */
  readonly onGone: (group: Group) => void
}

/** A member as it was found, and with what it says now. */
export interface Said extends Found {
  readonly said: ConsumerMember
  /** What it says that it has; undefined where it does not say. */
  readonly owned: Assignment | undefined
}

const LOOK_MS = 1000
/** Groups up to this size have new targets with every change. */
const CROWD = 50
const WEIGHED_PER_MS = 20
const PAUSE_MS_MAX = 1000

/**
 * For how long the targets of a crowd stay as they are, so that a thousand members who come at once do not have all targets made a thousand times:
 * whoever comes meanwhile has its share with the next heartbeat after that. Members of the classic protocol join again until they have theirs, so
 * with them there is no pause.
 */
const pauseMs = ({ members, natives }: ConsumerGroup, weighed: { members: number; partitions: number }): number => {
  if (weighed.members <= CROWD || natives < members.size) return 0
  return Math.min(PAUSE_MS_MAX, (weighed.members + weighed.partitions) / WEIGHED_PER_MS)
}

/** Once the crowd has left there is nothing to wait for. */
const isPaused = ({ members, aimAgainMs }: ConsumerGroup, nowMs: number): boolean =>
  nowMs < aimAgainMs && members.size > CROWD

export class Engine implements Disposable {
  readonly options: EngineOptions
  readonly #sessions: Deadlines
  /** Until when members must have given up partitions, or have joined or synced anew. */
  readonly #rebalances: Deadlines

  constructor(options: EngineOptions) {
    this.options = options
    this.#sessions = new Deadlines(options.clock)
    this.#rebalances = new Deadlines(options.clock)
  }

  [Symbol.dispose](): void {
    this.#sessions[Symbol.dispose]()
    this.#rebalances[Symbol.dispose]()
  }

  /** The member after this call; what becomes of the group is in `change`. Throws KafkaFault. */
  advance(consumer: ConsumerGroup, change: GroupChange, { before, replaced, said, owned }: Said): ConsumerMember {
    if (replaced !== undefined) takeOver(change, consumer, replaced, before)
    const isNew = !consumer.members.has(said.id)
    const reads = (isNew && replaced === undefined) || readsOther(before, said)
    this.#lookUp(consumer, said)
    if (isNew || said !== before) change.described(said)
    this.#aim(consumer, change, reads, said)
    const isFree = (topicId: string, partition: number): boolean => consumer.isFree(topicId, partition)
    const after = reconcile(said, { target: change.targetOf(said.id), epoch: change.assignmentEpoch, owned, isFree })
    if (after !== said || isNew) change.moved(after)
    return after
  }

  /** Throws KafkaFault when there is no room for one more. */
  refuseTooMany({ members, statics }: ConsumerGroup, memberId: string, instanceId: string | undefined): void {
    const isKnown = members.has(memberId) || (instanceId !== undefined && statics.has(instanceId))
    if (members.size >= this.options.groupSizeMax && !isKnown)
      throw new KafkaFault(
        'GROUP_MAX_SIZE_REACHED',
        `The consumer group has reached its maximum capacity of ${this.options.groupSizeMax} members.`,
      )
  }

  /** Stores a change and does it; the answer, later where the flush policy says so. Throws or rejects with KafkaFault. */
  stored<T>(group: Group, change: GroupChange, answer: T, then: () => void): T | Promise<T> {
    const stored = change.records.length === 0 ? undefined : this.options.store.append(group, change.records)
    const epoch = group.consumer?.epoch
    change.apply()
    const { consumer } = group
    // What the members now there read, so that the next look finds only what has changed since.
    if (consumer !== undefined && consumer.epoch !== epoch)
      consumer.metadataHash = digestOf(consumer, this.options.topics)
    then()
    return stored === undefined ? answer : stored.then(() => answer)
  }

  /** Takes a member out; gives whether it could be stored. */
  remove(group: Group, memberId: string): boolean {
    const { consumer } = group
    if (consumer === undefined || !consumer.members.has(memberId)) return true
    const change = new GroupChange(group.id, consumer)
    change.removed(memberId)
    change.bumped(consumer.metadataHash ?? 0)
    if (!this.options.store.appendQuietly(group, change.records)) return false
    change.apply()
    this.gone(group, memberId)
    return true
  }

  /** A member is out: nobody watches over it any more. */
  gone(group: Group, memberId: string): void {
    this.forget(group, memberId)
    this.options.onGone(group)
  }

  /** The member was heard of: its session begins anew. Silence ends a membership. */
  heard(group: Group, member: ConsumerMember): void {
    const ms = member.classic?.sessionTimeoutMs ?? this.options.sessionTimeoutMs(group.id)
    this.#sessions.set(keyOf(group, member.id), ms, () => this.#expire(group, member.id))
  }

  /** So does holding on to partitions for longer than the member itself said it would need. */
  watchRevoking(group: Group, member: ConsumerMember, isAnew: boolean): void {
    if (member.state !== memberStates.UNREVOKED) this.forgive(group, member.id)
    else this.watchRebalance(group, member, isAnew)
  }

  /** The member must be done with something within its rebalance timeout, counted from the first time that it was told. */
  watchRebalance(group: Group, member: ConsumerMember, isAnew: boolean): void {
    const key = keyOf(group, member.id)
    if (isAnew || !this.#rebalances.has(key))
      this.#rebalances.set(key, member.rebalanceTimeoutMs, () => this.#expire(group, member.id))
  }

  /** The member is done with it. */
  forgive(group: Group, memberId: string): void {
    this.#rebalances.forget(keyOf(group, memberId))
  }

  /** Ends the watch over a member. */
  forget(group: Group, memberId: string): void {
    this.#sessions.forget(keyOf(group, memberId))
    this.forgive(group, memberId)
  }

  /** One that cannot be taken out on disk gets another turn. */
  #expire(group: Group, memberId: string): void {
    const member = group.consumer?.members.get(memberId)
    if (member !== undefined && !this.remove(group, memberId)) this.heard(group, member)
  }

  /** A pattern that nobody else has is looked up at once. */
  #lookUp(consumer: ConsumerGroup, { pattern }: ConsumerMember): void {
    if (pattern === undefined || pattern === '' || consumer.matches.has(pattern)) return
    try {
      consumer.matches.set(pattern, matcherOf(pattern, this.options.topics))
    } catch (thrown) {
      if (!(thrown instanceof BadPattern)) throw thrown
      throw new KafkaFault(
        'INVALID_REGULAR_EXPRESSION',
        `SubscribedTopicRegex \`${pattern}\` is not a valid regular expression: ${thrown.message}.`,
      )
    }
  }

  /** New targets where members, subscriptions or topics have changed, at once or when the pause is over. */
  #aim(consumer: ConsumerGroup, change: GroupChange, reads: boolean, member: ConsumerMember): void {
    const { topics, clock, assignors } = this.options
    const nowMs = clock.monotonic()
    if (nowMs >= consumer.lookAgainMs) {
      lookUpPatterns(consumer, topics)
      this.#lookUp(consumer, member)
      consumer.lookAgainMs = nowMs + LOOK_MS
      if (!reads && digestOf(consumer, topics) !== consumer.metadataHash) change.bumped(digestOf(consumer, topics))
    }
    if (reads) change.bumped(digestOf(consumer, topics, member))
    if (change.epoch <= change.assignmentEpoch || isPaused(consumer, nowMs)) return
    const weighed = change.assign(consumer.preferredAssignor ?? member.assignor ?? assignors[0] ?? 'uniform', topics)
    consumer.aimAgainMs = nowMs + pauseMs(consumer, weighed)
  }
}

const keyOf = (group: Group, memberId: string): string => `${group.id}\0${memberId}`

/** The member that comes takes the place, the target and the partitions of the one that went. */
const takeOver = (change: GroupChange, { targets }: ConsumerGroup, from: ConsumerMember, to: ConsumerMember): void => {
  const target: Assignment = targets.get(from.id) ?? nothing
  change.removed(from.id)
  change.aimed(to.id, target)
}

/** Whether targets must be made anew for what it says now. */
export const readsOther = (before: ConsumerMember, after: ConsumerMember): boolean =>
  before.pattern !== after.pattern ||
  before.assignor !== after.assignor ||
  before.topics.length !== after.topics.length ||
  before.topics.some((topic, i) => topic !== after.topics[i])
