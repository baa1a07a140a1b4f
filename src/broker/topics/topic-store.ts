/** All topics of this broker. */
import type { PartitionLog } from '../log/partition-log.ts'
import type { NewTopic, Topic } from './topic-types.ts'

/** Errors are KafkaFaults. */
export interface TopicStore extends AsyncDisposable {
  /** 22 characters, the same in every log folder. */
  readonly clusterId: string
  get(name: string): Topic | undefined
  byId(id: string): Topic | undefined
  /** Throws UNKNOWN_TOPIC_OR_PARTITION. */
  partition(topic: string, partition: number): PartitionLog
  /** In the order of their names. */
  list(): readonly Topic[]
  /** Throws INVALID_TOPIC_EXCEPTION, TOPIC_ALREADY_EXISTS, INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, INVALID_CONFIG, KAFKA_STORAGE_ERROR. */
  create(topic: NewTopic): Topic
  /** Throws UNKNOWN_TOPIC_OR_PARTITION. The folders are gone from sight at once, their bytes a little later. */
  delete(name: string): void
}
