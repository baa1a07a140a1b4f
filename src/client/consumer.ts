/**
 * Reads topics: alone, or sharing their partitions in a group. It gives the records of one partition and one fetch at a time, as bytes to walk over
 * (FetchedRecords), and keeps one fetch ahead. Offsets are committed when the owner says so, and only those it names.
 */
import { unlessAborted } from '../base/abort.ts'
import { assert, rethrowBroken } from '../base/assert.ts'
import { reasonOf } from '../base/faults.ts'
import type { TopicPartition } from './assignors/assignor.ts'
import { Cluster } from './cluster.ts'
import { consumerDefaults } from './consumer-options.ts'
import type { ConsumerOptions } from './consumer-options.ts'
import { ConsumerGroup } from './consumer-group.ts'
import { Coordinator } from './coordinator.ts'
import { isRetriable } from './errors.ts'
import type { FetchedRecords } from './fetched-records.ts'
import { Fetcher } from './fetcher.ts'
import { Group } from './group.ts'
import { commitOffsets, noMembership } from './group-offsets.ts'
import { partitionCounts } from './group-share.ts'
import type { OffsetToCommit } from './group-offsets.ts'
import type { ClientOptions } from './options.ts'
import { PartitionPosition } from './partition-position.ts'
import { committedPositions, resetPositions } from './start-positions.ts'
import { Subscription } from './subscription.ts'
import { backOff } from './waiting.ts'

/** What an owner wants to know of its partitions. None of it may reject. */
export interface ConsumerHooks {
  /** The group is about to share out anew: settle and commit what can be. Nothing of these partitions comes meanwhile. */
  readonly prepare?: (partitions: readonly TopicPartition[]) => Promise<void>
  /** `lost` ones are this consumer's no more: their offsets can't be committed. `added` ones are new to it, even if it had them once. */
  readonly assigned?: (added: readonly TopicPartition[], lost: readonly TopicPartition[]) => void
}

/** A partition to read without a group, from an offset or a place; undefined for what the group committed, or else the reset policy. */
export interface StartAt extends TopicPartition {
  readonly offset?: number | undefined
}

/** How long closing waits for the group's goodbye. */
const leaveMaxMs = 3000

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`

export class Consumer implements AsyncDisposable {
  readonly options: ConsumerOptions
  readonly #cluster: Cluster
  readonly #hooks: ConsumerHooks
  readonly #coordinator: Coordinator | undefined
  readonly #fetcher: Fetcher
  readonly #closing = new AbortController()
  #positions: ReadonlyMap<string, PartitionPosition> = new Map()
  #subscription: Subscription | undefined
  #group: Group | ConsumerGroup | undefined
  #failure: Error | undefined

  constructor(client: ClientOptions, options: Partial<ConsumerOptions> = {}, hooks: ConsumerHooks = {}) {
    this.options = { ...consumerDefaults, ...options }
    this.#cluster = new Cluster(client)
    this.#hooks = hooks
    const { groupId } = this.options
    if (groupId !== undefined) this.#coordinator = new Coordinator(this.#cluster, groupId)
    const positions = (): Iterable<PartitionPosition> => this.#positions.values()
    this.#fetcher = new Fetcher({
      cluster: this.#cluster,
      options: this.options,
      get positions() {
        return positions()
      },
      outOfRange: (position) => this.#outOfRange(position),
      failed: (error) => this.#fail(error),
    })
  }

  /** Connects, so that a missing broker shows at once. Rejects with BROKER_UNREACHABLE. */
  open(): Promise<void> {
    return this.#cluster.refresh()
  }

  /** Shares these topics in the group. After `open`, once. */
  subscribe(wanted: readonly string[] | RegExp): void {
    const coordinator = this.#coordinator
    assert(coordinator !== undefined && this.#group === undefined, 'one subscription, and a group id, are needed')
    const { excludeInternalTopics } = this.options
    this.#subscription = new Subscription(this.#cluster, wanted, excludeInternalTopics, () => this.#group?.rejoin())
    const subscription = this.#subscription
    const Member = this.options.groupProtocol === 'consumer' ? ConsumerGroup : Group
    this.#group = new Member({
      cluster: this.#cluster,
      options: this.options,
      coordinator,
      topics: () => subscription.topics,
      owned: () => this.assignment,
      prepare: (partitions) => this.#prepare(partitions),
      assigned: (partitions, continuous) => this.#assigned(partitions, continuous),
      failed: (error) => this.#fail(error),
    })
    void this.#start(this.#group)
  }

  /** Reads every partition of these topics, without membership; also those that come to be later, from their beginning. After `open`, once. */
  readAll(wanted: readonly string[] | RegExp): void {
    assert(this.#subscription === undefined, 'one subscription only')
    const { excludeInternalTopics } = this.options
    const subscription = new Subscription(this.#cluster, wanted, excludeInternalTopics, () => undefined)
    this.#subscription = subscription
    this.#cluster.onRefresh(() => {
      const counts = partitionCounts(this.#cluster, subscription.topics)
      const all = [...counts].flatMap(([topic, count]) =>
        Array.from({ length: count }, (_, partition) => ({ topic, partition })),
      )
      if (all.length !== this.#positions.size || all.some((one) => !this.#positions.has(keyOf(one))))
        void this.#assigned(all, true)
    })
    void this.#untilDone(() => this.#cluster.refresh())
  }

  /** Reads these partitions, without membership. After `open`; replaces what was assigned before. */
  assign(partitions: readonly StartAt[]): void {
    for (const { topic } of partitions) this.#cluster.watch(topic)
    for (const position of this.#positions.values()) position.drop()
    const positions = partitions.map(({ topic, partition, offset }) => new PartitionPosition(topic, partition, offset))
    this.#positions = new Map(positions.map((position) => [keyOf(position), position]))
    void this.#place(positions)
  }

  /** Partitions held now. */
  get assignment(): readonly TopicPartition[] {
    return [...this.#positions.values()].map(({ topic, partition }) => ({ topic, partition }))
  }

  /** What was fetched and not taken, without waiting. Throws what has ended the consumer. */
  take(): FetchedRecords | undefined {
    if (this.#failure !== undefined) throw this.#failure
    return this.#fetcher.take()
  }

  /** The next records, waited for; undefined when `signal` aborts. Rejects with what has ended the consumer. */
  async next(signal: AbortSignal): Promise<FetchedRecords | undefined> {
    while (!signal.aborted) {
      const records = this.take()
      if (records !== undefined) return records
      await unlessAborted(this.#fetcher.came, signal)
    }
    return undefined
  }

  /** Goes on at another offset of a partition that is held. */
  seek(topic: string, partition: number, offset: number): void {
    this.#positions.get(keyOf({ topic, partition }))?.seek(offset)
    this.#fetcher.kick()
  }

  /** Stores offsets for the group. Rejects with a BrokerError (of a rebalance, say) or the network's troubles; nothing is tried again. */
  async commit(offsets: readonly OffsetToCommit[]): Promise<void> {
    assert(this.#coordinator !== undefined, 'offsets are committed for a group')
    await commitOffsets(this.#coordinator, this.#group?.committer ?? noMembership, offsets)
  }

  /** Leaves the group and closes. What is not committed by now is read again by whoever comes next. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    this.#fetcher[Symbol.dispose]()
    this.#subscription?.[Symbol.dispose]()
    const left = new AbortController()
    const patience = this.#cluster.options.clock.sleep(leaveMaxMs, left.signal)
    await Promise.race([this.#leave().finally(() => left.abort()), patience])
    this.#cluster[Symbol.dispose]()
  }

  async #leave(): Promise<void> {
    try {
      await this.#group?.leave()
    } catch (error) {
      this.#cluster.options.log.debug(`The group was left without a word: ${reasonOf(error)}.`)
    }
  }

  /** The group is joined when there is metadata: a regular expression needs it. */
  async #start(group: Group | ConsumerGroup): Promise<void> {
    if (await this.#untilDone(() => this.#cluster.refresh())) group.start()
  }

  async #prepare(partitions: readonly TopicPartition[]): Promise<void> {
    for (const partition of partitions) {
      const position = this.#positions.get(keyOf(partition))
      if (position !== undefined) position.paused = true
    }
    await this.#hooks.prepare?.(partitions)
  }

  async #assigned(partitions: readonly TopicPartition[], continuous: boolean): Promise<void> {
    const before = this.#positions
    const added: PartitionPosition[] = []
    const now = new Map<string, PartitionPosition>()
    for (const { topic, partition } of partitions) {
      const key = keyOf({ topic, partition })
      const kept = continuous ? before.get(key) : undefined
      const position = kept ?? new PartitionPosition(topic, partition)
      position.paused = false
      if (kept === undefined) added.push(position)
      now.set(key, position)
    }
    const lost = [...before].filter(([key, position]) => now.get(key) !== position).map(([, position]) => position)
    for (const position of lost) position.drop()
    this.#positions = now
    for (const { topic } of partitions) this.#cluster.watch(topic)
    this.#hooks.assigned?.(added, lost)
    this.#fetcher.kick()
    void this.#place(added)
  }

  /** Finds where to begin in each, and begins. */
  async #place(positions: readonly PartitionPosition[]): Promise<void> {
    const unplaced = (): PartitionPosition[] => positions.filter((p) => p.fetchOffset === undefined && !p.dropped)
    const placed = await this.#untilDone(async (again) => {
      if (again || positions.some((p) => this.#cluster.metadata.leaderOf(p.topic, p.partition) < 0))
        await this.#cluster.refresh()
      if (this.#coordinator !== undefined && unplaced().length > 0)
        await committedPositions(this.#coordinator, unplaced(), this.options)
      const begun = unplaced()
      await resetPositions(this.#cluster, begun, this.options)
      await this.#commitStart(begun)
    })
    if (placed) this.#fetcher.kick()
  }

  /** Before anything is fetched, so that no later commit is undone. One that fails is not tried again: where a group rebalances, the next share begins anew. */
  async #commitStart(positions: readonly PartitionPosition[]): Promise<void> {
    if (this.#coordinator === undefined || !this.options.commitsStart) return
    const offsets = positions.flatMap(({ topic, partition, fetchOffset: offset, dropped }) =>
      offset === undefined || dropped ? [] : [{ topic, partition, offset }],
    )
    if (offsets.length === 0) return
    await this.commit(offsets).catch((error: unknown) => {
      rethrowBroken(error)
      this.#cluster.options.log.debug(`Where the group begins was not committed: ${reasonOf(error)}.`)
    })
  }

  #outOfRange(position: PartitionPosition): void {
    const { topic, partition, fetchOffset } = position
    const { offsetReset } = this.options
    const goesOn = offsetReset === 'none' ? 'auto.offset.reset is none' : `going on at the ${offsetReset} one`
    this.#cluster.options.log.warn(`Offset ${fetchOffset} of ${topic}-${partition} is not in the log; ${goesOn}.`)
    position.seek(undefined)
    void this.#untilDone((again) => this.#reset(position, again))
  }

  async #reset(position: PartitionPosition, again: boolean): Promise<void> {
    if (position.dropped) return
    if (again) await this.#cluster.refresh()
    await resetPositions(this.#cluster, [position], this.options)
    // what was read may still be on its way to where it is stored: its owner alone commits behind it
    if (position.highWatermark < 0) await this.#commitStart([position])
    this.#fetcher.kick()
  }

  /** Tries with growing pauses until it works; false when the consumer ended before. What no try can mend ends the consumer. */
  async #untilDone(attempt: (again: boolean) => Promise<void>): Promise<boolean> {
    const { signal } = this.#closing
    for (let failures = 0; !signal.aborted; failures++) {
      if (failures > 0) await backOff(this.#cluster.options, failures, signal)
      try {
        await attempt(failures > 0)
        return !signal.aborted
      } catch (error) {
        if (!isRetriable(error) && !signal.aborted) this.#fail(error as Error)
        if (this.#failure !== undefined) return false
      }
    }
    return false
  }

  #fail(error: Error): void {
    if (this.#closing.signal.aborted) return
    this.#failure ??= error
    this.#fetcher[Symbol.dispose]()
  }
}
