/**
 * Which partition a record goes to. With a key: the one that Kafka's own partitioner would choose. Without: all records of one batch to one
 * partition, the next batch to the next partition that has a leader, so that batches stay large and partitions even.
 */
import type { Random } from '../io/random.ts'
import type { TopicMetadata } from './cluster-metadata.ts'
import { keyedPartition } from './murmur2.ts'

export class Partitioner {
  readonly #random: Random
  readonly #turns = new Map<string, number>()

  constructor(random: Random) {
    this.#random = random
  }

  /** The partition of a record with this key. */
  keyed(key: Uint8Array, topic: TopicMetadata): number {
    return keyedPartition(key, topic.partitions.length)
  }

  /** The partition of the next batch of records without a key. */
  next(topic: TopicMetadata): number {
    const count = topic.partitions.length
    const first = this.#turns.get(topic.topic) ?? Math.floor(this.#random.next() * count)
    const chosen = this.#available(topic, first)
    this.#turns.set(topic.topic, (chosen + 1) % count)
    return chosen
  }

  /** The first partition with a leader, from `first` on; `first` itself if none has one. */
  #available(topic: TopicMetadata, first: number): number {
    const count = topic.partitions.length
    for (let i = 0; i < count; i++) {
      const partition = (first + i) % count
      if ((topic.partitions[partition]?.leader ?? -1) >= 0) return partition
    }
    return first % count
  }
}
