/** One call of `Producer.send`: the batches it brought, and the promise that tells what became of each. */
import type { RecordBatchWriter } from '../protocol/record-batch-writer.ts'
import type { Outcome } from './outcome.ts'
import type { PartitionQueue, QueuedBatch } from './partition-queue.ts'

/** A filled batch for one partition. It belongs to the producer once it is handed over. */
export interface PartitionBatch {
  readonly topic: string
  readonly partition: number
  readonly records: RecordBatchWriter
}

/** Takes back writers that are no longer needed. */
export interface WriterReturn {
  give(records: RecordBatchWriter): void
}

/** The batches of one partition on their way. */
export type EntryQueue = PartitionQueue<Entry>

/** A batch on its way. */
export class Entry implements QueuedBatch {
  readonly queue: EntryQueue
  readonly records: RecordBatchWriter
  /** On the monotonic clock: after it the batch fails instead of being sent again. */
  readonly dueMs: number
  /** Sequence of its first record, -1 while it has none. */
  sequence = -1
  /** The socket may still read the batch's bytes. */
  inFlight = false
  readonly #delivery: Delivery
  readonly #index: number
  #settled = false
  #released = false

  constructor(queue: EntryQueue, records: RecordBatchWriter, dueMs: number, delivery: Delivery, index: number) {
    this.queue = queue
    this.records = records
    this.dueMs = dueMs
    this.#delivery = delivery
    this.#index = index
  }

  /** Its outcome was told. */
  get settled(): boolean {
    return this.#settled
  }

  /** Tells the outcome, once. */
  settle(outcome: Outcome): void {
    if (this.#settled) return
    this.#settled = true
    this.release()
    this.#delivery.tell(this.#index, outcome)
  }

  /** Gives the writer back as soon as nobody reads or will send it. */
  release(): void {
    if (this.#released || this.inFlight || !this.#settled) return
    this.#released = true
    this.#delivery.writers.give(this.records)
  }
}

export class Delivery {
  readonly writers: WriterReturn
  readonly entries: Entry[] = []
  readonly #outcomes: Outcome[] = []
  readonly #told = Promise.withResolvers<readonly Outcome[]>()
  #left = 0

  constructor(writers: WriterReturn) {
    this.writers = writers
  }

  /** Resolves with the outcomes in the order of the batches. */
  get outcomes(): Promise<readonly Outcome[]> {
    return this.#told.promise
  }

  add(queue: EntryQueue, records: RecordBatchWriter, dueMs: number): Entry {
    const entry = new Entry(queue, records, dueMs, this, this.#left++)
    this.entries.push(entry)
    return entry
  }

  tell(index: number, outcome: Outcome): void {
    this.#outcomes[index] = outcome
    if (--this.#left === 0) this.#told.resolve(this.#outcomes)
  }

  /** Nobody waits for the rest any more. What is in flight may still be stored. */
  cancel(error: Error): void {
    for (const entry of this.entries) entry.settle({ baseOffset: -1, error })
  }
}
