/** The offsets that a group has committed, by topic and partition, and those whose sync to disk was promised and is still under way. */
export interface CommittedOffset {
  readonly offset: number
  /** -1 when the client gave none. */
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitMs: number
  /** When it is to be forgotten, where the client said so; undefined for the broker's rule. */
  readonly expireMs: number | undefined
}

export interface PartitionName {
  readonly topic: string
  readonly partition: number
}

export interface PartitionCommit extends CommittedOffset, PartitionName {}

/** Offsets that are in the log and not yet on disk: nobody is told of them before they are. */
export type Promised = Set<PartitionCommit>

export class Committed {
  readonly #topics = new Map<string, Map<number, CommittedOffset>>()
  readonly #promised = new Set<Promised>()

  get isEmpty(): boolean {
    return this.#topics.size === 0 && this.#promised.size === 0
  }

  get(topic: string, partition: number): CommittedOffset | undefined {
    return this.#topics.get(topic)?.get(partition)
  }

  set(topic: string, partition: number, offset: CommittedOffset): void {
    const partitions = this.#topics.get(topic)
    if (partitions === undefined) this.#topics.set(topic, new Map([[partition, offset]]))
    else partitions.set(partition, offset)
  }

  setAll(offsets: Iterable<PartitionCommit>): void {
    for (const { topic, partition, ...offset } of offsets) this.set(topic, partition, offset)
  }

  /** Holds offsets back until `settle` says how their sync ended. */
  promise(offsets: readonly PartitionCommit[]): Promised {
    const promised = new Set(offsets)
    this.#promised.add(promised)
    return promised
  }

  /** The sync has ended: what was not deleted meanwhile is remembered, or, where it failed, forgotten. */
  settle(promised: Promised, isStored: boolean): void {
    this.#promised.delete(promised)
    if (isStored) this.setAll(promised)
  }

  /** Also lets go of what was promised. */
  delete(topic: string, partition: number): void {
    for (const promised of this.#promised)
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

  /** Every partition that has an offset in the log, those promised included: what must be deleted there. */
  stored(): PartitionName[] {
    const remembered = this.topics().flatMap((topic) =>
      this.partitions(topic).map((partition) => ({ topic, partition })),
    )
    const promised = [...this.#promised].flatMap((some) => [...some])
    const fresh = promised.filter(({ topic, partition }) => this.get(topic, partition) === undefined)
    return [...remembered, ...fresh]
  }
}
