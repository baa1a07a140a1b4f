/**
 * Offsets of a group that transactions committed and that nobody may see yet: the marker of the transaction says whether they come to be. A later commit
 * of the same partition, of a transaction or not, makes them void, whichever of the two is decided first.
 */
import type { PartitionCommit, PartitionName } from './committed-offset.ts'

export interface UnstableCommit {
  readonly producerId: number
  readonly commit: PartitionCommit
  /** Greater for what came later. */
  readonly order: number
}

export class UnstableOffsets {
  /** By partition; there are few transactions at once for one of them, and may be many partitions in one transaction. */
  readonly #commits = new Map<string, UnstableCommit[]>()
  /** Which partitions a producer's transaction has committed for, some of them void by now. */
  readonly #keys = new Map<number, Set<string>>()
  #order = 0

  get isEmpty(): boolean {
    return this.#commits.size === 0
  }

  /** A place in the order for something that is kept elsewhere. */
  nextOrder(): number {
    return ++this.#order
  }

  /** A later commit of the same producer replaces what it committed before. */
  add(producerId: number, offsets: Iterable<PartitionCommit>): void {
    const keys = this.#keys.get(producerId) ?? new Set<string>()
    this.#keys.set(producerId, keys)
    for (const commit of offsets) {
      const key = keyOf(commit)
      const others = (this.#commits.get(key) ?? []).filter((one) => one.producerId !== producerId)
      this.#commits.set(key, [...others, { producerId, commit, order: this.nextOrder() }])
      keys.add(key)
    }
  }

  /** What a producer's transaction has committed, which is no longer kept here. */
  take(producerId: number): UnstableCommit[] {
    const taken: UnstableCommit[] = []
    for (const key of this.#keys.get(producerId) ?? [])
      this.#keep(key, (one) => {
        if (one.producerId === producerId) taken.push(one)
        return one.producerId !== producerId
      })
    this.#keys.delete(producerId)
    return taken
  }

  has(topic: string, partition: number): boolean {
    return this.#commits.has(keyOf({ topic, partition }))
  }

  /** Forgets what came for a partition up to `order`. */
  forget(topic: string, partition: number, order = Infinity): void {
    if (!this.isEmpty) this.#keep(keyOf({ topic, partition }), (one) => one.order > order)
  }

  partitions(): PartitionName[] {
    return Array.from(this.#commits.values()).flatMap((some) =>
      some.map(({ commit: { topic, partition } }) => ({ topic, partition })),
    )
  }

  #keep(key: string, isKept: (one: UnstableCommit) => boolean): void {
    const kept = this.#commits.get(key)?.filter(isKept) ?? []
    if (kept.length === 0) this.#commits.delete(key)
    else this.#commits.set(key, kept)
  }
}

const keyOf = ({ topic, partition }: PartitionName): string => `${topic}/${partition}`
