/**
 * `__consumer_offsets`: the topic in which groups are kept. It comes into being with the first group; each group has its partition by Kafka's rule, so
 * that Kafka finds our groups and we find Kafka's.
 */
import type { Clock } from '../../io/clock.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import { entrySize, magicOf, readBatchHeader } from '../../protocol/record-batch.ts'
import { RecordBatchWriter } from '../../protocol/record-batch-writer.ts'
import { RecordReader } from '../../protocol/record-reader.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { TopicStore } from '../topics/topic-store.ts'
import type { Topic } from '../topics/topic-types.ts'

export const OFFSETS_TOPIC = '__consumer_offsets'

const READ_BYTES = 1024 * 1024
const BATCH_BYTES_MAX = 64 * 1024 * 1024

export interface OffsetsTopicOptions {
  readonly topics: TopicStore
  readonly clock: Clock
  /** offsets.topic.num.partitions, offsets.topic.segment.bytes */
  readonly partitions: number
  readonly segmentBytes: number
  /** offsets.topic.compression.codec */
  readonly codec?: number
}

export interface StoredRecord {
  readonly key: Buffer
  /** Null deletes. */
  readonly value: Buffer | null
}

/** Java's String.hashCode with the sign bit taken off, modulo the number of partitions. */
export const partitionOf = (groupId: string, partitions: number): number => {
  let hash = 0
  for (let i = 0; i < groupId.length; i++) hash = (Math.imul(hash, 31) + groupId.charCodeAt(i)) | 0
  return (hash & 0x7fffffff) % partitions
}

export class OffsetsTopic {
  readonly #options: OffsetsTopicOptions
  readonly #writer = new RecordBatchWriter({ bytesMax: BATCH_BYTES_MAX, bytesAtFirst: 4096 })

  constructor(options: OffsetsTopicOptions) {
    this.#options = options
  }

  /** The topic, created if it is missing. Throws KafkaFault. */
  ensure(): Topic {
    const { topics, partitions, segmentBytes } = this.#options
    const found = topics.get(OFFSETS_TOPIC)
    if (found !== undefined) return found
    const configs = new Map([
      ['cleanup.policy', 'compact'],
      ['compression.type', 'producer'],
      ['segment.bytes', String(segmentBytes)],
    ])
    return topics.create({ name: OFFSETS_TOPIC, partitions, configs })
  }

  /**
   * Stores what concerns one group, all of it or nothing. The promise, if there is one, resolves when the flush policy allows to answer.
   * Throws KafkaFault.
   */
  append(groupId: string, records: readonly StoredRecord[]): Promise<void> | undefined {
    const { partitions } = this.ensure()
    const log = partitions[partitionOf(groupId, partitions.length)]
    if (log === undefined) throw new KafkaFault('COORDINATOR_NOT_AVAILABLE')
    const now = this.#options.clock.now()
    this.#writer.reset()
    for (const { key, value } of records) {
      if (!this.#writer.add(now, key, value, null)) throw new KafkaFault('MESSAGE_TOO_LARGE')
    }
    return log.append(this.#writer.finish({ codec: this.#options.codec ?? 0 }), { origin: 'coordinator' }).flushed
  }

  /** Gives every record there is, in the order of each partition. The bytes are good only during the call. */
  replay(visit: (record: StoredRecord) => void): void {
    for (const log of this.#options.topics.get(OFFSETS_TOPIC)?.partitions ?? []) replayLog(log, visit)
  }
}

const replayLog = (log: PartitionLog, visit: (record: StoredRecord) => void): void => {
  const reader = new RecordReader()
  let offset = log.logStartOffset
  while (offset < log.highWatermark) {
    const bytes = log.read(offset, { maxBytes: READ_BYTES, minOne: true })
    let at = 0
    for (let size = entrySize(bytes, at); size > 0; size = entrySize(bytes, at)) {
      if (magicOf(bytes, at) !== 2) throw new KafkaFault('UNSUPPORTED_FOR_MESSAGE_FORMAT')
      const header = readBatchHeader(bytes, at)
      if (!header.isControl) {
        reader.open(bytes, at, header)
        while (reader.next()) {
          const key = reader.key()
          if (key !== null && reader.offset >= offset) visit({ key, value: reader.value() })
        }
      }
      offset = header.lastOffset + 1
      at += size
    }
    if (at === 0) return
  }
}
