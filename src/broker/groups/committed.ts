/**
 * The offsets that a group has committed, by topic and partition, those whose sync to disk was promised and is still under way, and those of transactions
 * that are not decided yet.
 */
import type { CommittedOffset, PartitionCommit, PartitionName } from './committed-offset.ts'
import { UnstableOffsets } from './unstable-offsets.ts'

/** Offsets that are in the log and not yet on disk: nobody is told of them before they are. */
export type Promised = Set<PartitionCommit>

export class Committed {
  readonly #topics = new Map<string, Map<number, CommittedOffset>>()
  /** With the order in which they came, as of `unstable`. */
  readonly #promised = new Map<Promised, number>()
  readonly unstable = new UnstableOffsets()

  get isEmpty(): boolean {
    return this.#topics.size === 0 && this.#promised.size === 0 && this.unstable.isEmpty
  }

  get(topic: string, partition: number): CommittedOffset | undefined {
    return this.#topics.get(topic)?.get(partition)
  }

  /** Also lets go of what transactions committed for the partition before it, of which `order` says when it came. */
  set(topic: string, partition: number, offset: CommittedOffset, order = Infinity): void {
    this.unstable.forget(topic, partition, order)
    const partitions = this.#topics.get(topic)
    if (partitions === undefined) this.#topics.set(topic, new Map([[partition, offset]]))
    else partitions.set(partition, offset)
  }

  setAll(offsets: Iterable<PartitionCommit>, order?: number): void {
    for (const { topic, partition, ...offset } of offsets) this.set(topic, partition, offset, order)
  }

  /** A transaction has ended: what it committed is remembered, unless something later was meanwhile, or forgotten. */
  endTransaction(producerId: number, isCommitted: boolean): void {
    for (const { commit, order } of this.unstable.take(producerId)) if (isCommitted) this.setAll([commit], order)
  }

  /** Holds offsets back until `settle` says how their sync ended. */
  promise(offsets: readonly PartitionCommit[]): Promised {
    const promised = new Set(offsets)
    this.#promised.set(promised, this.unstable.nextOrder())
    return promised
  }

  /** The sync has ended: what was not deleted meanwhile is remembered, or, where it failed, forgotten. */
  settle(promised: Promised, isStored: boolean): void {
    const order = this.#promised.get(promised)
    this.#promised.delete(promised)
    if (isStored) this.setAll(promised, order)
  }

  /** Also lets go of what was promised or is not decided yet. */
  delete(topic: string, partition: number): void {
    this.unstable.forget(topic, partition)
    for (const promised of this.#promised.keys())
      for (const one of promised) if (one.topic === topic && one.partition === partition) promised.delete(one)
    const partitions = this.#topics.get(topic)
    partitions?.delete(partition)
    if (partitions?.size === 0) this.#topics.delete(topic)
  }

  topics(): string[] {
    return [...this.#topics.keys()]
  }

  /** Partition numbers of a topic that have an offset, ascending. */
  partitions(topic: string): number[] {
    return [...(this.#topics.get(topic)?.keys() ?? [])].toSorted((a, b) => a - b)
  }

  /** Every partition that has an offset in the log, those not told yet included: what must be deleted there. */
  stored(): PartitionName[] {
    return this.#storedOf(this.topics(), () => true)
  }

  /** The same for one topic. */
  storedOf(topic: string): PartitionName[] {
    return this.#storedOf([topic], (other) => other === topic)
  }

  #storedOf(topics: readonly string[], isAsked: (topic: string) => boolean): PartitionName[] {
    const remembered = topics.flatMap((topic) => this.partitions(topic).map((partition) => ({ topic, partition })))
    const untold = [...[...this.#promised.keys()].flatMap((some) => [...some]), ...this.unstable.partitions()]
    const fresh = untold.filter(({ topic, partition }) => isAsked(topic) && this.get(topic, partition) === undefined)
    return [...remembered, ...fresh]
  }
}
