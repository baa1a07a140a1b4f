/**
 * What the source holds: per partition the offset that its settled events have reached, and the one that was committed. An offset is committed only
 * when all events before it have settled, and only for a partition that is still held.
 */
import type { OffsetToCommit } from '../../src/client/group-offsets.ts'

export class HeldPartition {
  readonly topic: string
  readonly partition: number
  /** Events that were delivered and have not settled. */
  unsettled = 0
  /** The group gave it to another member. */
  lost = false
  #settled = -1
  #committed = -1

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
  }

  /** All events before `offset` have settled. */
  settle(offset: number, events: number): void {
    this.unsettled -= events
    if (!this.lost) this.#settled = offset
  }

  /** Undefined where that was committed already. It may lie before what was: then the partition was read again from an earlier place. */
  get toCommit(): OffsetToCommit | undefined {
    if (this.lost || this.#settled < 0 || this.#settled === this.#committed) return undefined
    return { topic: this.topic, partition: this.partition, offset: this.#settled }
  }

  /** Everything before `offset` was committed. */
  committed(offset: number): void {
    this.#committed = offset
  }
}

export class HeldPartitions {
  readonly #held = new Map<string, HeldPartition>()

  /** The partition as it is held now. */
  get(topic: string, partition: number): HeldPartition | undefined {
    return this.#held.get(`${topic}-${partition}`)
  }

  add(topic: string, partition: number): void {
    this.#held.set(`${topic}-${partition}`, new HeldPartition(topic, partition))
  }

  /** The partition went away; undefined if it was not held. */
  remove(topic: string, partition: number): HeldPartition | undefined {
    const held = this.get(topic, partition)
    if (held === undefined) return undefined
    held.lost = true
    this.#held.delete(`${topic}-${partition}`)
    return held
  }

  /** What is settled and not yet committed. */
  toCommit(): OffsetToCommit[] {
    return [...this.#held.values()].flatMap((held) => held.toCommit ?? [])
  }

  committed(offsets: readonly OffsetToCommit[]): void {
    for (const { topic, partition, offset } of offsets) this.get(topic, partition)?.committed(offset)
  }
}
