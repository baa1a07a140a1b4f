/**
 * What a partition remembers of idempotent producers: their epoch and last batches, so that a batch sent twice is stored once, and one that
 * went missing is noticed; and where their transactions began that have no marker yet. Built from a snapshot and the batches behind it, changed
 * by every append.
 */
import type { Marker } from '../../protocol/control-batch.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import type { BatchHeader } from '../../protocol/record-batch.ts'

/** A producer may have five batches on their way; so many are recognized when they come again. */
const batchesRemembered = 5
/** How many producers one partition remembers; beyond it those idle longest are forgotten, as if they had expired. */
export const producersMax = 20_000

const sequenceModulus = 2 ** 31

/** Sequences go from 2147483647 to 0. */
const sequenceAfter = (sequence: number, steps: number): number => (sequence + steps) % sequenceModulus

export interface RememberedBatch {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly firstOffset: number
  readonly lastOffset: number
  readonly timestampMs: number
}

export interface Producer {
  readonly id: number
  epoch: number
  /** Oldest first. */
  batches: RememberedBatch[]
  /** Where its open transaction began, or -1. */
  transactionOffset: number
  coordinatorEpoch: number
  lastTimestampMs: number
}

/** A transaction that a marker has ended. */
export interface EndedTransaction {
  readonly outcome: Marker['outcome']
  readonly producerId: number
  readonly firstOffset: number
  /** Of the marker. */
  readonly lastOffset: number
  /** Everything before it is decided. */
  readonly lastStableOffset: number
}

const lastOf = (producer: Producer): RememberedBatch | undefined => producer.batches.at(-1)

export class ProducerState {
  #producers = new Map<number, Producer>()
  /** In the order in which their transactions began. */
  #inTransaction = new Set<Producer>()

  get size(): number {
    return this.#producers.size
  }

  all(): Iterable<Producer> {
    return this.#producers.values()
  }

  /** The offset from which on a transaction is still open, or Infinity. */
  firstOpenOffset(): number {
    return this.#inTransaction.values().next().value?.transactionOffset ?? Infinity
  }

  /** Those with an open transaction, in the order in which these began. */
  inTransaction(): Iterable<Readonly<Producer>> {
    return this.#inTransaction
  }

  /** Whether this producer has begun a transaction here that no marker has ended. */
  isInTransaction(producerId: number, epoch: number): boolean {
    const producer = this.#producers.get(producerId)
    return producer !== undefined && producer.transactionOffset >= 0 && producer.epoch === epoch
  }

  /** Throws what a batch of the broker's own, which carries no sequence, deserves if its producer has gone on with another epoch. */
  checkEpoch(batch: BatchHeader): void {
    const producer = this.#producers.get(batch.producerId)
    if (producer !== undefined) checkEpoch(producer, batch)
  }

  /** Throws INVALID_PRODUCER_EPOCH or TRANSACTION_COORDINATOR_FENCED for a marker that comes too late. */
  checkMarker(batch: BatchHeader, { coordinatorEpoch }: Marker): void {
    this.checkEpoch(batch)
    const known = this.#producers.get(batch.producerId)?.coordinatorEpoch ?? -1
    if (coordinatorEpoch < known)
      throw new KafkaFault(
        'TRANSACTION_COORDINATOR_FENCED',
        `A marker of coordinator epoch ${coordinatorEpoch}, and ${known} was seen already`,
      )
  }

  /** The earlier append of the same batch, or undefined for a new one. Throws what a batch that may not come now deserves. */
  check(batch: BatchHeader): RememberedBatch | undefined {
    const producer = this.#producers.get(batch.producerId)
    if (producer === undefined) return undefined
    const lastSequence = sequenceAfter(batch.baseSequence, batch.lastOffsetDelta)
    const duplicate =
      batch.producerEpoch === producer.epoch &&
      producer.batches.find((b) => b.firstSequence === batch.baseSequence && b.lastSequence === lastSequence)
    if (duplicate) return duplicate
    checkEpoch(producer, batch)
    checkSequence(producer, batch)
    if (producer.transactionOffset >= 0 && !batch.isTransactional && batch.producerEpoch === producer.epoch)
      throw new KafkaFault(
        'INVALID_TXN_STATE',
        `Producer ${producer.id} has a transaction open and sent a batch outside it`,
      )
    return undefined
  }

  /** Takes note of a batch that stands in the log; its header carries its offsets. Gives the transaction that it ends, if it is a marker that ends one. */
  note(batch: BatchHeader, marker: Marker | undefined): EndedTransaction | undefined {
    if (batch.producerId < 0) return undefined
    const producer = this.#producers.get(batch.producerId) ?? this.#add(batch)
    if (batch.producerEpoch !== producer.epoch) {
      producer.epoch = batch.producerEpoch
      producer.batches = []
    }
    producer.lastTimestampMs = Math.max(producer.lastTimestampMs, batch.maxTimestamp)
    if (batch.isControl) return marker === undefined ? undefined : this.#endTransaction(producer, batch, marker)
    if (batch.isTransactional && producer.transactionOffset < 0) this.#beginTransaction(producer, batch.baseOffset)
    if (batch.baseSequence >= 0) this.#remember(producer, batch)
    return undefined
  }

  /** Puts producers back as a snapshot has them. */
  restore(producers: readonly Producer[]): void {
    for (const producer of producers) this.#producers.set(producer.id, producer)
    const open = producers.filter((producer) => producer.transactionOffset >= 0)
    open.sort((a, b) => a.transactionOffset - b.transactionOffset)
    this.#inTransaction = new Set(open)
  }

  #remember(producer: Producer, batch: BatchHeader): void {
    producer.batches.push({
      firstSequence: batch.baseSequence,
      lastSequence: sequenceAfter(batch.baseSequence, batch.lastOffsetDelta),
      firstOffset: batch.baseOffset,
      lastOffset: batch.lastOffset,
      timestampMs: batch.maxTimestamp,
    })
    if (producer.batches.length > batchesRemembered) producer.batches.shift()
  }

  /** Forgets producers that last wrote before this time and have no transaction open. */
  expire(beforeMs: number): void {
    for (const producer of this.#producers.values())
      if (producer.lastTimestampMs < beforeMs && producer.transactionOffset < 0) this.#producers.delete(producer.id)
  }

  #add(batch: BatchHeader): Producer {
    if (this.#producers.size >= producersMax) this.#makeRoom()
    const producer: Producer = {
      id: batch.producerId,
      epoch: batch.producerEpoch,
      batches: [],
      transactionOffset: -1,
      coordinatorEpoch: -1,
      lastTimestampMs: -1,
    }
    this.#producers.set(producer.id, producer)
    return producer
  }

  /** A quarter at once, so that the sorting is paid for by many producers. */
  #makeRoom(): void {
    const idle = [...this.#producers.values()].filter((p) => p.transactionOffset < 0)
    idle.sort((a, b) => a.lastTimestampMs - b.lastTimestampMs)
    for (const { id } of idle.slice(0, producersMax >> 2)) this.#producers.delete(id)
  }

  #beginTransaction(producer: Producer, offset: number): void {
    producer.transactionOffset = offset
    this.#inTransaction.add(producer)
  }

  #endTransaction(producer: Producer, batch: BatchHeader, marker: Marker): EndedTransaction | undefined {
    const { outcome, coordinatorEpoch } = marker
    const { baseOffset: lastOffset, producerId } = batch
    const firstOffset = producer.transactionOffset
    producer.coordinatorEpoch = coordinatorEpoch
    producer.transactionOffset = -1
    if (!this.#inTransaction.delete(producer)) return undefined
    const lastStableOffset = Math.min(this.firstOpenOffset(), lastOffset + 1)
    return { outcome, producerId, firstOffset, lastOffset, lastStableOffset }
  }
}

const checkEpoch = (producer: Producer, batch: BatchHeader): void => {
  if (batch.producerEpoch >= producer.epoch) return
  throw new KafkaFault(
    'INVALID_PRODUCER_EPOCH',
    `Producer ${producer.id} sent epoch ${batch.producerEpoch}, and ${producer.epoch} was seen already`,
  )
}

/** A new epoch begins at 0, the known one goes on where it ended. */
const checkSequence = (producer: Producer, batch: BatchHeader): void => {
  const last = batch.producerEpoch === producer.epoch ? lastOf(producer) : undefined
  const due = last === undefined ? 0 : sequenceAfter(last.lastSequence, 1)
  if (batch.baseSequence === due) return
  throw new KafkaFault(
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
    `Producer ${producer.id} sent sequence ${batch.baseSequence} where ${due} is due`,
  )
}
