/**
 * Membership in a group of the newer protocol (KIP-848): the broker shares the partitions out, and each heartbeat brings what this member is to hold.
 * What it must give up is settled by the owner first, while it goes on beating; then it says what it holds, and the broker gives the rest to others.
 */
import { reasonOf } from '../base/faults.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import { consumerGroupHeartbeat } from '../protocol/messages/consumer-group-heartbeat.ts'
import type { RequestInput } from '../protocol/table.ts'
import type { TopicPartition } from './assignors/assignor.ts'
import { BrokerError, isRetriable, refuseError } from './errors.ts'
import type { GroupHost } from './group.ts'
import type { Membership } from './group-offsets.ts'
import { backOff } from './waiting.ts'

type Asked = RequestInput<typeof consumerGroupHeartbeat>
/** Partitions by the ids of their topics. */
type Held = readonly { readonly topicId: string; readonly partitions: readonly number[] }[]

const joining = 0
const leaving = -1
/** A static member that comes back in time finds its partitions. */
const away = -2
/** After these it is a member no more, and joins anew. */
const lostCodes: ReadonlySet<number> = new Set([errorCodes.UNKNOWN_MEMBER_ID, errorCodes.FENCED_MEMBER_EPOCH])

const sameAs =
  (one: TopicPartition) =>
  (other: TopicPartition): boolean =>
    one.topic === other.topic && one.partition === other.partition

export class ConsumerGroup {
  readonly #host: GroupHost
  readonly #what: string
  #memberId: string
  #epoch = joining
  #beatMs = 0
  /** What it is to hold; undefined once it does. */
  #target: Held | undefined
  #held: Held = []
  /** What the broker has heard; undefined where it must hear everything. */
  #told: { readonly topics: string; readonly held: Held } | undefined
  #settling = false
  /** Counts the times that it was taken out. */
  #lives = 0
  #closed = false
  #isWoken = false
  #waking = new AbortController()

  constructor(host: GroupHost) {
    this.#host = host
    this.#what = `Group ${host.coordinator.key}`
    this.#memberId = host.cluster.options.random.bytes(16).toString('base64url')
  }

  /** What commits are made under: the epoch stands for the generation. */
  get committer(): Membership {
    return {
      generationId: this.#epoch,
      memberId: this.#memberId,
      groupInstanceId: this.#host.options.groupInstanceId ?? null,
    }
  }

  /** Begins to join. */
  start(): void {
    void this.#run()
  }

  /** What is wanted has changed: the broker hears of it at once. */
  rejoin(): void {
    this.#wake()
  }

  /** Ends the membership. */
  async leave(): Promise<void> {
    this.#closed = true
    this.#wake()
    if (this.#epoch === joining) return
    const connection = await this.#host.coordinator.connection('main')
    const memberEpoch = this.#host.options.groupInstanceId === undefined ? leaving : away
    await connection.request(consumerGroupHeartbeat, { ...this.#unchanged, memberEpoch })
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#closed) {
      try {
        await this.#beat()
        failures = 0
        if (this.#target !== undefined && !this.#settling) void this.#settle()
        await this.#rest()
      } catch (error) {
        if (this.#closed) return
        if (!(await this.#goesOn(error))) return this.#host.failed(error as Error)
        await backOff(this.#host.cluster.options, ++failures)
      }
    }
  }

  /** Whether beating again may help. A member that was taken out gives everything up. */
  async #goesOn(error: unknown): Promise<boolean> {
    this.#told = undefined
    this.#host.coordinator.failed(error)
    if (!(error instanceof BrokerError) || !lostCodes.has(error.errorCode)) return isRetriable(error)
    this.#host.cluster.options.log.debug(`${error.message}. Joining again.`)
    this.#lives++
    this.#epoch = joining
    this.#target = undefined
    this.#held = []
    await this.#host.assigned([], false)
    return true
  }

  /** Waits for the time of the next heartbeat, unless something happens before. */
  async #rest(): Promise<void> {
    this.#waking = new AbortController()
    if (!this.#isWoken) await this.#host.cluster.options.clock.sleep(this.#beatMs, this.#waking.signal)
    this.#isWoken = false
  }

  get #unchanged(): Asked {
    return {
      groupId: this.#host.coordinator.key,
      memberId: this.#memberId,
      memberEpoch: this.#epoch,
      groupInstanceId: this.#host.options.groupInstanceId ?? null,
      rackId: null,
      subscribedTopicNames: null,
      subscribedTopicRegex: null,
      serverAssignor: null,
      topics: null,
    }
  }

  /** What a heartbeat says; only what is new, where the broker knows the rest. */
  #said(topics: readonly string[], held: Held): Asked {
    const { options } = this.#host
    const told = this.#told
    if (told !== undefined)
      return {
        ...this.#unchanged,
        ...(told.topics === topics.join() ? {} : { subscribedTopicNames: topics }),
        ...(told.held === held ? {} : { topics: held }),
      }
    return {
      ...this.#unchanged,
      rackId: options.rack === '' ? null : options.rack,
      rebalanceTimeoutMs: options.rebalanceTimeoutMs,
      subscribedTopicNames: topics,
      serverAssignor: options.remoteAssignor ?? null,
      topics: held,
    }
  }

  async #beat(): Promise<void> {
    const { coordinator } = this.#host
    const [wanted, held] = [this.#host.topics().toSorted(), this.#held]
    const connection = await coordinator.connection('group')
    const reply = await connection.request(consumerGroupHeartbeat, this.#said(wanted, held))
    coordinator.noticed(reply.errorCode)
    refuseError(this.#what, reply.errorCode, reply.errorMessage)
    this.#told = { topics: wanted.join(), held }
    this.#memberId = reply.memberId ?? this.#memberId
    this.#epoch = reply.memberEpoch
    this.#beatMs = reply.heartbeatIntervalMs
    this.#target = reply.assignment?.topics ?? this.#target
  }

  /** Comes to hold what it is to hold, as often as that changes meanwhile. What fails is tried again after the next heartbeat. */
  async #settle(): Promise<void> {
    this.#settling = true
    try {
      while (this.#target !== undefined && !this.#closed && (await this.#hold(this.#target)));
    } catch (error) {
      this.#host.cluster.options.log.debug(`${this.#what}: what was given is not held yet: ${reasonOf(error)}.`)
    }
    this.#settling = false
  }

  /** Whether these are held now; false where a topic is not known yet. */
  async #hold(target: Held): Promise<boolean> {
    const wanted = this.#named(target) ?? (await this.#host.cluster.refresh(), this.#named(target))
    if (wanted === undefined || this.#target !== target) return this.#target !== target
    const lives = this.#lives
    const owned = this.#host.owned()
    const revoked = owned.filter((one) => !wanted.some(sameAs(one)))
    if (revoked.length > 0) await this.#host.prepare(revoked)
    if (this.#lives !== lives || this.#closed) return !this.#closed
    if (revoked.length > 0 || wanted.length > owned.length) await this.#host.assigned(wanted, true)
    this.#held = target
    if (this.#target === target) this.#target = undefined
    this.#wake()
    return true
  }

  /** By the names of topics; undefined where the metadata has one of them not. */
  #named(target: Held): TopicPartition[] | undefined {
    const names = new Map([...this.#host.cluster.metadata.topics.values()].map((found) => [found.topicId, found.topic]))
    const all: TopicPartition[] = []
    for (const { topicId, partitions } of target) {
      const topic = names.get(topicId)
      if (topic === undefined) return undefined
      for (const partition of partitions) all.push({ topic, partition })
    }
    return all
  }

  #wake(): void {
    this.#isWoken = true
    this.#waking.abort()
  }
}
