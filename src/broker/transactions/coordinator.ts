/**
 * Transactions: who may write under a transactional id, which partitions take part, and how it ends. Every change is in `__transaction_state` before it
 * takes effect, so that a broker that was killed at any step goes on from there: what was decided is completed, what was not is aborted in time.
 */
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import type { BrokerSettings } from '../config-table.ts'
import type { TopicStore } from '../topics/topic-store.ts'
import type { Topic } from '../topics/topic-types.ts'
import { Completion } from './completion.ts'
import { sayHanging } from './hanging.ts'
import { keepHouse } from './housekeeping.ts'
import { type MarkerListener, Markers } from './markers.ts'
import {
  type Beginning,
  decided,
  decisionOf,
  fenced,
  holds,
  holdsAll,
  isExhausted,
  isKnown,
  type Outcome,
  type Partitions,
  type ProducerName,
  type Transaction,
  type TransactionFacts,
  withNextEpoch,
  withNextId,
  withPartitions,
} from './transaction.ts'
import { TransactionStore } from './transaction-store.ts'

export interface TransactionsOptions {
  readonly settings: BrokerSettings
  readonly topics: TopicStore
  readonly clock: Clock
  readonly log: Log
  /** A producer id that was never given before; rejects with the disk's error. */
  readonly newProducerId: () => number | Promise<number>
  readonly listener: MarkerListener
}

/** A producer under its transactional id. */
export interface TransactionalName extends ProducerName {
  readonly transactionalId: string
}

export interface InitAsk {
  readonly transactionalId: string
  readonly timeoutMs: number
  /** What the producer was before, if it says so. */
  readonly expected: ProducerName | undefined
}

/** What InitProducerId gives, or why not. */
export type Given = ProducerName | number

export class TransactionCoordinator implements Disposable {
  readonly markers: Markers
  readonly #options: TransactionsOptions
  readonly #store: TransactionStore
  readonly #completion: Completion
  #house: Disposable | undefined

  constructor(options: TransactionsOptions) {
    const { settings } = options
    this.#options = options
    this.markers = new Markers(options)
    const partitions = settings['transaction.state.log.num.partitions']
    const segmentBytes = settings['transaction.state.log.segment.bytes']
    this.#store = new TransactionStore({ ...options, partitions, segmentBytes })
    this.#completion = new Completion({ ...options, store: this.#store, markers: this.markers })
  }

  /** Reads back what was stored, completes what was decided, and watches over the rest from then on. Throws KafkaFault. */
  load(): void {
    this.#store.load()
    for (const transaction of this.#store.list())
      if (!this.isUnread(transaction.id)) this.#completion.begin(transaction)
    sayHanging(this.#options.topics, this.#store, this.#options.log)
    this.#house = keepHouse({ ...this.#options, store: this.#store, completion: this.#completion })
  }

  /** Makes sure that transactions can be stored, so that a client may be told to come here. Throws KafkaFault. */
  prepare(): Topic {
    return this.#store.topic.ensure()
  }

  /** Whether the partition that keeps the id could not be read: what is known of it then may be old, and is not acted upon. */
  isUnread(transactionalId: string): boolean {
    return this.#store.topic.isUnread(transactionalId)
  }

  get(transactionalId: string): Transaction | undefined {
    return this.#store.get(transactionalId)
  }

  list(): Iterable<Transaction> {
    return this.#store.list()
  }

  /**
   * Gives a producer its id and epoch. A transaction that another one left open is aborted first, and this one has to come again. Rejects with the
   * disk's error where no producer id can be given.
   */
  async initProducerId({ transactionalId, timeoutMs, expected }: InitAsk): Promise<Given> {
    if (timeoutMs <= 0 || timeoutMs > this.#options.settings['transaction.max.timeout.ms'])
      return errorCodes.INVALID_TRANSACTION_TIMEOUT
    if (this.isUnread(transactionalId)) return errorCodes.COORDINATOR_NOT_AVAILABLE
    const transaction = this.#store.get(transactionalId) ?? (await this.#made(transactionalId, timeoutMs))
    if (transaction === undefined) return errorCodes.COORDINATOR_NOT_AVAILABLE
    const { facts, isPending } = transaction
    if (isPending) return errorCodes.CONCURRENT_TRANSACTIONS
    if (expected !== undefined && !isKnown(facts, expected)) return errorCodes.PRODUCER_FENCED
    if (decisionOf(facts) !== undefined) return errorCodes.CONCURRENT_TRANSACTIONS
    if (facts.state === 'Ongoing') return this.#fence(transaction)
    const given = await this.#begun(transaction, { timeoutMs, expected, nowMs: this.#options.clock.now() })
    this.#store.dropIfUnused(transaction)
    return given
  }

  /** Adds partitions to the producer's transaction, which begins with the first; gives the error. */
  async addPartitions(name: TransactionalName, partitions: Partitions): Promise<number> {
    const transaction = this.#named(name)
    if (typeof transaction === 'number') return transaction
    const { facts } = transaction
    if (transaction.isPending || decisionOf(facts) !== undefined) return errorCodes.CONCURRENT_TRANSACTIONS
    if (facts.state === 'Ongoing' && holdsAll(facts.partitions, partitions)) return errorCodes.NONE
    return this.#store.store(transaction, withPartitions(facts, partitions, this.#options.clock.now()))
  }

  /** Why this producer may not write to a partition now; NONE if it may. */
  verify(name: TransactionalName, topic: string, partition: number): number {
    const transaction = this.#named(name)
    if (typeof transaction === 'number') return transaction
    const { facts } = transaction
    if (decisionOf(facts) !== undefined) return errorCodes.CONCURRENT_TRANSACTIONS
    const isIn = facts.state === 'Ongoing' && holds(facts.partitions, topic, partition)
    return isIn ? errorCodes.NONE : errorCodes.TRANSACTION_ABORTABLE
  }

  /** Decides how the transaction ends; gives the error. The markers follow by themselves. */
  async end(name: TransactionalName, outcome: Outcome): Promise<number> {
    const transaction = this.#named(name)
    if (typeof transaction === 'number') return transaction
    if (transaction.isPending) return errorCodes.CONCURRENT_TRANSACTIONS
    const { facts } = transaction
    if (facts.state === 'Ongoing')
      return this.#completion.decide(transaction, decided(facts, outcome, this.#options.clock.now()))
    if (facts.state === (outcome === 'commit' ? 'CompleteCommit' : 'CompleteAbort')) return errorCodes.NONE
    return decisionOf(facts) === outcome ? errorCodes.CONCURRENT_TRANSACTIONS : errorCodes.INVALID_TXN_STATE
  }

  /** Stops all timers; what is not complete goes on with the next start. */
  [Symbol.dispose](): void {
    this.#house?.[Symbol.dispose]()
    this.#completion[Symbol.dispose]()
  }

  /** The transaction of a producer, or the error for one that is not (or no longer) its producer. */
  #named({ transactionalId, producerId, producerEpoch }: TransactionalName): Transaction | number {
    if (transactionalId === '') return errorCodes.INVALID_REQUEST
    if (this.isUnread(transactionalId)) return errorCodes.NOT_COORDINATOR
    const transaction = this.#store.get(transactionalId)
    if (transaction === undefined || transaction.facts.producerId !== producerId)
      return errorCodes.INVALID_PRODUCER_ID_MAPPING
    return transaction.facts.producerEpoch === producerEpoch ? transaction : errorCodes.PRODUCER_FENCED
  }

  /** Undefined where there is no room for one more. */
  async #made(id: string, timeoutMs: number): Promise<Transaction | undefined> {
    if (this.#store.isFull) return undefined
    const producerId = await this.#options.newProducerId()
    return this.#store.get(id) ?? this.#store.make(id, producerId, timeoutMs)
  }

  async #begun(transaction: Transaction, beginning: Beginning): Promise<Given> {
    const next = await this.#next(transaction, beginning)
    if (typeof next === 'number') return next
    const error = await this.#store.store(transaction, next)
    return error === errorCodes.NONE ? { producerId: next.producerId, producerEpoch: next.producerEpoch } : error
  }

  async #next(transaction: Transaction, beginning: Beginning): Promise<TransactionFacts | number> {
    const { facts } = transaction
    const { expected } = beginning
    const isCurrent = expected === undefined || expected.producerEpoch === facts.producerEpoch
    if (!isExhausted(facts.producerEpoch) || !isCurrent) return withNextEpoch(facts, beginning)
    transaction.isPending = true
    try {
      return withNextId(facts, await this.#options.newProducerId(), beginning)
    } finally {
      transaction.isPending = false
    }
  }

  /** Shuts the producer out and aborts what it left open. Whoever asked comes again, and gets a later epoch. */
  async #fence(transaction: Transaction): Promise<number> {
    const error = await this.#completion.decide(transaction, fenced(transaction.facts, this.#options.clock.now()))
    return error === errorCodes.NONE ? errorCodes.CONCURRENT_TRANSACTIONS : error
  }
}
