/**
 * Membership in a consumer group: joins, takes the share that the leader gave (or leads and gives), and stays by heartbeats, which go on whatever the
 * consumer's owner does. When the group shares out anew, the owner is first asked to settle what it can; then the member joins again.
 */
import { reasonOf } from '../base/faults.ts'
import { consumerProtocolType, decodeAssignment, encodeSubscription } from '../protocol/consumer-protocol.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import { heartbeat } from '../protocol/messages/heartbeat.ts'
import { joinGroup } from '../protocol/messages/join-group.ts'
import { leaveGroup } from '../protocol/messages/leave-group.ts'
import { syncGroup } from '../protocol/messages/sync-group.ts'
import type { ResponseOf } from '../protocol/table.ts'
import { flat, grouped } from './assignors/assignor.ts'
import type { TopicPartition } from './assignors/assignor.ts'
import type { Cluster } from './cluster.ts'
import type { ConsumerOptions } from './consumer-options.ts'
import type { Coordinator } from './coordinator.ts'
import { BrokerError, isRetriable } from './errors.ts'
import type { Membership } from './group-offsets.ts'
import { partitionCounts, shareOut, understood } from './group-share.ts'
import type { MemberAssignment } from './group-share.ts'
import { backOff } from './waiting.ts'

/** The consumer, as its membership sees it. */
export interface GroupHost {
  readonly cluster: Cluster
  readonly options: ConsumerOptions
  readonly coordinator: Coordinator
  /** Topics that are wanted now, whether they exist or not. */
  topics(): readonly string[]
  /** Partitions that are held now. */
  owned(): readonly TopicPartition[]
  /** These may go to other members soon: nothing more is to be delivered of them, and what was is to be settled. */
  prepare(partitions: readonly TopicPartition[]): Promise<void>
  /**
   * These are held from now on, and no others. `continuous`: nobody else can have held any of the old ones in between, so that those which stay go on
   * where they are.
   */
  assigned(partitions: readonly TopicPartition[], continuous: boolean): Promise<void>
  /** Membership is not possible. */
  failed(error: Error): void
}

type JoinReply = ResponseOf<typeof joinGroup>

const protocolType = consumerProtocolType
const noGeneration = -1
/** After these the member joins again; `lost` ones tell that it is a member no more. */
const lostCodes: ReadonlySet<number> = new Set([errorCodes.UNKNOWN_MEMBER_ID, errorCodes.ILLEGAL_GENERATION])
const rejoinCodes: ReadonlySet<number> = new Set([...lostCodes, errorCodes.REBALANCE_IN_PROGRESS])

export class Group {
  readonly #host: GroupHost
  readonly #what: string
  #memberId = ''
  #generation = noGeneration
  /** The generation that the partitions held now were given in. */
  #heldSince = noGeneration
  #mustRejoin = false
  #prepared = false
  #closed = false
  #waking = new AbortController()
  #unsubscribe: Disposable | undefined

  constructor(host: GroupHost) {
    this.#host = host
    this.#what = `Group ${host.coordinator.key}`
  }

  /**
   * What commits are made under: the generation that gave the partitions held now. While a newer one is being shared out, the broker refuses it, so
   * that no offset of a partition that goes to another member is stored behind that member's back.
   */
  get committer(): Membership {
    return { ...this.#membership, generationId: this.#heldSince }
  }

  get #membership(): Membership {
    return {
      generationId: this.#generation,
      memberId: this.#memberId,
      groupInstanceId: this.#host.options.groupInstanceId ?? null,
    }
  }

  /** Begins to join. */
  start(): void {
    void this.#run()
  }

  /** What is wanted has changed, or what there is: the group must share out anew. */
  rejoin(): void {
    this.#mustRejoin = true
    this.#wake()
  }

  /** Ends the membership. A static member only goes silent, so that it finds its partitions when it comes back in time. */
  async leave(): Promise<void> {
    this.#closed = true
    this.#unsubscribe?.[Symbol.dispose]()
    this.#wake()
    if (this.#memberId === '' || this.#host.options.groupInstanceId !== undefined) return
    const memberId = this.#memberId
    const { coordinator } = this.#host
    const connection = await coordinator.connection('main')
    await connection.request(leaveGroup, {
      groupId: coordinator.key,
      memberId,
      members: [{ memberId, groupInstanceId: null, reason: 'the consumer is being closed' }],
    })
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#closed) {
      try {
        await this.#join()
        failures = 0
        await this.#stay()
      } catch (error) {
        if (this.#closed) return
        if (!(await this.#goesOn(error))) return this.#host.failed(error as Error)
        await backOff(this.#host.cluster.options, ++failures)
      }
    }
  }

  /** Whether joining again may help. Partitions that are lost are given up. */
  async #goesOn(error: unknown): Promise<boolean> {
    this.#host.coordinator.failed(error)
    if (!(error instanceof BrokerError)) return isRetriable(error)
    this.#host.cluster.options.log.debug(`${error.message}. Joining again.`)
    if (lostCodes.has(error.errorCode)) {
      if (error.errorCode === errorCodes.UNKNOWN_MEMBER_ID) this.#memberId = ''
      this.#generation = this.#heldSince = noGeneration
      await this.#host.assigned([], false)
    }
    return rejoinCodes.has(error.errorCode) || error.retriable
  }

  get #cooperative(): boolean {
    return this.#host.options.assignors.every((name) => name === 'cooperative-sticky')
  }

  async #join(): Promise<void> {
    this.#mustRejoin = false
    const joined = await this.#requestJoin()
    const assignments = joined.leaderId === joined.memberId ? await this.#lead(joined) : []
    const held = await this.#requestSync(joined, assignments)
    const continuous = this.#heldSince !== noGeneration && joined.generationId <= this.#heldSince + 1
    const before = this.#host.owned()
    const revoked = before.filter(
      (old) => !held.some((now) => now.topic === old.topic && now.partition === old.partition),
    )
    this.#heldSince = joined.generationId
    if (this.#cooperative && revoked.length > 0) await this.#host.prepare(revoked)
    await this.#host.assigned(held, continuous)
    if (this.#cooperative && revoked.length > 0) this.#mustRejoin = true
  }

  async #requestJoin(): Promise<JoinReply> {
    const { coordinator, options } = this.#host
    const connection = await coordinator.connection('group')
    const reply = await connection.request(
      joinGroup,
      {
        groupId: coordinator.key,
        sessionTimeoutMs: options.sessionTimeoutMs,
        rebalanceTimeoutMs: options.rebalanceTimeoutMs,
        memberId: this.#memberId,
        groupInstanceId: options.groupInstanceId ?? null,
        protocolType,
        protocols: this.#protocols(),
      },
      { extraMs: options.rebalanceTimeoutMs },
    )
    if (reply.errorCode === errorCodes.MEMBER_ID_REQUIRED && this.#memberId !== reply.memberId) {
      this.#memberId = reply.memberId
      return this.#requestJoin()
    }
    this.#refuse(reply.errorCode)
    this.#memberId = reply.memberId
    this.#generation = reply.generationId
    return reply
  }

  #protocols(): { name: string; metadata: Buffer }[] {
    const ownedPartitions = this.#cooperative ? grouped(this.#host.owned()) : []
    const topics = [...this.#host.topics()].sort()
    const generationId = ownedPartitions.length > 0 ? this.#heldSince : noGeneration
    const metadata = encodeSubscription({ topics, userData: null, ownedPartitions, generationId }, 2)
    return this.#host.options.assignors.map((name) => ({ name, metadata }))
  }

  async #lead(joined: JoinReply): Promise<readonly MemberAssignment[]> {
    if (joined.skipAssignment) return []
    const { cluster } = this.#host
    const { assignments, counts, topics } = await shareOut(cluster, this.#host.coordinator.key, joined)
    this.#unsubscribe?.[Symbol.dispose]()
    this.#unsubscribe = cluster.onRefresh(() => {
      const now = partitionCounts(cluster, topics)
      const same = now.size === counts.size && [...now].every(([topic, count]) => counts.get(topic) === count)
      if (!same) this.rejoin()
    })
    return assignments
  }

  async #requestSync(joined: JoinReply, groupAssignment: readonly MemberAssignment[]): Promise<TopicPartition[]> {
    const { coordinator, options } = this.#host
    const connection = await coordinator.connection('group')
    const reply = await connection.request(
      syncGroup,
      {
        groupId: coordinator.key,
        ...this.#membership,
        protocolType,
        protocolName: joined.protocolName,
        groupAssignment,
      },
      { extraMs: options.rebalanceTimeoutMs },
    )
    this.#refuse(reply.errorCode)
    const { partitions } = understood(coordinator.key, 'What the leader gave', () =>
      decodeAssignment(reply.memberAssignment),
    )
    return flat(partitions)
  }

  /** Beats until the group shares out anew, and while the owner prepares for that. */
  async #stay(): Promise<void> {
    this.#prepared = false
    let preparing: Promise<void> | undefined
    while (!this.#closed && !this.#prepared) {
      if (this.#mustRejoin) preparing ??= this.#prepare()
      if (!this.#prepared) await this.#nextBeat()
    }
    await preparing
  }

  /** A cooperative member keeps reading what it has; others must be ready to lose everything. */
  async #prepare(): Promise<void> {
    if (!this.#cooperative) await this.#host.prepare(this.#host.owned())
    this.#prepared = true
    this.#wake()
  }

  /** Waits for the time of the next heartbeat and sends it, unless something happens before. */
  async #nextBeat(): Promise<void> {
    const { options, cluster } = this.#host
    this.#waking = new AbortController()
    await cluster.options.clock.sleep(options.heartbeatIntervalMs, this.#waking.signal)
    if (!this.#closed && !this.#waking.signal.aborted) await this.#beat()
  }

  async #beat(): Promise<void> {
    const { coordinator, cluster } = this.#host
    try {
      const connection = await coordinator.connection('group')
      const reply = await connection.request(heartbeat, { groupId: coordinator.key, ...this.#membership })
      if (reply.errorCode === errorCodes.REBALANCE_IN_PROGRESS) this.#mustRejoin = true
      else this.#refuse(reply.errorCode)
    } catch (error) {
      coordinator.failed(error)
      if (!isRetriable(error)) throw error
      cluster.options.log.debug(`No heartbeat: ${reasonOf(error)}.`)
    }
  }

  #refuse(errorCode: number): void {
    this.#host.coordinator.noticed(errorCode)
    if (errorCode !== 0) throw new BrokerError(this.#what, errorCode)
  }

  #wake(): void {
    this.#waking.abort()
  }
}
