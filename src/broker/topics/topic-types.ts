/** What the topic store is asked for, and what it tells. */
import type { PartitionLog } from '../log/partition-log.ts'

export interface Topic {
  readonly name: string
  /** The uuid in Kafka's text form, 22 characters. A topic that is deleted and created again gets another one. */
  readonly id: string
  /** By partition number, without gaps. */
  readonly partitions: readonly PartitionLog[]
  /** The settings that this topic overrides, by their Kafka names. */
  readonly configs: ReadonlyMap<string, string>
  /** `__consumer_offsets`, `__transaction_state`: clients may read but not write them. */
  readonly internal: boolean
}

export interface NewTopic {
  readonly name: string
  /** -1 or left out: the broker's `num.partitions`. */
  readonly partitions?: number
  /** Only -1 and 1 exist on one broker. */
  readonly replicationFactor?: number
  readonly configs?: ReadonlyMap<string, string>
  /** Every check, and nothing is created. */
  readonly validateOnly?: boolean
}
