/**
 * What a fetch finds in the logs: which of its partitions can be read, how much each has, and the batches themselves, within the limits of the
 * request. Records go out as they lie in the file, unless the client is too old for them.
 */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { downConvert } from '../../protocol/message-set.ts'
import { baseOffsetOf, entrySize, magicOf, readBatchHeader } from '../../protocol/record-batch.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { AbortedTransaction } from '../log/transaction-index.ts'
import type { BufferPool } from '../server/buffer-pool.ts'
import type { TopicStore } from '../topics/topic-store.ts'
import type { FetchTarget } from './fetch-sessions.ts'

/** What the version of the request means for what may be sent. */
export interface FetchRules {
  readonly version: number
  /** 1 reads only what is committed. */
  readonly isolationLevel: number
  /** Over all partitions, whether the request names a limit or not. */
  readonly bytesMax: number
}

/** What is told of one partition. */
export interface FetchedPartition {
  readonly target: FetchTarget
  readonly error: number
  readonly highWatermark: number
  readonly lastStableOffset: number
  readonly logStartOffset: number
  readonly records: Buffer
  /** Those that the records belong to and that were aborted: readers of committed data leave their records out. */
  readonly aborted?: readonly AbortedTransaction[]
  /** Set where the reader's last record is not in this log: up to where the two agree. */
  readonly divergingEpoch?: EpochEnd
}

export interface EpochEnd {
  readonly epoch: number
  readonly endOffset: number
}

/** Bytes of records that are unpacked for one answer in an old format. A partition that comes after that waits for the next fetch. */
export const CONVERTED_BYTES_MAX = 64 * 1024 * 1024
/** Read at once where a stretch holds nothing for an old reader. */
const SKIPPED_BYTES = 1024 * 1024
/** The isolation level of readers of committed data. */
export const READ_COMMITTED = 1
const BATCHES_SINCE = 4
const MAGIC_1_SINCE = 2
const FIRST_WHOLE_SINCE = 3
const ZSTD_SINCE = 10
const STORAGE_ERROR_SINCE = 6
const IDS_SINCE = 13
const ZSTD = 4
const nothing = Buffer.alloc(0)

/** The log of a partition that is asked for, or the error that stands for it. */
export const locate = (target: FetchTarget, version: number, topics: TopicStore): PartitionLog | number => {
  const byId = version >= IDS_SINCE
  const topic = byId ? topics.byId(target.topicId) : topics.get(target.topic)
  if (topic === undefined) return byId ? errorCodes.UNKNOWN_TOPIC_ID : errorCodes.UNKNOWN_TOPIC_OR_PARTITION
  const log = topic.partitions[target.asked.partition]
  if (log === undefined) return errorCodes.UNKNOWN_TOPIC_OR_PARTITION
  return epochError(target.asked.currentLeaderEpoch, log.leaderEpoch) ?? log
}

/** The error for a client whose leader epoch is not ours; -1 is not checked. */
export const epochError = (asked: number, ours: number): number | undefined => {
  if (asked === -1 || asked === ours) return undefined
  return asked < ours ? errorCodes.FENCED_LEADER_EPOCH : errorCodes.UNKNOWN_LEADER_EPOCH
}

/**
 * Where the log of a reader that names the epoch of its last record parts from this one, if it does. Throws OFFSET_OUT_OF_RANGE for an epoch that is yet
 * to come.
 */
export const divergence = (
  log: PartitionLog,
  { lastFetchedEpoch, fetchOffset }: FetchTarget['asked'],
): EpochEnd | undefined => {
  if (lastFetchedEpoch < 0) return undefined
  const end = log.endOfEpoch(lastFetchedEpoch)
  if (end === undefined || fetchOffset < log.logStartOffset) throw new KafkaFault('OFFSET_OUT_OF_RANGE')
  return end.epoch < lastFetchedEpoch || end.endOffset < fetchOffset ? end : undefined
}

/** Whether the offset can be read from; its records may still be to come. */
export const inRange = (log: PartitionLog, offset: number): boolean =>
  offset >= log.logStartOffset && offset <= log.logEndOffset

const failed = (target: FetchTarget, error: number): FetchedPartition => ({
  target,
  error,
  highWatermark: -1,
  lastStableOffset: -1,
  logStartOffset: -1,
  records: nothing,
})

/** Reads the partitions of one answer, in order. What it takes from the pool is to be given back once the answer has left. */
export class FetchReader {
  readonly #rules: FetchRules
  readonly #topics: TopicStore
  readonly #pool: BufferPool
  readonly #taken: Buffer[] = []
  #bytesLeft: number
  #convertedBytesLeft = CONVERTED_BYTES_MAX
  #gaveRecords = false

  constructor(rules: FetchRules, topics: TopicStore, pool: BufferPool) {
    this.#rules = rules
    this.#topics = topics
    this.#pool = pool
    this.#bytesLeft = rules.bytesMax
  }

  /** Gives back the memory that the records lie in. */
  release(): void {
    for (const buffer of this.#taken.splice(0)) this.#pool.give(buffer)
  }

  read(target: FetchTarget): FetchedPartition {
    const log = locate(target, this.#rules.version, this.#topics)
    if (typeof log === 'number') return failed(target, log)
    try {
      const { highWatermark, lastStableOffset, logStartOffset } = log
      const offsets = { target, error: errorCodes.NONE, highWatermark, lastStableOffset, logStartOffset }
      const divergingEpoch = divergence(log, target.asked)
      if (divergingEpoch !== undefined) return { ...offsets, records: nothing, divergingEpoch }
      const records = this.#records(log, target)
      return { ...offsets, records, aborted: this.#aborted(log, target, records) }
    } catch (thrown) {
      if (thrown instanceof KafkaFault) return failed(target, this.#codeFor(thrown.code))
      throw thrown
    }
  }

  #codeFor(code: number): number {
    const old = code === errorCodes.KAFKA_STORAGE_ERROR && this.#rules.version < STORAGE_ERROR_SINCE
    return old ? errorCodes.NOT_LEADER_OR_FOLLOWER : code
  }

  #records(log: PartitionLog, { asked }: FetchTarget): Buffer {
    const { version } = this.#rules
    if (!inRange(log, asked.fetchOffset)) throw new KafkaFault('OFFSET_OUT_OF_RANGE')
    const limited = version >= FIRST_WHOLE_SINCE
    const maxBytes = Math.max(0, Math.min(asked.partitionMaxBytes, this.#bytesLeft))
    const minOne = !this.#gaveRecords || (!limited && this.#bytesLeft > 0)
    const records =
      version < BATCHES_SINCE
        ? this.#oldFormat(log, asked.fetchOffset, maxBytes, minOne)
        : this.#batches(log, asked.fetchOffset, maxBytes, minOne)
    this.#bytesLeft -= records.length
    if (records.length > 0) this.#gaveRecords = true
    // A client that cannot be given a whole first message learns from the cut one that its limit is too low.
    return limited ? records : records.subarray(0, Math.max(0, asked.partitionMaxBytes))
  }

  #aborted(log: PartitionLog, { asked }: FetchTarget, records: Buffer): AbortedTransaction[] {
    const { version, isolationLevel } = this.#rules
    if (isolationLevel !== READ_COMMITTED || version < BATCHES_SINCE || records.length === 0) return []
    return log.transactions.aborted(asked.fetchOffset, offsetAfter(records) ?? asked.fetchOffset)
  }

  #batches(log: PartitionLog, offset: number, maxBytes: number, minOne: boolean): Buffer {
    const { version, isolationLevel } = this.#rules
    const upTo = isolationLevel === READ_COMMITTED ? { upTo: log.lastStableOffset } : {}
    const records = log.read(offset, { maxBytes, minOne, ...upTo, allocate: this.#allocate })
    if (version < ZSTD_SINCE && hasZstd(records)) throw new KafkaFault('UNSUPPORTED_COMPRESSION_TYPE')
    return records
  }

  readonly #allocate = (bytes: number): Buffer => {
    const buffer = this.#pool.take(bytes)
    this.#taken.push(buffer)
    return buffer.length === bytes ? buffer : buffer.subarray(0, bytes)
  }

  /** In memory that is counted as long as the answer lies there. */
  #kept(messages: Buffer): Buffer {
    const records = this.#allocate(messages.length)
    messages.copy(records)
    return records
  }

  /** For readers of magic 0 and 1. Reads on where a stretch holds nothing for them, or they would ask for it for ever. */
  #oldFormat(log: PartitionLog, offset: number, maxBytes: number, minOne: boolean): Buffer {
    if (!log.settings.isDownConverted) throw new KafkaFault('UNSUPPORTED_VERSION')
    const magic = this.#rules.version >= MAGIC_1_SINCE ? 1 : 0
    for (let from = offset, bytes = maxBytes; from < log.highWatermark && this.#convertedBytesLeft > 0;) {
      const batches = log.read(from, { maxBytes: bytes, minOne })
      const next = offsetAfter(batches)
      if (next === undefined) return nothing
      const { messages, unpackedBytes } = downConvert(batches, magic, offset, this.#convertedBytesLeft)
      this.#convertedBytesLeft -= unpackedBytes
      if (messages.length > 0) return this.#kept(messages)
      from = next
      bytes = Math.max(maxBytes, SKIPPED_BYTES)
    }
    return nothing
  }
}

const hasZstd = (records: Buffer): boolean => {
  for (let at = 0, size = entrySize(records, 0); size > 0; at += size, size = entrySize(records, at))
    if (magicOf(records, at) === 2 && readBatchHeader(records, at).codec === ZSTD) return true
  return false
}

/** The offset behind the last whole entry, or undefined when there is none. */
const offsetAfter = (records: Buffer): number | undefined => {
  let last: number | undefined
  for (let at = 0, size = entrySize(records, 0); size > 0; at += size, size = entrySize(records, at))
    last = magicOf(records, at) === 2 ? readBatchHeader(records, at).lastOffset + 1 : baseOffsetOf(records, at) + 1
  return last
}
