/**
 * A topic that the broker keeps its own records in, `__consumer_offsets` or `__transaction_state`. It comes into being when it is first needed; each
 * id has its partition by Kafka's rule, so that Kafka finds what we wrote and we find what Kafka wrote.
 */
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { type BatchHeader, entrySize, magicOf, readBatchHeader } from '../../protocol/record-batch.ts'
import { type FinishOptions, RecordBatchWriter } from '../../protocol/record-batch-writer.ts'
import { RecordReader } from '../../protocol/record-reader.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { TopicStore } from './topic-store.ts'
import type { Topic } from './topic-types.ts'

const READ_BYTES = 1024 * 1024
const BATCH_BYTES_MAX = 64 * 1024 * 1024

export interface InternalTopicOptions {
  readonly name: string
  readonly topics: TopicStore
  readonly clock: Clock
  readonly log: Log
  /** When it is created; never to be changed later. */
  readonly partitions: number
  readonly segmentBytes: number
  /** How batches are compressed: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  readonly codec?: number
}

export interface StoredRecord {
  readonly key: Buffer
  /** Null deletes. */
  readonly value: Buffer | null
}

/** What is told of a record or marker beside itself. */
export interface StoredWhere {
  readonly partition: number
  readonly batch: BatchHeader
}

export interface Replayed {
  /** The bytes are good only during the call. */
  record(record: StoredRecord, where: StoredWhere): void
  /** The end of a transaction; `bytes` is its batch. */
  control?(bytes: Buffer, where: StoredWhere): void
}

/** Java's String.hashCode with the sign bit taken off, modulo the number of partitions. */
export const partitionOf = (id: string, partitions: number): number => {
  let hash = 0
  for (let i = 0; i < id.length; i++) hash = (Math.imul(hash, 31) + id.charCodeAt(i)) | 0
  return (hash & 0x7fffffff) % partitions
}

export class InternalTopic {
  readonly #options: InternalTopicOptions
  readonly #unread = new Set<number>()
  readonly #writer = new RecordBatchWriter({ bytesMax: BATCH_BYTES_MAX, bytesAtFirst: 4096 })

  constructor(options: InternalTopicOptions) {
    this.#options = options
  }

  /** The topic, created if it is missing. Throws KafkaFault. */
  ensure(): Topic {
    const { name, topics, partitions, segmentBytes } = this.#options
    const found = topics.get(name)
    if (found !== undefined) return found
    const configs = new Map([
      ['cleanup.policy', 'compact'],
      ['compression.type', 'producer'],
      ['segment.bytes', String(segmentBytes)],
    ])
    return topics.create({ name, partitions, configs })
  }

  /** Which partition holds what concerns this id. Throws KafkaFault. */
  partitionOf(id: string): number {
    return partitionOf(id, this.ensure().partitions.length)
  }

  /** The log that holds what concerns this id. Throws KafkaFault. */
  logOf(id: string): PartitionLog {
    const log = this.ensure().partitions[this.partitionOf(id)]
    if (log === undefined) throw new KafkaFault('COORDINATOR_NOT_AVAILABLE')
    return log
  }

  /**
   * Stores what concerns one id, all of it or nothing; `fields` make the batch part of a transaction. The promise, if there is one, resolves when the
   * flush policy allows to answer. Throws KafkaFault.
   */
  append(id: string, records: readonly StoredRecord[], fields: FinishOptions = {}): Promise<void> | undefined {
    const log = this.logOf(id)
    const now = this.#options.clock.now()
    this.#writer.reset()
    for (const { key, value } of records) {
      if (!this.#writer.add(now, key, value, null)) throw new KafkaFault('MESSAGE_TOO_LARGE')
    }
    const batch = this.#writer.finish({ codec: this.#options.codec ?? 0, ...fields })
    return log.append(batch, { origin: 'coordinator' }).flushed
  }

  /** Gives every record there is, in the order of each partition. A partition that the disk does not give is passed over, and said. */
  replay(to: Replayed): void {
    const { name, topics, log: said } = this.#options
    for (const [partition, log] of (topics.get(name)?.partitions ?? []).entries())
      try {
        replayLog(log, partition, to)
      } catch (thrown) {
        if (!(thrown instanceof KafkaFault) || thrown.code !== errorCodes.KAFKA_STORAGE_ERROR) throw thrown
        this.#unread.add(partition)
        said.error(`${name}-${partition} cannot be read: what it keeps is not served until the next start.`, {
          reason: thrown.message,
        })
      }
  }

  /** Whether nobody knows what is stored of this id, because its partition could not be read. */
  isUnread(id: string): boolean {
    return this.#unread.size > 0 && this.#unread.has(this.partitionOf(id))
  }
}

const replayLog = (log: PartitionLog, partition: number, to: Replayed): void => {
  const reader = new RecordReader()
  let offset = log.logStartOffset
  while (offset < log.highWatermark) {
    const bytes = log.read(offset, { maxBytes: READ_BYTES, minOne: true })
    let at = 0
    for (let size = entrySize(bytes, at); size > 0; size = entrySize(bytes, at)) {
      if (magicOf(bytes, at) !== 2) throw new KafkaFault('UNSUPPORTED_FOR_MESSAGE_FORMAT')
      const batch = readBatchHeader(bytes, at)
      if (batch.isControl) to.control?.(bytes.subarray(at, at + size), { partition, batch })
      else {
        reader.open(bytes, at, batch)
        while (reader.next()) {
          const key = reader.key()
          if (key !== null && reader.offset >= offset) to.record({ key, value: reader.value() }, { partition, batch })
        }
      }
      offset = batch.lastOffset + 1
      at += size
    }
    if (at === 0) return
  }
}
