/**
 * A producer whose batches, of any partitions, and whose offsets, of any group, take effect together or not at all. One transaction is open at a time:
 * `begin`, then `send` and `sendOffsets` as often as one likes, then `commit` or `abort`. When something in a transaction fails, only `abort` is left;
 * when another producer took over the transactional id, only to close this one.
 */
import { Fault, reasonOf } from '../base/faults.ts'
import { assert } from '../base/assert.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import type { RecordBatchWriter } from '../protocol/record-batch-writer.ts'
import type { TopicPartition } from './assignors/assignor.ts'
import type { TopicMetadata } from './cluster-metadata.ts'
import type { PartitionBatch } from './delivery.ts'
import { BrokerError } from './errors.ts'
import type { OffsetToCommit } from './group-offsets.ts'
import type { ClientOptions } from './options.ts'
import type { Outcome } from './outcome.ts'
import { noIdentity, type ProducerIdentity } from './partition-queue.ts'
import { Producer } from './producer.ts'
import type { ProducerOptions } from './producer-options.ts'
import { type GroupIdentity, TransactionRequests } from './transaction-requests.ts'

export interface TransactionalOptions extends Partial<Omit<ProducerOptions, 'acks' | 'idempotent'>> {
  readonly transactionalId: string
}

/** After these nothing but a new producer helps. */
const fencedCodes: ReadonlySet<number> = new Set([
  errorCodes.PRODUCER_FENCED,
  errorCodes.INVALID_PRODUCER_EPOCH,
  errorCodes.INVALID_PRODUCER_ID_MAPPING,
])

export class TransactionalProducer implements AsyncDisposable {
  readonly #producer: Producer
  readonly #requests: TransactionRequests
  readonly #transactionalId: string
  #identity = noIdentity
  #isOpen = false
  /** What takes part in the transaction, by `topic/partition`. */
  readonly #added = new Set<string>()
  /** The broker knows of the transaction, or may. */
  #isBegun = false
  readonly #sending = new Set<Promise<unknown>>()
  /** The commit was asked for and not answered: it may have happened. */
  #isCommitting = false
  /** Why the transaction cannot be committed any more. */
  #failure: Error | undefined
  /** Why nothing works any more. */
  #fenced: Fault | undefined

  constructor(client: ClientOptions, options: TransactionalOptions) {
    this.#transactionalId = options.transactionalId
    this.#producer = new Producer(client, { ...options, acks: -1, idempotent: true })
    const { transactionTimeoutMs: timeoutMs, maxBlockMs: patienceMs } = this.#producer.options
    const { transactionalId } = options
    this.#requests = new TransactionRequests(this.#producer.cluster, { transactionalId, timeoutMs, patienceMs })
  }

  /** Connects, shuts out whoever used the transactional id before, and aborts what that one left open. Rejects with a BrokerError or BROKER_UNREACHABLE. */
  async open(): Promise<void> {
    await this.#producer.cluster.refresh()
    this.#adopt(await this.#watched(this.#requests.begin()))
  }

  topic(name: string): TopicMetadata | undefined {
    return this.#producer.topic(name)
  }

  /** As the plain producer's. */
  lookUp(name: string, signal?: AbortSignal): Promise<TopicMetadata> {
    return this.#producer.lookUp(name, signal)
  }

  writer(): RecordBatchWriter {
    return this.#producer.writer()
  }

  release(writer: RecordBatchWriter): void {
    this.#producer.release(writer)
  }

  /** Begins a transaction; the broker learns of it with the first batch. */
  begin(): void {
    this.#mustWork()
    assert(!this.#isOpen, 'a transaction was begun inside another')
    this.#isOpen = true
  }

  /** As the plain producer's, inside the transaction. One batch that fails fails the transaction. Rejects with PRODUCER_FENCED, TRANSACTION_FAILED or what the coordinator says. */
  async send(batches: readonly PartitionBatch[], signal?: AbortSignal): Promise<readonly Outcome[]> {
    this.#mustBeOpen()
    await this.#add(batches)
    const sent = this.#producer.send(batches, signal)
    this.#sending.add(sent)
    try {
      const outcomes = await sent
      for (const { error } of outcomes) if (error !== undefined) this.#failed(error)
      return outcomes
    } finally {
      this.#sending.delete(sent)
    }
  }

  /** Commits offsets of a consumer group with the transaction. Rejects with a BrokerError where the group refuses them; the transaction has failed then. */
  async sendOffsets(offsets: readonly OffsetToCommit[], group: GroupIdentity): Promise<void> {
    this.#mustBeOpen()
    if (offsets.length === 0) return
    this.#isBegun = true
    await this.#watched(this.#requests.commitOffsets(this.#identity, group, offsets))
  }

  /**
   * Resolves once the transaction is decided: all of it is stored. Rejects with TRANSACTION_FAILED, and has then to be aborted, or with PRODUCER_FENCED;
   * with the network's troubles where the broker did not answer, and has then to be called again.
   */
  async commit(): Promise<void> {
    if (!this.#isCommitting) this.#mustBeOpen()
    await Promise.allSettled(this.#sending)
    if (!this.#isCommitting) this.#mustBeOpen()
    if (this.#isBegun) await this.#committed()
    this.#over()
  }

  /** Takes back everything that the transaction sent; then another can begin. Rejects with PRODUCER_FENCED, or what the coordinator says. */
  async abort(): Promise<void> {
    this.#mustWork()
    if (this.#isCommitting) throw this.#failedFor('its commit was not answered and may have happened; commit it again')
    await Promise.allSettled(this.#sending)
    this.#mustWork()
    if (this.#isBegun) await this.#watched(this.#aborted())
    // after a failure the broker may miss batches that were numbered: a new epoch counts from 0 again
    if (this.#failure !== undefined) this.#adopt(await this.#watched(this.#requests.begin(this.#identity)))
    this.#over()
  }

  /** Closes the connections. What was not committed is aborted by the next that opens, or by the broker in time. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#producer[Symbol.asyncDispose]()
  }

  async #add(batches: readonly PartitionBatch[]): Promise<void> {
    const fresh = new Map<string, TopicPartition>()
    for (const { topic, partition } of batches) {
      const key = `${topic}/${partition}`
      if (!this.#added.has(key)) fresh.set(key, { topic, partition })
    }
    if (fresh.size === 0) return
    this.#isBegun = true
    await this.#watched(this.#requests.add(this.#identity, [...fresh.values()]))
    for (const key of fresh.keys()) this.#added.add(key)
  }

  async #committed(): Promise<void> {
    this.#isCommitting = true
    try {
      await this.#requests.end(this.#identity, 'commit')
    } catch (thrown) {
      if (!(thrown instanceof BrokerError) || thrown.retriable) throw thrown
      this.#isCommitting = false
      this.#failed(thrown)
      throw this.#fenced ?? this.#failedFor(thrown.says, thrown)
    }
  }

  /** The broker may not have heard of the transaction, where adding the first partition failed. */
  async #aborted(): Promise<void> {
    try {
      await this.#requests.end(this.#identity, 'abort')
    } catch (thrown) {
      const isNone = thrown instanceof BrokerError && thrown.errorCode === errorCodes.INVALID_TXN_STATE
      if (!isNone || this.#failure === undefined) throw thrown
    }
  }

  #adopt(identity: ProducerIdentity): void {
    this.#identity = identity
    this.#producer.adopt(identity)
  }

  #over(): void {
    this.#isOpen = false
    this.#isBegun = false
    this.#isCommitting = false
    this.#failure = undefined
    this.#added.clear()
  }

  async #watched<T>(request: Promise<T>): Promise<T> {
    try {
      return await request
    } catch (thrown) {
      if (thrown instanceof Error) this.#failed(thrown)
      if (this.#fenced !== undefined) throw this.#fenced
      throw thrown
    }
  }

  #failed(error: Error): void {
    this.#failure ??= error
    if (!(error instanceof BrokerError) || !fencedCodes.has(error.errorCode)) return
    const { says: problem } = error
    this.#fenced ??= new Fault('PRODUCER_FENCED', { transactionalId: this.#transactionalId, problem }, error)
  }

  #mustWork(): void {
    if (this.#fenced !== undefined) throw this.#fenced
  }

  #mustBeOpen(): void {
    this.#mustWork()
    assert(this.#isOpen, 'there is no transaction: begin one first')
    if (this.#failure !== undefined) throw this.#failedFor(reasonOf(this.#failure), this.#failure)
  }

  #failedFor(problem: string, cause?: Error): Fault {
    return new Fault('TRANSACTION_FAILED', { transactionalId: this.#transactionalId, problem }, cause)
  }
}
