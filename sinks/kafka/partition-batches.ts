/**
 * The record batches of one write: each event's record goes into the batch of its partition, and each batch remembers which events it holds, so that
 * what the broker says of a record can be said of its event.
 */
import type { PartitionBatch } from '../../src/client/delivery.ts'
import type { RecordBatchWriter } from '../../src/client/records.ts'

/** Indexes of events, ascending, kept as runs: nearly always there is one. */
export class EventRuns {
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  /** Adds those from `from` to `to`. */
  add(from: number, to: number): void {
    const last = this.#ends.length - 1
    if (from >= to) return
    if (this.#ends[last] === from) this.#ends[last] = to
    else {
      this.#starts.push(from)
      this.#ends.push(to)
    }
  }

  get count(): number {
    let sum = 0
    for (let run = 0; run < this.#starts.length; run++)
      sum += (this.#ends[run] as number) - (this.#starts[run] as number)
    return sum
  }

  /** The index that was added as number `nth`, or -1. */
  at(nth: number): number {
    let left = nth
    for (let run = 0; run < this.#starts.length; run++) {
      const start = this.#starts[run] as number
      const length = (this.#ends[run] as number) - start
      if (left < length) return start + left
      left -= length
    }
    return -1
  }
}

/** One partition's batch being filled. */
export interface FillingBatch extends PartitionBatch {
  readonly events: EventRuns
  /** It is to grow no larger, unless one record alone is. */
  readonly bytesMax: number
}

export interface BatchSource {
  writer(): RecordBatchWriter
  release(writer: RecordBatchWriter): void
  /** Most bytes of a batch that the topic takes, as far as it is known. */
  bytesMax(topic: string): number
}

export class PartitionBatches {
  readonly #source: BatchSource
  /** Full ones and those being filled, in the order of their first record. */
  readonly #all: FillingBatch[] = []
  readonly #filling = new Map<string, FillingBatch[]>()

  constructor(source: BatchSource) {
    this.#source = source
  }

  get batches(): readonly FillingBatch[] {
    return this.#all
  }

  /** The batch that the partition's next record goes into. */
  filling(topic: string, partition: number): FillingBatch {
    let ofTopic = this.#filling.get(topic)
    if (ofTopic === undefined) this.#filling.set(topic, (ofTopic = []))
    return (ofTopic[partition] ??= this.#begin(topic, partition))
  }

  /** Begins another batch for a partition whose last one is full. */
  next(full: FillingBatch): FillingBatch {
    const batch = this.#begin(full.topic, full.partition)
    const ofTopic = this.#filling.get(full.topic)
    if (ofTopic !== undefined) ofTopic[full.partition] = batch
    return batch
  }

  /** None of it will be sent. */
  release(): void {
    for (const { records } of this.#all) this.#source.release(records)
  }

  #begin(topic: string, partition: number): FillingBatch {
    const bytesMax = this.#source.bytesMax(topic)
    const batch = { topic, partition, records: this.#source.writer(), events: new EventRuns(), bytesMax }
    this.#all.push(batch)
    return batch
  }
}
