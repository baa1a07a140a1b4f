/**
 * All groups of this broker: finds or makes the group that a request is about and hands it to the rules for joining, syncing, staying, leaving and
 * committing. What must survive is in `__consumer_offsets` (offsets-topic.ts) before it is answered; `load` brings it back.
 */
import type { Log } from '../../base/log.ts'
import { rethrowBroken } from '../../base/assert.ts'
import { reasonOf } from '../../base/faults.ts'
import type { Clock } from '../../io/clock.ts'
import type { Random } from '../../io/random.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { Malformed } from '../../protocol/malformed.ts'
import type { BrokerSettings } from '../config-table.ts'
import type { TopicStore } from '../topics/topic-store.ts'
import type { Topic } from '../topics/topic-types.ts'
import { type CommitAsk, commit, commitRefusal } from './commits.ts'
import { Group } from './group.ts'
import { groupKey, groupValue, offsetKey, readGroupValue, readKey, readOffsetValue } from './group-records.ts'
import { join, type JoinAsk, type JoinWorld } from './join.ts'
import { type Joined, joinFailed, type Synced, syncFailed } from './member.ts'
import { heartbeat, leave, type MemberName } from './membership.ts'
import { OffsetsTopic, type StoredRecord } from './offsets-topic.ts'
import { Rebalancer } from './rebalance.ts'
import { storageError, sync, type SyncAsk } from './sync.ts'

export interface CoordinatorOptions {
  readonly settings: BrokerSettings
  readonly topics: TopicStore
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export class GroupCoordinator implements Disposable {
  readonly #options: CoordinatorOptions
  readonly #topic: OffsetsTopic
  readonly #rebalancer: Rebalancer
  readonly #groups = new Map<string, Group>()
  readonly #joining: JoinWorld

  constructor(options: CoordinatorOptions) {
    const { settings, clock, random, log, topics } = options
    this.#options = options
    this.#topic = new OffsetsTopic({
      topics,
      clock,
      partitions: settings['offsets.topic.num.partitions'],
      segmentBytes: settings['offsets.topic.segment.bytes'],
    })
    const initialDelayMs = settings['group.initial.rebalance.delay.ms']
    this.#rebalancer = new Rebalancer({ clock, log, initialDelayMs, onEmpty: (group) => this.#storeQuietly(group) })
    this.#joining = {
      rebalancer: this.#rebalancer,
      groupSizeMax: settings['group.max.size'],
      newId: (prefix) => `${prefix}-${uuidOf(random.bytes(16))}`,
      later: (ms, forget) => clock.after(ms, forget),
      store: (group) => void this.#store(group),
    }
  }

  /** Reads back what was stored. Members get their session time to show that they are still there. Throws KafkaFault. */
  load(): void {
    let unreadable = 0
    this.#topic.replay((record) => {
      try {
        this.#replayed(record)
      } catch (thrown) {
        if (!(thrown instanceof Malformed)) throw thrown
        unreadable++
      }
    })
    if (unreadable > 0)
      this.#options.log.warn(`${unreadable} records of __consumer_offsets cannot be read and were passed over.`)
    for (const group of this.#groups.values()) {
      if (group.isUnused) this.#groups.delete(group.id)
      for (const member of group.members.values()) this.#rebalancer.heard(group, member)
    }
  }

  /** Makes sure that groups can be stored, so that a client may be told to come here. Throws KafkaFault. */
  prepare(): Topic {
    return this.#topic.ensure()
  }

  get(groupId: string): Group | undefined {
    return this.#groups.get(groupId)
  }

  list(): Group[] {
    return [...this.#groups.values()]
  }

  join(ask: JoinAsk): Joined | Promise<Joined> {
    const { settings } = this.#options
    const tooShort = ask.sessionTimeoutMs < settings['group.min.session.timeout.ms']
    if (ask.groupId === '') return joinFailed(errorCodes.INVALID_GROUP_ID, ask.memberId)
    if (tooShort || ask.sessionTimeoutMs > settings['group.max.session.timeout.ms'])
      return joinFailed(errorCodes.INVALID_SESSION_TIMEOUT, ask.memberId)
    const known = this.#groups.get(ask.groupId)
    if (known === undefined && ask.memberId !== '') return joinFailed(errorCodes.UNKNOWN_MEMBER_ID, ask.memberId)
    const group = known ?? this.#made(ask.groupId)
    try {
      return join(group, ask, this.#joining)
    } catch (thrown) {
      return joinFailed(storageError(thrown), ask.memberId)
    } finally {
      if (group.isUnused) this.#groups.delete(group.id)
    }
  }

  sync(ask: SyncAsk): Synced | Promise<Synced> {
    const group = this.#groups.get(ask.groupId)
    if (group === undefined) return syncFailed(refusalOf(ask.groupId))
    const { clock } = this.#options
    return sync(group, ask, { rebalancer: this.#rebalancer, now: () => clock.now(), store: (g) => this.#store(g) })
  }

  /** The error to answer with. */
  heartbeat(groupId: string, name: MemberName, generation: number): number {
    const group = this.#groups.get(groupId)
    return group === undefined ? refusalOf(groupId) : heartbeat(group, name, generation, this.#rebalancer)
  }

  /** The error for that member. */
  leave(groupId: string, name: MemberName, why: string): number {
    const group = this.#groups.get(groupId)
    return group === undefined ? refusalOf(groupId) : leave(group, name, why, this.#rebalancer)
  }

  /** The error for all partitions of the request. */
  commit(ask: CommitAsk): number | Promise<number> {
    let group = this.#groups.get(ask.groupId)
    if (group === undefined && ask.generation >= 0) return errorCodes.ILLEGAL_GENERATION
    group ??= this.#made(ask.groupId)
    const refusal = commitRefusal(group, ask, this.#rebalancer)
    const answer = refusal === errorCodes.NONE ? commit(group, ask, this.#topic) : refusal
    if (group.isUnused) this.#groups.delete(group.id)
    return answer
  }

  /** Forgets a group that has no members; gives the error. */
  delete(groupId: string): number {
    const group = this.#groups.get(groupId)
    if (group === undefined || group.state === 'Dead') return errorCodes.GROUP_ID_NOT_FOUND
    if (group.state !== 'Empty' || group.pending.size > 0) return errorCodes.NON_EMPTY_GROUP
    const records = [...tombstones(group, group.committed.topics()), { key: groupKey(groupId), value: null }]
    if (!this.#appendQuietly(group, records)) return errorCodes.COORDINATOR_NOT_AVAILABLE
    group.enter('Dead', this.#options.clock.now())
    this.#groups.delete(groupId)
    return errorCodes.NONE
  }

  /** A topic is gone, and with it what groups had committed for it. */
  topicDeleted(topic: string): void {
    for (const group of this.#groups.values()) {
      const records = tombstones(group, [topic])
      for (const partition of group.committed.partitions(topic)) group.committed.delete(topic, partition)
      if (records.length > 0) this.#appendQuietly(group, records)
    }
  }

  /** Stops all timers and answers what is held, so that connections can end. */
  [Symbol.dispose](): void {
    for (const group of this.#groups.values()) {
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

  #made(groupId: string): Group {
    const group = new Group(groupId, this.#options.clock.now())
    this.#groups.set(groupId, group)
    return group
  }

  #store(group: Group): Promise<void> | undefined {
    return this.#topic.append(group.id, [recordOf(group)])
  }

  /** Stores what nobody waits for; a failure is said, and the next record of the group makes up for it. */
  #appendQuietly(group: Group, records: readonly StoredRecord[]): boolean {
    const failed = (thrown: unknown): void => {
      this.#options.log.warn(`A change of group ${group.id} could not be stored: ${reasonOf(thrown)}.`)
    }
    try {
      this.#topic.append(group.id, records)?.catch(failed)
      return true
    } catch (thrown) {
      rethrowBroken(thrown)
      failed(thrown)
      return false
    }
  }

  #storeQuietly(group: Group): void {
    this.#appendQuietly(group, [recordOf(group)])
  }

  #replayed({ key, value }: StoredRecord): void {
    const about = readKey(key)
    if (about.kind === 'other') return
    const group = this.#groups.get(about.group) ?? this.#made(about.group)
    if (about.kind === 'group') {
      const fresh = new Group(about.group, this.#options.clock.now(), group.committed)
      if (value !== null) readGroupValue(value, fresh)
      this.#groups.set(about.group, fresh)
    } else if (value === null) group.committed.delete(about.topic, about.partition)
    else group.committed.set(about.topic, about.partition, readOffsetValue(value))
  }
}

const refusalOf = (groupId: string): number =>
  groupId === '' ? errorCodes.INVALID_GROUP_ID : errorCodes.UNKNOWN_MEMBER_ID

const recordOf = (group: Group): StoredRecord => ({ key: groupKey(group.id), value: groupValue(group) })

const tombstones = (group: Group, topics: readonly string[]): StoredRecord[] =>
  topics.flatMap((topic) =>
    group.committed.partitions(topic).map((partition) => ({ key: offsetKey(group.id, topic, partition), value: null })),
  )

/** The text form of a random uuid. */
const uuidOf = (bytes: Buffer): string => {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
