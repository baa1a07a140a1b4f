/**
 * The records of one partition out of one fetch, read in place: `next` moves on, and `reader` then says where the record's parts stand. It walks over
 * batches, steps over transaction markers, aborted transactions (under read_committed) and what lies before the offset that was asked for.
 */
import { checkBatch } from '../protocol/batch-check.ts'
import { decodeMarker } from '../protocol/control-batch.ts'
import { KafkaFault } from '../protocol/error-codes.ts'
import { entrySize, lastOffsetOf, magicOf, readBatchHeader } from '../protocol/record-batch.ts'
import type { BatchHeader } from '../protocol/record-batch.ts'
import { RecordReader } from '../protocol/record-reader.ts'
import { BadRecords } from './errors.ts'

export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

export interface FetchedOptions {
  readonly topic: string
  readonly partition: number
  /** Where the fetch began; records before it are stepped over. */
  readonly fromOffset: number
  readonly records: Buffer
  /** In the order of their first offsets; empty unless under read_committed. */
  readonly aborted: readonly AbortedTransaction[]
  readonly checkCrc: boolean
}

/** Finds where the whole batches of `records` end: the offset after the last of them, or `fromOffset` when there is none. Throws KafkaFault. */
const endOffsetOf = (records: Buffer, fromOffset: number): number => {
  let end = fromOffset
  let at = 0
  for (let size = entrySize(records, at); size > 0; size = entrySize(records, at)) {
    if (magicOf(records, at) < 2)
      throw new KafkaFault('UNSUPPORTED_FOR_MESSAGE_FORMAT', 'Records of Kafka 0.10 or older')
    end = Math.max(end, lastOffsetOf(records, at) + 1)
    at += size
  }
  return end
}

export class FetchedRecords {
  readonly topic: string
  readonly partition: number
  /** After the last record and marker. */
  readonly endOffset: number
  readonly sizeInBytes: number
  /** The record that `next` moved to. */
  readonly reader = new RecordReader()
  readonly #options: FetchedOptions
  readonly #aborting = new Set<number>()
  #abortedAt = 0
  #at = 0
  #done = false
  #opened = false
  #isAppendTime = false

  /** Throws BadRecords when the batches cannot be told apart. */
  constructor(options: FetchedOptions) {
    this.#options = options
    this.topic = options.topic
    this.partition = options.partition
    this.sizeInBytes = options.records.length
    try {
      this.endOffset = endOffsetOf(options.records, options.fromOffset)
    } catch (error) {
      throw this.#bad(error)
    }
  }

  /** Moves to the next record; false after the last. Throws BadRecords for damaged ones. */
  next(): boolean {
    const { reader } = this
    const { fromOffset } = this.#options
    try {
      do {
        while (reader.next()) if (reader.offset >= fromOffset) return true
      } while (this.#openNext())
    } catch (error) {
      throw this.#bad(error)
    }
    this.#done = true
    return false
  }

  /** Whether the broker stamped the record's timestamp, and not its producer. */
  get isAppendTime(): boolean {
    return this.#isAppendTime
  }

  /** Where to go on after what was read so far. */
  get position(): number {
    if (this.#done) return this.endOffset
    if (!this.#opened) return this.#options.fromOffset
    return Math.max(this.#options.fromOffset, this.reader.offset + 1)
  }

  #bad(error: unknown): unknown {
    return error instanceof KafkaFault ? new BadRecords(this.topic, this.partition, this.position, error) : error
  }

  #openNext(): boolean {
    const { records, checkCrc } = this.#options
    for (let size = entrySize(records, this.#at); size > 0; size = entrySize(records, this.#at)) {
      const at = this.#at
      const header = checkCrc ? checkBatch(records, at, size) : readBatchHeader(records, at)
      this.#at += size
      if (!this.#isVisible(header, at)) continue
      this.reader.open(records, at, header)
      this.#isAppendTime = header.isAppendTime
      this.#opened = true
      return true
    }
    return false
  }

  #isVisible(header: BatchHeader, at: number): boolean {
    this.#learnAborted(header.lastOffset)
    if (header.isControl) {
      if (decodeMarker(this.#options.records, at)?.outcome === 'abort') this.#aborting.delete(header.producerId)
      return false
    }
    return !(header.isTransactional && this.#aborting.has(header.producerId))
  }

  #learnAborted(lastOffset: number): void {
    const { aborted } = this.#options
    for (
      let next = aborted[this.#abortedAt];
      next !== undefined && next.firstOffset <= lastOffset;
      next = aborted[++this.#abortedAt]
    )
      this.#aborting.add(next.producerId)
  }
}
