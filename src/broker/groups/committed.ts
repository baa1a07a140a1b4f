/** The offsets that a group has committed, by topic and partition. */
export interface CommittedOffset {
  readonly offset: number
  /** -1 when the client gave none. */
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitMs: number
  /** When it is to be forgotten, where the client said so; undefined for the broker's rule. */
  readonly expireMs: number | undefined
}

export class Committed {
  readonly #topics = new Map<string, Map<number, CommittedOffset>>()

  get isEmpty(): boolean {
    return this.#topics.size === 0
  }

  get(topic: string, partition: number): CommittedOffset | undefined {
    return this.#topics.get(topic)?.get(partition)
  }

  set(topic: string, partition: number, offset: CommittedOffset): void {
    const partitions = this.#topics.get(topic)
    if (partitions === undefined) this.#topics.set(topic, new Map([[partition, offset]]))
    else partitions.set(partition, offset)
  }

  delete(topic: string, partition: number): void {
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
}
