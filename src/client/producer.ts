/**
 * Sends record batches to the leaders of their partitions. The caller fills a batch for one partition and hands it over; the producer numbers it,
 * sends it, sends it again after a lost connection or a change of leader, and tells what became of it as a value. Batches of a partition are stored
 * in the order of the calls, several in flight where the broker checks sequences, one at a time where it does not.
 */
import { Fault, reasonOf } from '../base/faults.ts'
import { isTold, tell } from '../base/told.ts'
import type { RecordBatchWriter } from '../protocol/record-batch-writer.ts'
import { Cluster } from './cluster.ts'
import type { TopicMetadata } from './cluster-metadata.ts'
import { Delivery } from './delivery.ts'
import type { EntryQueue, PartitionBatch } from './delivery.ts'
import type { Outcome } from './outcome.ts'
import { isRetriable } from './errors.ts'
import { LeaderSender } from './leader-sender.ts'
import type { SenderHost } from './leader-sender.ts'
import type { ClientOptions } from './options.ts'
import { PartitionQueue, noIdentity } from './partition-queue.ts'
import type { ProducerIdentity } from './partition-queue.ts'
import { obtainIdentity } from './producer-identity.ts'
import { producerDefaults } from './producer-options.ts'
import type { ProducerOptions } from './producer-options.ts'
import { knownTopic, lookUpTopic } from './topic-lookup.ts'
import { backOff } from './waiting.ts'
import { WriterPool } from './writer-pool.ts'

/** A leader that changes, or a request that is lost, is mended before so many tries. */
const saidAfter = 5

export class Producer implements AsyncDisposable {
  readonly options: ProducerOptions
  readonly #cluster: Cluster
  readonly #writers: WriterPool
  readonly #queues = new Map<string, EntryQueue[]>()
  readonly #senders = new Map<number, LeaderSender>()
  readonly #stuck = new Set<EntryQueue>()
  readonly #closing = new AbortController()
  readonly #host: SenderHost
  #identity: ProducerIdentity | undefined
  #failures = 0
  #problem: Error | undefined
  #recovering = false
  #isSaid = false

  constructor(client: ClientOptions, options: Partial<ProducerOptions> = {}) {
    this.options = { ...producerDefaults, ...options }
    this.#cluster = new Cluster(client)
    this.#writers = new WriterPool(this.options.requestBytesMax)
    if (!this.options.idempotent || this.options.acks === 0) this.#identity = noIdentity
    const perPartitionMax = (): number => this.#perPartitionMax
    this.#host = {
      cluster: this.#cluster,
      options: this.options,
      get perPartitionMax() {
        return perPartitionMax()
      },
      stuck: (queue, problem) => this.#onStuck(queue, problem),
      stored: () => this.#stored(),
    }
  }

  /**
   * Connects, and gets a producer id if one is to be had at once, so that a missing broker shows before the first batch.
   * Rejects with BROKER_UNREACHABLE.
   */
  async open(): Promise<void> {
    await this.#cluster.refresh()
    try {
      this.#identity ??= await this.#obtainIdentity()
    } catch (error) {
      if (!isRetriable(error)) throw error
    }
  }

  /** What requests that are not about records go through. */
  get cluster(): Cluster {
    return this.#cluster
  }

  /** From here on batches go out under this identity, from sequence 0: for the owner of transactions, while nothing waits or is in flight. */
  adopt(identity: ProducerIdentity): void {
    this.#queues.clear()
    this.#identity = identity
  }

  /** A topic's metadata if it is there already, without waiting. */
  topic(name: string): TopicMetadata | undefined {
    return knownTopic(this.#cluster, name)
  }

  /** A topic's metadata, waited for up to `maxBlockMs`, and `missingTopicMaxMs` where there is none; asking may create the topic. Rejects as lookUpTopic does. */
  lookUp(name: string, signal?: AbortSignal): Promise<TopicMetadata> {
    const { maxBlockMs, missingTopicMaxMs } = this.options
    return lookUpTopic(this.#cluster, name, maxBlockMs, signal, missingTopicMaxMs)
  }

  /** An empty batch to fill for `send`. */
  writer(): RecordBatchWriter {
    return this.#writers.take()
  }

  /** Gives back a writer that is not sent after all. */
  release(writer: RecordBatchWriter): void {
    this.#writers.give(writer)
  }

  /**
   * Sends filled batches of topics that were looked up, and resolves with what became of each, in their order; a failure is a value.
   * When `signal` aborts, those that were not answered fail with its reason; they may have been stored nevertheless.
   */
  async send(batches: readonly PartitionBatch[], signal?: AbortSignal): Promise<readonly Outcome[]> {
    const delivery = new Delivery(this.#writers)
    const dueMs = this.#cluster.options.clock.monotonic() + this.options.deliveryTimeoutMs
    const senders = new Set<LeaderSender>()
    for (const { topic, partition, records } of batches) {
      this.#cluster.use(topic)
      const queue = this.#queueOf(topic, partition)
      queue.push(delivery.add(queue, records, dueMs))
      if (this.#stuck.has(queue) || queue.retiring) continue
      const sender = this.#senderFor(queue)
      if (sender === undefined) this.#onStuck(queue, undefined)
      else senders.add(sender)
    }
    for (const sender of senders) sender.drain()
    if (signal === undefined) return delivery.outcomes
    const cancel = (): void => delivery.cancel(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    signal.addEventListener('abort', cancel, { once: true })
    if (signal.aborted) cancel()
    try {
      return await delivery.outcomes
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  /** Fails what waits and closes the connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    this.#cluster[Symbol.dispose]()
    const error = new Fault('CONNECTION_LOST', { address: 'all', problem: 'the producer was closed' })
    for (const queues of this.#queues.values()) for (const queue of queues) queue?.failWaiting(error)
  }

  get #perPartitionMax(): number {
    const ordered = this.options.acks === 0 || (this.#identity?.producerId ?? -1) >= 0
    return ordered ? this.options.inFlightMax : 1
  }

  #queueOf(topic: string, partition: number): EntryQueue {
    let queues = this.#queues.get(topic)
    if (queues === undefined) this.#queues.set(topic, (queues = []))
    return (queues[partition] ??= new PartitionQueue(topic, partition))
  }

  /** The sender that can take the queue's batches at once, or undefined when something is missing. */
  #senderFor(queue: EntryQueue): LeaderSender | undefined {
    if (queue.identity === undefined) {
      if (this.#identity === undefined) return undefined
      queue.identify(this.#identity)
    }
    const leader = this.#cluster.metadata.leaderOf(queue.topic, queue.partition)
    if (leader < 0) return undefined
    let sender = this.#senders.get(leader)
    if (sender === undefined) this.#senders.set(leader, (sender = new LeaderSender(leader, this.#host)))
    if (!sender.ready) return undefined
    sender.add(queue)
    return sender
  }

  #onStuck(queue: EntryQueue, problem: Error | undefined): void {
    if (this.#closing.signal.aborted) return
    if (problem !== undefined) {
      this.#problem = problem
      this.#failures++
    }
    if (queue.identity === undefined && queue.retiredId === this.#identity?.producerId) this.#identity = undefined
    this.#stuck.add(queue)
    if (this.#recovering) return
    this.#recovering = true
    void this.#recover()
  }

  /** Until nothing is stuck: gets what is missing, sends what can be sent, fails what is past its time. */
  async #recover(): Promise<void> {
    while (this.#stuck.size > 0 && !this.#closing.signal.aborted) {
      if (this.#failures > 0) await backOff(this.#cluster.options, this.#failures, this.#closing.signal)
      try {
        await this.#help()
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        this.#problem = error
        if (!isRetriable(error)) this.#failStuck(error)
      }
      if (this.#stuck.size > 0) this.#failures++
      this.#sayProblem()
      this.#expire()
    }
    this.#recovering = false
  }

  #stored(): void {
    this.#failures = 0
    if (!this.#isSaid) return
    this.#isSaid = false
    this.#cluster.options.log.info('The broker stores records again.')
  }

  /** What no try mends for a while is said once; a broker that is away was said to be. */
  #sayProblem(): void {
    const problem = this.#problem
    if (problem === undefined || this.#failures < saidAfter || isTold(problem)) return
    const hint = problem instanceof Fault ? ` ${problem.hint}` : ''
    if (!this.#isSaid)
      this.#cluster.options.log.warn(
        `The broker stores no records: ${problem.message}.${hint} They are sent until it does.`,
      )
    this.#isSaid = true
    tell(problem)
  }

  async #help(): Promise<void> {
    this.#identity ??= await this.#obtainIdentity()
    const leaders = (): number[] => [...this.#stuck].map((q) => this.#cluster.metadata.leaderOf(q.topic, q.partition))
    if (this.#failures > 0 || leaders().includes(-1)) await this.#cluster.refresh()
    await Promise.all([...new Set(leaders())].filter((leader) => leader >= 0).map((leader) => this.#connect(leader)))
    const senders = new Set<LeaderSender>()
    for (const queue of this.#stuck) {
      const sender = this.#senderFor(queue)
      if (sender === undefined) continue
      this.#stuck.delete(queue)
      senders.add(sender)
    }
    for (const sender of senders) sender.drain()
  }

  async #connect(leader: number): Promise<void> {
    try {
      await this.#cluster.connection(leader)
    } catch (error) {
      if (!isRetriable(error)) throw error
      this.#problem = error as Error
    }
  }

  async #obtainIdentity(): Promise<ProducerIdentity> {
    const { transactionalId } = this.options
    if (transactionalId !== undefined)
      throw new Fault('TRANSACTION_FAILED', { transactionalId, problem: 'its producer has no epoch any more' })
    const identity = await obtainIdentity(this.#cluster)
    if (identity === noIdentity)
      this.#cluster.options.log.info('The broker gives no producer id: one request a partition is sent at a time.')
    return identity
  }

  #expire(): void {
    const nowMs = this.#cluster.options.clock.monotonic()
    for (const queue of this.#stuck) {
      if (!queue.expired(nowMs)) continue
      const { topic, partition } = queue
      const seconds = Math.round(this.options.deliveryTimeoutMs / 1000)
      const problem = this.#problem === undefined ? 'it has no leader' : reasonOf(this.#problem)
      this.#stuck.delete(queue)
      queue.failWaiting(new Fault('DELIVERY_TIMED_OUT', { topic, partition, seconds, problem }, this.#problem))
    }
  }

  #failStuck(error: Error): void {
    for (const queue of this.#stuck) queue.failWaiting(error)
    this.#stuck.clear()
  }
}
