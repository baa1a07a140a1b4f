/**
 * ConsumerGroupHeartbeat, the one call of the newer group protocol: members come, say what they read and what they have, are told what they may have,
 * and go. A heartbeat that brings nothing new costs a look at the member and a deadline; the topics are looked at once a second for each group.
 */
import type { Clock } from '../../../io/clock.ts'
import { KafkaFault } from '../../../protocol/error-codes.ts'
import type { Group } from '../group.ts'
import type { GroupStore } from '../group-store.ts'
import { type Assignment, isSame, nothing } from './assignment.ts'
import { type BeatAnswer, type BeatAsk, checkBeat } from './beat.ts'
import { GroupChange } from './change.ts'
import { ConsumerGroup } from './consumer-group.ts'
import { AWAY, type ConsumerMember, LEAVING, memberStates } from './consumer-member.ts'
import { memberFor } from './member-lookup.ts'
import { reconcile } from './reconcile.ts'
import { Deadlines } from './deadlines.ts'
import { digestOf, lookUpPatterns, topicsMatching, type TopicView } from './topic-view.ts'
import { BadPattern } from './topic-pattern.ts'

export interface HeartbeatOptions {
  readonly store: GroupStore
  readonly topics: TopicView
  readonly clock: Clock
  /** The session timeout of a group. */
  readonly sessionTimeoutMs: (groupId: string) => number
  /** group.consumer.max.size and group.consumer.assignors */
  readonly groupSizeMax: number
  readonly assignors: readonly string[]
  readonly newId: () => string
}

const LOOK_MS = 1000

export class Heartbeats implements Disposable {
  readonly #options: HeartbeatOptions
  readonly #sessions: Deadlines
  readonly #revocations: Deadlines

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#sessions = new Deadlines(options.clock)
    this.#revocations = new Deadlines(options.clock)
  }

  /** Answers one heartbeat, later where the flush policy says so. Throws or rejects with KafkaFault. */
  beat(ask: BeatAsk): BeatAnswer | Promise<BeatAnswer> {
    checkBeat(ask, this.#options.assignors)
    return ask.memberEpoch < 0 ? this.#leave(ask) : this.#stay(ask)
  }

  /** A group that was read back: members get their session time to be heard of. */
  loaded(group: Group): void {
    for (const member of group.consumer?.members.values() ?? []) this.#watch(group, member)
  }

  /** Takes a member out; gives whether it could be stored. */
  remove(group: Group, memberId: string): boolean {
    const { consumer } = group
    if (consumer === undefined || !consumer.members.has(memberId)) return true
    const change = new GroupChange(group.id, consumer)
    change.removed(memberId)
    change.bumped(consumer.metadataHash ?? 0)
    if (!this.#options.store.appendQuietly(group, change.records)) return false
    change.apply()
    this.#forget(group, memberId)
    return true
  }

  [Symbol.dispose](): void {
    this.#sessions[Symbol.dispose]()
    this.#revocations[Symbol.dispose]()
  }

  #stay(ask: BeatAsk): BeatAnswer | Promise<BeatAnswer> {
    const { store } = this.#options
    const group = this.#groupFor(ask)
    try {
      const consumer = group.consumer ?? new ConsumerGroup()
      const change = new GroupChange(group.id, consumer)
      if (group.consumer === undefined) change.add(store.classicTombstones(group), () => group.becomeConsumer(consumer))
      return this.#advance(group, consumer, change, ask)
    } finally {
      store.dropIfUnused(group)
    }
  }

  #groupFor(ask: BeatAsk): Group {
    const { store } = this.#options
    const found = store.get(ask.groupId)
    if (found === undefined && ask.memberEpoch > 0)
      throw new KafkaFault('GROUP_ID_NOT_FOUND', `Group ${ask.groupId} not found.`)
    const isClassic = found !== undefined && found.consumer === undefined
    if (isClassic && (ask.memberEpoch > 0 || !found.isWithoutMembers))
      throw new KafkaFault('GROUP_ID_NOT_FOUND', `Group ${ask.groupId} is not a consumer group.`)
    return found ?? store.obtain(ask.groupId)
  }

  #advance(group: Group, consumer: ConsumerGroup, change: GroupChange, ask: BeatAsk): BeatAnswer | Promise<BeatAnswer> {
    this.#refuseTooMany(consumer, ask)
    const { before, replaced } = memberFor(consumer, ask, this.#options.newId)
    if (replaced !== undefined) takeOver(change, consumer, replaced, before)
    const said = updated(before, ask)
    const isNew = !consumer.members.has(said.id)
    const reads = (isNew && replaced === undefined) || readsOther(before, said)
    this.#lookUp(consumer, said)
    if (isNew || said !== before) change.described(said)
    this.#aim(consumer, change, reads, said)
    const after = this.#step(consumer, change, said, ask)
    const isFull = ask.memberEpoch === 0 || (ask.rebalanceTimeoutMs !== -1 && ask.owned !== null && (ask.topics !== null || ask.pattern !== null)) // prettier-ignore
    const isTold = isFull || !isSame(after.assigned, before.assigned)
    const answer = { memberId: after.id, memberEpoch: after.epoch, assignment: isTold ? after.assigned : undefined }
    return this.#stored(group, change, answer, () => {
      if (replaced !== undefined) this.#forget(group, replaced.id)
      if (after.epoch !== before.epoch) this.#revocations.forget(keyOf(group, after.id))
      this.#watch(group, after)
    })
  }

  #refuseTooMany({ members, statics }: ConsumerGroup, { memberId, instanceId }: BeatAsk): void {
    const isKnown = members.has(memberId) || (instanceId !== null && statics.has(instanceId))
    if (members.size >= this.#options.groupSizeMax && !isKnown)
      throw new KafkaFault(
        'GROUP_MAX_SIZE_REACHED',
        `The consumer group has reached its maximum capacity of ${this.#options.groupSizeMax} members.`,
      )
  }

  /** A pattern that nobody else has is looked up at once. */
  #lookUp(consumer: ConsumerGroup, { pattern }: ConsumerMember): void {
    if (pattern === undefined || pattern === '' || consumer.matches.has(pattern)) return
    try {
      consumer.matches.set(pattern, topicsMatching(pattern, this.#options.topics))
    } catch (thrown) {
      if (!(thrown instanceof BadPattern)) throw thrown
      throw new KafkaFault(
        'INVALID_REGULAR_EXPRESSION',
        `SubscribedTopicRegex \`${pattern}\` is not a valid regular expression: ${thrown.message}.`,
      )
    }
  }

  /** New targets where members, subscriptions or topics have changed. */
  #aim(consumer: ConsumerGroup, change: GroupChange, reads: boolean, member: ConsumerMember): void {
    const { topics, clock, assignors } = this.#options
    const nowMs = clock.monotonic()
    if (nowMs >= consumer.lookAgainMs) {
      lookUpPatterns(consumer, topics)
      this.#lookUp(consumer, member)
      consumer.lookAgainMs = nowMs + LOOK_MS
      if (!reads && digestOf(consumer, topics) !== consumer.metadataHash) change.bumped(digestOf(consumer, topics))
    }
    if (reads) change.bumped(digestOf(consumer, topics, member))
    if (change.epoch > change.assignmentEpoch)
      change.assign(consumer.preferredAssignor ?? member.assignor ?? assignors[0] ?? 'uniform', topics)
  }

  #step(consumer: ConsumerGroup, change: GroupChange, said: ConsumerMember, ask: BeatAsk): ConsumerMember {
    const after = reconcile(said, {
      target: change.targetOf(said.id),
      epoch: change.assignmentEpoch,
      owned: ask.owned ?? undefined,
      isFree: (topicId, partition) => consumer.isFree(topicId, partition),
    })
    if (after !== said || !consumer.members.has(said.id)) change.moved(after)
    return after
  }

  #leave(ask: BeatAsk): BeatAnswer | Promise<BeatAnswer> {
    const group = this.#options.store.get(ask.groupId)
    if (group === undefined) throw new KafkaFault('GROUP_ID_NOT_FOUND', `Group ${ask.groupId} not found.`)
    if (group.consumer === undefined)
      throw new KafkaFault('GROUP_ID_NOT_FOUND', `Group ${ask.groupId} is not a consumer group.`)
    const { before } = memberFor(group.consumer, ask, this.#options.newId)
    const change = new GroupChange(group.id, group.consumer)
    const answer = { memberId: before.id, memberEpoch: ask.memberEpoch, assignment: undefined }
    if (ask.memberEpoch === AWAY) {
      change.moved({ ...before, epoch: AWAY, state: memberStates.STABLE, revoking: nothing })
      return this.#stored(group, change, answer, () => this.#revocations.forget(keyOf(group, before.id)))
    }
    change.removed(before.id)
    change.bumped(group.consumer.metadataHash ?? 0)
    return this.#stored(group, change, { ...answer, memberEpoch: LEAVING }, () => this.#forget(group, before.id))
  }

  #stored(group: Group, change: GroupChange, answer: BeatAnswer, then: () => void): BeatAnswer | Promise<BeatAnswer> {
    const stored = change.records.length === 0 ? undefined : this.#options.store.append(group, change.records)
    const epoch = group.consumer?.epoch
    change.apply()
    const { consumer } = group
    // What the members now there read, so that the next look finds only what has changed since.
    if (consumer !== undefined && consumer.epoch !== epoch)
      consumer.metadataHash = digestOf(consumer, this.#options.topics)
    then()
    return stored === undefined ? answer : stored.then(() => answer)
  }

  /** Silence ends a membership, and so does holding on to partitions for longer than the member itself said it would need. */
  #watch(group: Group, member: ConsumerMember): void {
    const key = keyOf(group, member.id)
    this.#sessions.set(key, this.#options.sessionTimeoutMs(group.id), () => this.#expire(group, member.id))
    if (member.state !== memberStates.UNREVOKED) this.#revocations.forget(key)
    else if (!this.#revocations.has(key))
      this.#revocations.set(key, member.rebalanceTimeoutMs, () => this.#expire(group, member.id))
  }

  /** One that cannot be taken out on disk gets another turn. */
  #expire(group: Group, memberId: string): void {
    const member = group.consumer?.members.get(memberId)
    if (member !== undefined && !this.remove(group, memberId)) this.#watch(group, member)
  }

  #forget(group: Group, memberId: string): void {
    this.#sessions.forget(keyOf(group, memberId))
    this.#revocations.forget(keyOf(group, memberId))
  }
}

const keyOf = (group: Group, memberId: string): string => `${group.id}\0${memberId}`

/** The member that comes takes the place, the target and the partitions of the one that went. */
const takeOver = (change: GroupChange, { targets }: ConsumerGroup, from: ConsumerMember, to: ConsumerMember): void => {
  const target: Assignment = targets.get(from.id) ?? nothing
  change.removed(from.id)
  change.aimed(to.id, target)
}

/** The member with what it says; the same one where it says nothing new. */
const updated = (member: ConsumerMember, ask: BeatAsk): ConsumerMember => {
  const said: ConsumerMember = {
    ...member,
    rackId: ask.rackId ?? member.rackId,
    rebalanceTimeoutMs: ask.rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : ask.rebalanceTimeoutMs,
    topics: ask.topics === null ? member.topics : [...new Set(ask.topics)].toSorted(),
    pattern: ask.pattern ?? member.pattern,
    assignor: ask.assignor ?? member.assignor,
    clientId: ask.clientId,
    clientHost: ask.clientHost,
  }
  const same =
    said.rackId === member.rackId &&
    said.rebalanceTimeoutMs === member.rebalanceTimeoutMs &&
    said.clientId === member.clientId &&
    said.clientHost === member.clientHost &&
    !readsOther(member, said)
  return same ? member : said
}

/** Whether targets must be made anew for what it says now. */
const readsOther = (before: ConsumerMember, after: ConsumerMember): boolean =>
  before.pattern !== after.pattern ||
  before.assignor !== after.assignor ||
  before.topics.length !== after.topics.length ||
  before.topics.some((topic, i) => topic !== after.topics[i])
