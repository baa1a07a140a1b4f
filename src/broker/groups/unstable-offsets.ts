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
  #commits: UnstableCommit[] = []
  #order = 0

  get isEmpty(): boolean {
    return this.#commits.length === 0
  }

  /** A place in the order for something that is kept elsewhere. */
  nextOrder(): number {
    return ++this.#order
  }

  /** A later commit of the same producer replaces what it committed before. */
  add(producerId: number, offsets: Iterable<PartitionCommit>): void {
    const added = new Map<string, UnstableCommit>()
    for (const commit of offsets) added.set(keyOf(commit), { producerId, commit, order: this.nextOrder() })
    const kept = this.#commits.filter((one) => one.producerId !== producerId || !added.has(keyOf(one.commit)))
    this.#commits = [...kept, ...added.values()]
  }

  /** What a producer's transaction has committed, which is no longer kept here. */
  take(producerId: number): UnstableCommit[] {
    const taken = this.#commits.filter((one) => one.producerId === producerId)
    if (taken.length > 0) this.#commits = this.#commits.filter((one) => one.producerId !== producerId)
    return taken
  }

  has(topic: string, partition: number): boolean {
    return this.#commits.some(({ commit }) => commit.topic === topic && commit.partition === partition)
  }

  /** Forgets what came for a partition up to `order`. */
  forget(topic: string, partition: number, order = Infinity): void {
    if (this.#commits.length === 0) return
    const isIt = ({ commit }: UnstableCommit): boolean => commit.topic === topic && commit.partition === partition
    this.#commits = this.#commits.filter((one) => !isIt(one) || one.order > order)
  }

  partitions(): PartitionName[] {
    return this.#commits.map(({ commit: { topic, partition } }) => ({ topic, partition }))
  }
}

const keyOf = ({ topic, partition }: PartitionName): string => `${topic}/${partition}`
