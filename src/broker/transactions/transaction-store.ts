/**
 * The transactional ids of this broker and their home in `__transaction_state`: found, made and forgotten here, stored and read back. What may follow
 * on what stands in transaction.ts.
 */
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { Malformed } from '../../protocol/malformed.ts'
import { storageError } from '../groups/storage-error.ts'
import { InternalTopic, type StoredRecord } from '../topics/internal-topic.ts'
import type { TopicStore } from '../topics/topic-store.ts'
import { fresh, type Transaction, type TransactionFacts } from './transaction.ts'
import { readTransactionKey, readTransactionValue, transactionKey, transactionValue } from './transaction-records.ts'

export const TRANSACTIONS_TOPIC = '__transaction_state'
/** Transactional ids that are remembered; more are refused until some expire. */
export const TRANSACTIONAL_IDS_MAX = 1_000_000

export interface TransactionStoreOptions {
  readonly topics: TopicStore
  readonly clock: Clock
  readonly log: Log
  /** transaction.state.log.num.partitions, transaction.state.log.segment.bytes */
  readonly partitions: number
  readonly segmentBytes: number
}

export class TransactionStore {
  readonly topic: InternalTopic
  readonly clock: Clock
  readonly #log: Log
  readonly #transactions = new Map<string, Transaction>()

  constructor(options: TransactionStoreOptions) {
    this.clock = options.clock
    this.#log = options.log
    this.topic = new InternalTopic({ ...options, name: TRANSACTIONS_TOPIC })
  }

  get(id: string): Transaction | undefined {
    return this.#transactions.get(id)
  }

  list(): Iterable<Transaction> {
    return this.#transactions.values()
  }

  get isFull(): boolean {
    return this.#transactions.size >= TRANSACTIONAL_IDS_MAX
  }

  /** A new one; nothing of it is stored yet. */
  make(id: string, producerId: number, timeoutMs: number): Transaction {
    const transaction = { id, facts: fresh(producerId, timeoutMs, this.clock.now()), isPending: false, beganMs: 0 }
    this.#transactions.set(id, transaction)
    return transaction
  }

  /** Forgets one that never came to be stored. */
  dropIfUnused(transaction: Transaction): void {
    if (transaction.facts.producerEpoch === -1 && !transaction.isPending) this.#transactions.delete(transaction.id)
  }

  /** Stores facts, and then lets them take effect; gives the error. */
  async store(transaction: Transaction, next: TransactionFacts): Promise<number> {
    const sinceMs = this.clock.monotonic()
    const stored = await this.#append(transaction, transactionValue(next))
    if (stored !== errorCodes.NONE) return stored
    if (next.state === 'Ongoing' && transaction.facts.state !== 'Ongoing') transaction.beganMs = sinceMs
    transaction.facts = next
    return stored
  }

  /** Forgets an id, on disk and here; gives the error. */
  async forget(transaction: Transaction): Promise<number> {
    const stored = await this.#append(transaction, null)
    if (stored === errorCodes.NONE) this.#transactions.delete(transaction.id)
    return stored
  }

  /** The leader epoch of the partition that holds this id: markers carry it. Throws KafkaFault. */
  coordinatorEpoch(id: string): number {
    return this.topic.logOf(id).leaderEpoch
  }

  /** Reads back what was stored. Throws KafkaFault. */
  load(): void {
    let unreadable = 0
    this.topic.replay({
      record: (record) => {
        try {
          this.#replayed(record)
        } catch (thrown) {
          if (!(thrown instanceof Malformed)) throw thrown
          unreadable++
        }
      },
    })
    if (unreadable > 0)
      this.#log.warn(`${unreadable} records of ${TRANSACTIONS_TOPIC} cannot be read and were passed over.`)
  }

  #replayed({ key, value }: StoredRecord): void {
    const id = readTransactionKey(key)
    if (id === undefined) return
    const facts = value === null ? undefined : readTransactionValue(value)
    if (facts === undefined) this.#transactions.delete(id)
    else this.#transactions.set(id, { id, facts, isPending: false, beganMs: this.#beganMs(facts) })
  }

  /** What was stored has the time of the wall clock alone; one that is yet to begin by that begins now. */
  #beganMs({ startMs }: TransactionFacts): number {
    return this.clock.monotonic() - Math.max(0, this.clock.now() - startMs)
  }

  async #append(transaction: Transaction, value: Buffer | null): Promise<number> {
    transaction.isPending = true
    try {
      await this.topic.append(transaction.id, [{ key: transactionKey(transaction.id), value }])
      return errorCodes.NONE
    } catch (thrown) {
      return storageError(thrown)
    } finally {
      transaction.isPending = false
    }
  }
}
