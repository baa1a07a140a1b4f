/**
 * Puts into the topic, all of a batch or none of it visible. A put that is one record batch is that by itself, and goes by an idempotent producer, several
 * at once; one of several batches (events with keys, or more than a request holds) goes in a transaction, alone. Brokers without transactions store it
 * batch by batch: a put that fails may then be seen in part, and twice after it was tried again.
 */
import type { PartitionBatch } from '../../src/client/delivery.ts'
import { BrokerError } from '../../src/client/errors.ts'
import type { Outcome } from '../../src/client/outcome.ts'
import type { Producer } from '../../src/client/producer.ts'
import type { TopicMetadata } from '../../src/client/cluster-metadata.ts'
import type { TransactionalProducer } from '../../src/client/transactional-producer.ts'
import type { Batch } from '../../src/flow/event.ts'
import type { Context } from '../../src/flow/context.ts'
import { Bell } from '../../src/base/bell.ts'
import { Fault, reasonOf } from '../../src/base/faults.ts'
import type { RecordMaker } from './record-maker.ts'

/** Events on their way, behind which the next put waits: enough for the requests that may be in flight, and few enough to die young. */
const openEventsMax = 6_000

export interface PutsOptions {
  readonly topic: string
  readonly maker: RecordMaker
  readonly producer: Producer
  /** A new one, not opened. */
  readonly transactional: () => TransactionalProducer
  readonly context: Context
}

export class Puts implements AsyncDisposable {
  readonly #options: PutsOptions
  #transactional: TransactionalProducer | undefined
  /** The broker has no transactions. */
  #hasNone = false
  /** Plain sends that are under way. */
  readonly #open = new Set<Promise<unknown>>()
  #openEvents = 0
  readonly #ended = new Bell()
  /** The transaction that is under way or waits for its turn. */
  #exclusive: Promise<unknown> | undefined

  constructor(options: PutsOptions) {
    this.#options = options
  }

  /** Rejects with BROKER_UNREACHABLE, or what lookUp does. */
  async open(): Promise<void> {
    const { producer, topic } = this.#options
    await producer.open()
    await producer.lookUp(topic)
  }

  /** Resolves when the batch is stored. `admitted` is called when it has its place behind those before it. */
  async put(batch: Batch, admitted: (() => void) | undefined): Promise<void> {
    const { producer, maker, context } = this.#options
    const found = producer.topic(this.#options.topic) ?? (await producer.lookUp(this.#options.topic))
    // From the last look here to the transaction that begins, nothing may wait: another would begin beside it.
    while (this.#exclusive !== undefined || this.#openEvents >= openEventsMax)
      await (this.#exclusive?.catch(reasonOf) ?? this.#ended.rung)
    const topic = producer.topic(this.#options.topic) ?? found
    const batches = maker.batches(batch, topic, context.clock.now(), producer)
    if (batches.length === 1 || this.#hasNone) return this.#plain(batches, batch.length, admitted)
    for (const { records } of batches) producer.release(records)
    const work = this.#alone(batch, topic)
    this.#exclusive = work
    admitted?.()
    try {
      await work
    } finally {
      if (this.#exclusive === work) this.#exclusive = undefined
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([...this.#open, this.#exclusive])
    await this.#options.producer[Symbol.asyncDispose]()
    await this.#transactional?.[Symbol.asyncDispose]()
  }

  async #plain(batches: readonly PartitionBatch[], events: number, admitted: (() => void) | undefined): Promise<void> {
    const { clock, counters } = this.#options.context
    const startMs = clock.monotonic()
    const sent = this.#options.producer.send(batches)
    this.#open.add(sent)
    this.#openEvents += events
    admitted?.()
    try {
      refuseFailed(await sent)
    } finally {
      this.#open.delete(sent)
      this.#openEvents -= events
      this.#ended.ring()
      counters.add('KafkaEventSendTimer', Math.round(clock.monotonic() - startMs))
    }
  }

  /** After everything that was sent before. */
  async #alone(batch: Batch, topic: TopicMetadata): Promise<void> {
    await Promise.allSettled(this.#open)
    const producer = await this.#opened()
    if (producer === undefined) {
      const { maker, context, producer: plain } = this.#options
      return this.#plain(maker.batches(batch, topic, context.clock.now(), plain), batch.length, undefined)
    }
    try {
      await this.#inTransaction(producer, batch, topic)
    } catch (thrown) {
      await this.#giveUp(producer)
      throw thrown
    }
  }

  async #inTransaction(producer: TransactionalProducer, batch: Batch, topic: TopicMetadata): Promise<void> {
    const { maker, context } = this.#options
    await producer.lookUp(topic.topic)
    const startMs = context.clock.monotonic()
    producer.begin()
    const batches = maker.batches(batch, topic, context.clock.now(), producer)
    refuseFailed(await producer.send(batches))
    await producer.commit()
    context.counters.add('KafkaEventSendTimer', Math.round(context.clock.monotonic() - startMs))
  }

  /** Undefined where the broker has no transactions, which is said once. */
  async #opened(): Promise<TransactionalProducer | undefined> {
    if (this.#transactional !== undefined) return this.#transactional
    const producer = this.#options.transactional()
    try {
      await producer.open()
      return (this.#transactional = producer)
    } catch (thrown) {
      await producer[Symbol.asyncDispose]()
      if (!(thrown instanceof Fault) || thrown instanceof BrokerError || thrown.code !== 'BROKER_TOO_OLD') throw thrown
      this.#hasNone = true
      this.#options.context.log.warn(
        'The broker has no transactions: a put into several partitions that fails may be seen in part.',
      )
      return undefined
    }
  }

  /** What is open is aborted; where that fails, a new producer shuts the old one out. */
  async #giveUp(producer: TransactionalProducer): Promise<void> {
    try {
      await producer.abort()
    } catch (thrown) {
      this.#options.context.log.debug(`The transaction was not aborted: ${reasonOf(thrown)}.`)
      this.#transactional = undefined
      await producer[Symbol.asyncDispose]()
    }
  }
}

const refuseFailed = (outcomes: readonly Outcome[]): void => {
  for (const { error } of outcomes) if (error !== undefined) throw error
}
