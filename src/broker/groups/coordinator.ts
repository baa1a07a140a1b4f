/**
 * All groups of this broker: finds or makes the group that a request is about and hands it to the rules for joining, syncing, staying, leaving and
 * committing. What must survive is in `__consumer_offsets` (offsets-topic.ts) before it is answered; `load` brings it back.
 */
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import type { Random } from '../../io/random.ts'
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import type { BrokerSettings } from '../config-table.ts'
import type { TopicStore } from '../topics/topic-store.ts'
import type { Topic } from '../topics/topic-types.ts'
import type { BeatAnswer, BeatAsk } from './consumer/beat.ts'
import type { ConsumerGroup } from './consumer/consumer-group.ts'
import { ConsumerGroups } from './consumer/consumer-groups.ts'
import { viewOf } from './consumer/topic-view.ts'
import { type CommitAsk, commit, commitRefusal, deleteOffsets, type OffsetsDeleted } from './commits.ts'
import type { PartitionName } from './committed-offset.ts'
import { expireOffsets } from './expiry.ts'
import type { Group } from './group.ts'
import { GroupStore } from './group-store.ts'
import { join, type JoinAsk, type JoinWorld } from './join.ts'
import { type Joined, joinFailed, type Synced, syncFailed } from './member.ts'
import { heartbeat, leave, type MemberName } from './membership.ts'
import { OFFSETS_TOPIC, offsetsTopic } from './offsets-topic.ts'
import { Rebalancer } from './rebalance.ts'
import { storageError } from './storage-error.ts'
import { sync, type SyncAsk } from './sync.ts'
import { commitInTransaction, type TransactionalCommitAsk, transactionalRefusal } from './transactional-commits.ts'

export interface CoordinatorOptions {
  readonly settings: BrokerSettings
  readonly topics: TopicStore
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Settings that groups have of their own, by group and name, as they are now. */
  readonly own?: ReadonlyMap<string, ReadonlyMap<string, string>>
}

export class GroupCoordinator implements Disposable {
  readonly #options: CoordinatorOptions
  readonly #store: GroupStore
  readonly #rebalancer: Rebalancer
  readonly #joining: JoinWorld
  readonly #consumers: ConsumerGroups
  #expiry: Disposable | undefined

  constructor(options: CoordinatorOptions) {
    const { settings, clock, random, log, topics } = options
    this.#options = options
    const topic = offsetsTopic({
      topics,
      clock,
      log,
      partitions: settings['offsets.topic.num.partitions'],
      segmentBytes: settings['offsets.topic.segment.bytes'],
      codec: settings['offsets.topic.compression.codec'],
    })
    this.#store = new GroupStore({ topic, clock, log })
    const initialDelayMs = settings['group.initial.rebalance.delay.ms']
    const onEmpty = (group: Group): void => this.#store.storeQuietly(group)
    this.#rebalancer = new Rebalancer({ clock, log, initialDelayMs, onEmpty })
    this.#joining = {
      rebalancer: this.#rebalancer,
      groupSizeMax: settings['group.max.size'],
      newId: (prefix) => `${prefix}-${uuidOf(random.bytes(16))}`,
      later: (ms, forget) => clock.after(ms, forget),
      store: (group) => this.#store.storeGroup(group),
    }
    this.#consumers = new ConsumerGroups({
      store: this.#store,
      rebalancer: this.#rebalancer,
      log,
      policy: settings['group.consumer.migration.policy'],
      classicSizeMax: settings['group.max.size'],
      topics: viewOf(topics),
      clock,
      sessionTimeoutMs: (groupId) => this.#consumerSetting(groupId, 'session.timeout.ms'),
      groupSizeMax: settings['group.consumer.max.size'],
      assignors: settings['group.consumer.assignors'],
      newId: () => random.bytes(16).toString('base64url'),
    })
    this.#expireLater()
  }

  /** Reads back what was stored. Members get their session time to show that they are still there. Throws KafkaFault. */
  load(): void {
    this.#store.load()
    for (const group of this.#store.list()) {
      this.#consumers.loaded(group)
      for (const member of group.members.values()) this.#rebalancer.heard(group, member)
      if (group.members.size > this.#options.settings['group.max.size'])
        this.#rebalancer.begin(group, 'it is too large')
    }
  }

  /** Makes sure that groups can be stored, so that a client may be told to come here. Throws KafkaFault. */
  prepare(): Topic {
    return this.#store.topic.ensure()
  }

  /** Whether the partition that keeps the group could not be read: then nobody may be told that it has no offsets. */
  isUnread(groupId: string): boolean {
    return this.#store.topic.isUnread(groupId)
  }

  get(groupId: string): Group | undefined {
    return this.#store.get(groupId)
  }

  list(): Group[] {
    return this.#store.list()
  }

  join(ask: JoinAsk): Joined | Promise<Joined> {
    const { settings } = this.#options
    const tooShort = ask.sessionTimeoutMs < settings['group.min.session.timeout.ms']
    if (ask.groupId === '' || this.isUnread(ask.groupId)) return joinFailed(this.#missing(ask.groupId), ask.memberId)
    if (tooShort || ask.sessionTimeoutMs > settings['group.max.session.timeout.ms'])
      return joinFailed(errorCodes.INVALID_SESSION_TIMEOUT, ask.memberId)
    if (ask.memberId !== '' && this.get(ask.groupId) === undefined)
      return joinFailed(errorCodes.UNKNOWN_MEMBER_ID, ask.memberId)
    const group = this.#store.obtain(ask.groupId)
    const { consumer } = group
    if (consumer !== undefined && consumer.members.size > 0) return this.#joinConsumer(group, consumer, ask)
    try {
      if (consumer !== undefined) this.#store.becomeClassic(group)
      return join(group, ask, this.#joining)
    } catch (thrown) {
      return joinFailed(storageError(thrown), ask.memberId)
    } finally {
      this.#store.dropIfUnused(group)
    }
  }

  sync(ask: SyncAsk): Synced | Promise<Synced> {
    const group = this.get(ask.groupId)
    if (group === undefined) return syncFailed(this.#missing(ask.groupId))
    if (group.consumer !== undefined) return this.#consumers.classic.sync(group, group.consumer, ask)
    const { clock } = this.#options
    const store = (changed: Group): Promise<void> | undefined => this.#store.storeGroup(changed)
    return sync(group, ask, { rebalancer: this.#rebalancer, now: () => clock.now(), store })
  }

  /** The error to answer with. */
  heartbeat(groupId: string, name: MemberName, generation: number): number {
    const group = this.get(groupId)
    if (group === undefined) return this.#missing(groupId)
    if (group.consumer !== undefined) return this.#consumers.classic.heartbeat(group, group.consumer, name, generation)
    return heartbeat(group, name, generation, this.#rebalancer)
  }

  /** How often members of a group of the newer protocol are to be heard of. */
  heartbeatIntervalMs(groupId: string): number {
    return this.#consumerSetting(groupId, 'heartbeat.interval.ms')
  }

  /** A heartbeat of the newer protocol. Throws or rejects with KafkaFault. */
  consumerHeartbeat(ask: BeatAsk): BeatAnswer | Promise<BeatAnswer> {
    const served = this.#options.settings['group.coordinator.rebalance.protocols']
    if (!served.includes('consumer')) throw new KafkaFault('UNSUPPORTED_VERSION')
    if (this.isUnread(ask.groupId)) throw new KafkaFault('NOT_COORDINATOR')
    return this.#consumers.beat(ask)
  }

  /** The error for that member. A static member of the newer protocol can be taken out by its instance id. */
  leave(groupId: string, name: MemberName, why: string): number {
    const group = this.get(groupId)
    if (group?.consumer !== undefined) return this.#consumers.classic.leave(group, group.consumer, name)
    return group === undefined ? this.#missing(groupId) : leave(group, name, why, this.#rebalancer)
  }

  /** The error for all partitions of the request. */
  commit(ask: CommitAsk): number | Promise<number> {
    if (this.isUnread(ask.groupId)) return errorCodes.NOT_COORDINATOR
    if (ask.generation >= 0 && this.get(ask.groupId) === undefined) return unknownGroup(ask.version)
    const group = this.#store.obtain(ask.groupId)
    const refusal = commitRefusal(group, ask, this.#rebalancer)
    const timeoutMs = this.#options.settings['offsets.commit.timeout.ms']
    const answer = refusal === errorCodes.NONE ? commit(group, ask.offsets, this.#store, timeoutMs) : refusal
    this.#store.dropIfUnused(group)
    return answer
  }

  /** The same inside a transaction: nobody sees the offsets before it is committed. */
  async commitInTransaction(ask: TransactionalCommitAsk): Promise<number> {
    if (this.isUnread(ask.groupId)) return errorCodes.NOT_COORDINATOR
    if (ask.generation >= 0 && this.get(ask.groupId) === undefined) return errorCodes.ILLEGAL_GENERATION
    const group = this.#store.obtain(ask.groupId)
    const refusal = transactionalRefusal(group, ask)
    const answer = refusal === errorCodes.NONE ? commitInTransaction(group, ask, this.#store) : refusal
    this.#store.dropIfUnused(group)
    return answer
  }

  /** Which partition of `__consumer_offsets` keeps a group. Throws KafkaFault. */
  partitionOf(groupId: string): number {
    return this.#store.topic.partitionOf(groupId)
  }

  /** The marker of a transaction stands in a partition. */
  marked(topic: string, partition: number, producerId: number, outcome: 'commit' | 'abort'): void {
    if (topic === OFFSETS_TOPIC) this.#store.endTransaction(partition, producerId, outcome === 'commit')
  }

  /** Forgets offsets of a group, by hand. */
  deleteOffsets(groupId: string, partitions: readonly PartitionName[]): OffsetsDeleted {
    const group = this.get(groupId)
    const missing = this.isUnread(groupId) ? errorCodes.NOT_COORDINATOR : errorCodes.GROUP_ID_NOT_FOUND
    const error = groupId === '' ? errorCodes.INVALID_GROUP_ID : missing
    return group === undefined ? { error, partitions: [] } : deleteOffsets(group, partitions, this.#store)
  }

  /** Forgets a group that has no members; gives the error. */
  delete(groupId: string): number {
    const group = this.get(groupId)
    if (this.isUnread(groupId)) return errorCodes.NOT_COORDINATOR
    if (group === undefined || group.state === 'Dead') return errorCodes.GROUP_ID_NOT_FOUND
    if (!group.isWithoutMembers) return errorCodes.NON_EMPTY_GROUP
    return this.#store.forget(group) ? errorCodes.NONE : errorCodes.COORDINATOR_NOT_AVAILABLE
  }

  /**
   * A topic is gone, and with it what groups had committed for it; or a new one has the name of one that went while its groups could not be read, whose offsets
   * mean nothing in it.
   */
  forgetTopic(topic: string): void {
    for (const group of this.list()) {
      const partitions = group.committed.storedOf(topic)
      if (this.#store.forgetOffsets(group, partitions)) continue
      for (const one of partitions) group.committed.delete(topic, one.partition)
    }
  }

  /** Stops all timers and answers what is held, so that connections can end. */
  [Symbol.dispose](): void {
    this.#expiry?.[Symbol.dispose]()
    this.#consumers[Symbol.dispose]()
    for (const group of this.list()) {
      group.stopTimer()
      group.enter('Dead', this.#options.clock.now())
      for (const waiting of group.pending.values()) waiting[Symbol.dispose]()
      for (const member of group.members.values()) {
        this.#rebalancer.forget(member)
        member.answerJoin(joinFailed(errorCodes.COORDINATOR_NOT_AVAILABLE, member.id))
        member.answerSync(syncFailed(errorCodes.COORDINATOR_NOT_AVAILABLE))
      }
    }
  }

  /** Why a group that members speak of is not there. */
  #missing(groupId: string): number {
    if (groupId === '') return errorCodes.INVALID_GROUP_ID
    return this.isUnread(groupId) ? errorCodes.NOT_COORDINATOR : errorCodes.UNKNOWN_MEMBER_ID
  }

  /** Members of the classic protocol join a group of the newer one where groups may change over. */
  #joinConsumer(group: Group, consumer: ConsumerGroup, ask: JoinAsk): Joined | Promise<Joined> {
    const isMixed = this.#options.settings['group.consumer.migration.policy'] !== 'disabled'
    if (isMixed) return this.#consumers.classic.join(group, consumer, ask)
    return joinFailed(errorCodes.INCONSISTENT_GROUP_PROTOCOL, ask.memberId)
  }

  #consumerSetting(groupId: string, name: 'session.timeout.ms' | 'heartbeat.interval.ms'): number {
    const own = this.#options.own?.get(groupId)?.get(`consumer.${name}`)
    return own === undefined ? this.#options.settings[`group.consumer.${name}`] : Number(own)
  }

  #expireLater(): void {
    const { clock, settings } = this.#options
    this.#expiry = clock.after(settings['offsets.retention.check.interval.ms'], () => {
      expireOffsets(this.#store, settings['offsets.retention.minutes'] * 60_000)
      this.#expireLater()
    })
  }
}

/** From this version of OffsetCommit on a client can be told that there is no such group. */
const NOT_FOUND_SINCE = 9

const unknownGroup = (version: number): number =>
  version >= NOT_FOUND_SINCE ? errorCodes.GROUP_ID_NOT_FOUND : errorCodes.ILLEGAL_GENERATION

/** The text form of a random uuid. */
const uuidOf = (bytes: Buffer): string => {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
