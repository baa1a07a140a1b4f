/**
 * Fills record batches with the console producer's lines and keeps a few rounds of them on their way. A round leaves when it is full, or when the input
 * pauses and nothing is on its way: so batches grow as large as the broker's pace makes them, and a single line typed at a terminal leaves at once.
 */
import { assert } from '../base/assert.ts'
import type { Log } from '../base/log.ts'
import { varintBytes } from '../base/varint.ts'
import { Bell } from '../base/bell.ts'
import type { TopicMetadata } from '../client/cluster-metadata.ts'
import type { Outcome } from '../client/outcome.ts'
import type { Partitioner } from '../client/partitioner.ts'
import type { Producer } from '../client/producer.ts'
import { RecordBatchWriter } from '../protocol/record-batch-writer.ts'
import { failureText, ToolFailure } from './kafka-failure.ts'
import { isTooLarge, kept, mend, type KeptBatch, type MendingHost, type RefusedBatch } from './refused-lines.ts'

const roundsMax = 5
/** Failures that are said one by one; later ones are only counted. */
const saidMax = 100
/** Writers kept for later rounds. */
const writersMax = 16
/** By Kafka's count: a batch's header and the most that stands around one record. */
const overheadBytes = 61 + 21

const partBytes = (part: Uint8Array | null): number => (part === null ? 1 : varintBytes(part.length) + part.length)
const sizeText = (bytes: number | null): string => (bytes === null ? 'null' : `${bytes} bytes`)

export interface LineBatchesOptions {
  readonly producer: Pick<Producer, 'options' | 'send'>
  readonly topic: TopicMetadata
  readonly partitioner: Partitioner
  readonly log: Log
}

export class LineBatches {
  readonly #options: LineBatchesOptions
  readonly #recordBytesMax: number
  /** Being filled, by partition. */
  readonly #filling: (RecordBatchWriter | undefined)[] = []
  readonly #partitions: number[] = []
  readonly #idle: RecordBatchWriter[] = []
  readonly #landed = new Bell()
  readonly #host: MendingHost
  #filledBytes = 0
  #roundBytesMax: number
  /** Where lines without a key go until the round leaves. */
  #unkeyed = -1
  #rounds = 0
  #launched = 0
  #refused: (RefusedBatch & { readonly round: number })[] = []
  #mending = false
  #lost = 0
  #said = 0

  constructor(options: LineBatchesOptions) {
    this.#options = options
    this.#recordBytesMax = this.#roundBytesMax = options.producer.options.requestBytesMax
    this.#host = {
      send: (batch) => this.#deliver(batch),
      lost: (count, first, error) => this.#say(count, first.key, first.value, error),
    }
  }

  /** Lines that were not stored. */
  get lost(): number {
    return this.#lost
  }

  /** Adds a record; false when the round is full: `send`, and add it again. One that could never be sent is said and left out. */
  add(nowMs: number, key: Buffer | null, value: Buffer | null, headers: Buffer | null): boolean {
    const bytes = overheadBytes + partBytes(key) + partBytes(value) + (headers?.length ?? 1)
    if (bytes > this.#recordBytesMax) {
      this.#sayTooLarge(bytes, key, value?.length ?? null)
      return true
    }
    if (this.#filledBytes + bytes > this.#roundBytesMax && this.#filledBytes > 0) return false
    const { topic, partitioner } = this.#options
    if (key === null && this.#unkeyed < 0) this.#unkeyed = partitioner.next(topic)
    const writer = this.#writerOf(key === null ? this.#unkeyed : partitioner.keyed(key, topic))
    const before = writer.sizeInBytes
    assert(writer.add(nowMs, key, value, headers), 'a record that fits was refused by its batch')
    this.#filledBytes += writer.sizeInBytes - before
    return true
  }

  /** A line of so many bytes was too long to be kept. */
  tooLong(bytes: number): void {
    this.#sayTooLarge(overheadBytes + partBytes(null) + varintBytes(bytes) + bytes + 1, null, bytes)
  }

  /** The input pauses: sends what there is, unless a round is on its way; then it goes when that has landed. */
  pause(): void {
    if (this.#rounds === 0 && !this.#mending) this.#launch()
  }

  /** Sends what is filled as soon as a place is free. */
  async send(): Promise<void> {
    while (this.#rounds >= roundsMax || this.#mending || this.#refused.length > 0) await this.#landed.rung
    this.#launch()
  }

  /** Sends the rest and waits until everything is stored or said to be lost. */
  async finish(): Promise<void> {
    this.pause()
    while (this.#rounds > 0 || this.#mending) await this.#landed.rung
  }

  #writerOf(partition: number): RecordBatchWriter {
    const open = this.#filling[partition]
    if (open !== undefined) return open
    const writer = this.#idle.pop() ?? new RecordBatchWriter({ bytesMax: this.#recordBytesMax })
    this.#partitions.push(partition)
    return (this.#filling[partition] = writer)
  }

  #launch(): void {
    if (this.#partitions.length === 0) return
    const batches = this.#partitions.map((partition) => kept(partition, this.#writerOf(partition)))
    for (const partition of this.#partitions) this.#filling[partition] = undefined
    this.#partitions.length = 0
    this.#filledBytes = 0
    this.#unkeyed = -1
    void this.#fly(batches)
  }

  async #fly(batches: readonly KeptBatch[]): Promise<void> {
    const { producer, topic } = this.#options
    this.#rounds++
    const round = this.#launched++
    const outcomes = await producer.send(batches.map((batch) => ({ ...batch, topic: topic.topic })))
    this.#rounds--
    for (const [i, batch] of batches.entries()) this.#landedWith(batch, outcomes[i] as Outcome, round)
    if (this.#rounds === 0 && this.#refused.length > 0) await this.#mend()
    if (this.#rounds === 0) this.#launch()
    this.#landed.ring()
  }

  #landedWith(batch: KeptBatch, outcome: Outcome, round: number): void {
    this.#learn(batch, outcome)
    if (outcome.error !== undefined) this.#refused.push({ ...batch, outcome, round })
    else if (this.#idle.length < writersMax) {
      batch.records.reset()
      this.#idle.push(batch.records)
    }
  }

  async #mend(): Promise<void> {
    this.#mending = true
    // Rounds over several leaders may land in another order.
    const refused = this.#refused.toSorted((a, b) => a.round - b.round)
    this.#refused = []
    await mend(refused, this.#host)
    this.#mending = false
  }

  /** One batch of those that are mended. */
  async #deliver(batch: KeptBatch): Promise<Outcome> {
    const { producer, topic } = this.#options
    const [outcome] = await producer.send([{ ...batch, topic: topic.topic }])
    this.#learn(batch, outcome as Outcome)
    return outcome as Outcome
  }

  /** From a batch that was too large the size of later rounds is learned. */
  #learn({ bytes, count }: KeptBatch, outcome: Outcome): void {
    if (count > 1 && isTooLarge(outcome))
      this.#roundBytesMax = Math.min(this.#roundBytesMax, Math.ceil(bytes.length / 2))
  }

  /** In the words of Kafka's producer. */
  #sayTooLarge(bytes: number, key: Buffer | null, valueBytes: number | null): void {
    const says = `The message is ${bytes} bytes when serialized which is larger than ${this.#recordBytesMax}, which is the value of the max.request.size configuration.`
    const failure = new ToolFailure(says, 'org.apache.kafka.common.errors.RecordTooLargeException')
    this.#say(1, key?.length ?? null, valueBytes, failure)
  }

  #say(count: number, keyBytes: number | null, valueBytes: number | null, error: unknown): void {
    this.#lost += count
    if (this.#said++ >= saidMax) return
    const more = count > 1 ? ` (and ${count - 1} more of the same batch)` : ''
    const record = `topic ${this.#options.topic.topic} with key: ${sizeText(keyBytes)}, value: ${sizeText(valueBytes)}`
    this.#options.log.error(`Error when sending message to ${record} with error: ${failureText(error)}${more}`)
    if (this.#said === saidMax) this.#options.log.error('Further messages that are not stored are only counted.')
  }
}
