/**
 * Fills record batches with the console producer's lines and keeps a few on their way. A batch leaves when it is full, or when the input pauses and a place is
 * free; so batches grow as large as the broker's pace makes them.
 */
import type { Log } from '../base/log.ts'
import type { TopicMetadata } from '../client/cluster-metadata.ts'
import type { Outcome, PartitionBatch } from '../client/delivery.ts'
import type { Partitioner } from '../client/partitioner.ts'
import type { Producer } from '../client/producer.ts'
import type { LineRecord } from './producer-records.ts'

const sendsMax = 5

export class LineBatches {
  readonly #producer: Producer
  readonly #topic: TopicMetadata
  readonly #partitioner: Partitioner
  readonly #log: Log
  /** Being filled, by partition. */
  readonly #filling = new Map<number, PartitionBatch>()
  readonly #sends = new Set<Promise<void>>()
  /** Where lines without a key go until the next send. */
  #unkeyed = -1
  #failed = 0

  constructor(producer: Producer, topic: TopicMetadata, partitioner: Partitioner, log: Log) {
    this.#producer = producer
    this.#topic = topic
    this.#partitioner = partitioner
    this.#log = log
  }

  /** Lines that were not stored. */
  get failed(): number {
    return this.#failed
  }

  /** Adds a value without a key; false when its batch is full: send, and add it again. */
  addValue(value: Buffer, nowMs: number): boolean {
    if (this.#unkeyed < 0) this.#unkeyed = this.#partitioner.next(this.#topic)
    return this.#batch(this.#unkeyed).records.add(nowMs, null, value, null)
  }

  /** As `addValue`, for a whole record. */
  add({ key, value, headers }: LineRecord, nowMs: number): boolean {
    if (key === null && this.#unkeyed < 0) this.#unkeyed = this.#partitioner.next(this.#topic)
    const partition = key === null ? this.#unkeyed : this.#partitioner.keyed(key, this.#topic)
    return this.#batch(partition).records.add(nowMs, key, value, headers)
  }

  /** A line is left out: it never fits. */
  tooLarge(bytes: number, why: string): void {
    this.#failed++
    this.#say(1, bytes, why)
  }

  /** Sends what is filled if a place is free. */
  sendIfFree(): void {
    if (this.#sends.size < sendsMax) this.#send()
  }

  /** Sends what is filled as soon as a place is free. */
  async send(): Promise<void> {
    while (this.#sends.size >= sendsMax) await Promise.race(this.#sends)
    this.#send()
  }

  /** Sends the rest and waits for everything. */
  async finish(): Promise<void> {
    await this.send()
    await Promise.all(this.#sends)
  }

  #batch(partition: number): PartitionBatch {
    let batch = this.#filling.get(partition)
    if (batch === undefined) {
      batch = { topic: this.#topic.topic, partition, records: this.#producer.writer() }
      this.#filling.set(partition, batch)
    }
    return batch
  }

  #send(): void {
    const batches = [...this.#filling.values()].filter(({ records }) => records.count > 0)
    if (batches.length === 0) return
    for (const { partition } of batches) this.#filling.delete(partition)
    this.#unkeyed = -1
    const sent = this.#deliver(batches).finally(() => this.#sends.delete(sent))
    this.#sends.add(sent)
  }

  async #deliver(batches: readonly PartitionBatch[]): Promise<void> {
    const sizes = batches.map(({ records }) => ({ count: records.count, bytes: records.sizeInBytes }))
    const outcomes = await this.#producer.send(batches)
    for (const [i, { count, bytes }] of sizes.entries()) this.#count(outcomes[i] as Outcome, count, bytes)
  }

  #count({ error }: Outcome, count: number, bytes: number): void {
    if (error === undefined) return
    this.#failed += count
    this.#say(count, bytes, error.message)
  }

  #say(count: number, bytes: number, why: string): void {
    const what = count === 1 ? `value: ${bytes} bytes` : `${count} records of ${bytes} bytes`
    this.#log.error(
      `Error when sending message to topic ${this.#topic.topic} with key: null, ${what} with error: ${why}`,
    )
  }
}
