/**
 * Sends a stream of records as Kafka's producer would: each partition fills one batch at a time, which leaves when it is full or has lingered, and
 * records wait when too much is unanswered. Every record carries a number of its owner's (when it was added, say), given back with the outcome.
 */
import { Bell } from '../../base/bell.ts'
import type { TopicMetadata } from '../../client/cluster-metadata.ts'
import type { Outcome } from '../../client/outcome.ts'
import type { Partitioner } from '../../client/partitioner.ts'
import type { Producer } from '../../client/producer.ts'
import type { Clock } from '../../io/clock.ts'
import type { RecordBatchWriter } from '../../protocol/record-batch-writer.ts'

export interface RecordSenderOptions {
  readonly producer: Pick<Producer, 'send' | 'writer' | 'release'>
  readonly topic: TopicMetadata
  readonly partitioner: Partitioner
  readonly clock: Clock
  /** A batch of so many bytes leaves at once. */
  readonly batchBytes: number
  /** A smaller one after so long. */
  readonly lingerMs: number
  /** Bytes that may be unanswered. */
  readonly memoryBytesMax: number
  /** What became of a batch. */
  readonly landed: (batch: SentBatch, outcome: Outcome) => void
}

export interface SentBatch {
  readonly partition: number
  /** The numbers of its records, in their order. */
  readonly numbers: readonly number[]
  /** Of the values alone. */
  readonly valueBytes: number
}

interface Filling extends SentBatch {
  readonly records: RecordBatchWriter
  readonly numbers: number[]
  valueBytes: number
  readonly timer: Disposable
}

export class RecordSender {
  readonly #options: RecordSenderOptions
  readonly #filling = new Map<number, Filling>()
  readonly #landed = new Bell()
  /** Where records without a key go until their batch leaves. */
  #unkeyed = -1
  #bytes = 0
  #batches = 0

  constructor(options: RecordSenderOptions) {
    this.#options = options
  }

  /** Adds a record. Returns false, and adds nothing, when it is larger than any batch may be. */
  add(number: number, timestampMs: number, key: Uint8Array | null, value: Uint8Array): boolean {
    const { topic, partitioner } = this.#options
    if (key === null && this.#unkeyed < 0) this.#unkeyed = partitioner.next(topic)
    const partition = key === null ? this.#unkeyed : partitioner.keyed(key, topic)
    const batch = this.#filling.get(partition) ?? this.#begin(partition)
    const isAdded = batch.records.add(timestampMs, key, value, null)
    if (isAdded) batch.valueBytes += value.length
    if (isAdded) batch.numbers.push(number)
    if (!isAdded && batch.numbers.length === 0) return this.#drop(batch)
    if (!isAdded || batch.records.sizeInBytes >= this.#options.batchBytes) this.#launch(batch)
    return isAdded || this.add(number, timestampMs, key, value)
  }

  /** Whether records had better wait: `room` says when they need not any more. */
  get isFull(): boolean {
    return this.#bytes >= this.#options.memoryBytesMax
  }

  async room(): Promise<void> {
    while (this.isFull) await this.#landed.rung
  }

  /** Sends the rest and waits for every answer. */
  async finish(): Promise<void> {
    for (const batch of this.#filling.values()) this.#launch(batch)
    while (this.#batches > 0) await this.#landed.rung
  }

  #begin(partition: number): Filling {
    const { producer, clock, lingerMs } = this.#options
    const timer = clock.after(lingerMs, () => this.#launch(batch))
    const batch: Filling = { partition, records: producer.writer(), numbers: [], valueBytes: 0, timer }
    this.#filling.set(partition, batch)
    return batch
  }

  #launch(batch: Filling): void {
    this.#close(batch)
    void this.#fly(batch)
  }

  #drop(batch: Filling): false {
    this.#close(batch)
    this.#options.producer.release(batch.records)
    return false
  }

  #close({ partition, timer }: Filling): void {
    timer[Symbol.dispose]()
    this.#filling.delete(partition)
    if (partition === this.#unkeyed) this.#unkeyed = -1
  }

  async #fly(batch: Filling): Promise<void> {
    const { producer, topic, landed } = this.#options
    const { partition, records } = batch
    const bytes = records.sizeInBytes
    this.#batches++
    this.#bytes += bytes
    const [outcome] = await producer.send([{ topic: topic.topic, partition, records }])
    this.#batches--
    this.#bytes -= bytes
    landed(batch, outcome as Outcome)
    this.#landed.ring()
  }
}
