/**
 * The sink itself: encodes a write into record batches and hands them to the producer, which keeps their order per partition while several writes
 * are open. A write is stored when every batch of it is; what the broker says about single records becomes a rejection of their events.
 */
import type { Outcome } from '../../src/client/outcome.ts'
import { Partitioner } from '../../src/client/partitioner.ts'
import type { Producer } from '../../src/client/producer.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Batch } from '../../src/flow/event.ts'
import { Rejected } from '../../src/flow/sink.ts'
import type { Sink } from '../../src/flow/sink.ts'
import { BatchEncoding } from './batch-encoder.ts'
import type { EncoderOptions } from './batch-encoder.ts'
import { BatchLimits } from './batch-limits.ts'
import type { EventValue } from './event-value.ts'
import { behind, gatheredMax, Gathering, openEventsEach, type OpenWrite, tellEach } from './gathering.ts'
import { judge } from './outcomes.ts'
import type { SentBatch } from './outcomes.ts'
import type { RouteRules } from './record-route.ts'

export interface KafkaSinkOptions {
  readonly batchSize: number
  readonly rules: RouteRules
  readonly value: EventValue
  /** Used by this sink alone, which closes it. */
  readonly producer: Producer
}

/** A write whose batches the producer has. Not a bare promise, so that waiting for the hand-over is not waiting for the outcome. */
interface HandedOver {
  readonly sent: readonly SentBatch[]
  readonly outcomes: Promise<readonly Outcome[]>
}

const nothing: ReadonlySet<string> = new Set()

export class KafkaSink implements Sink {
  readonly batchSize: number
  /** As many as gather into further requests while some are on their way; at least one for each that the producer may have open. It keeps their order. */
  readonly inFlight: number
  readonly #context: Context
  readonly #producer: Producer
  readonly #encoder: EncoderOptions
  readonly #limits = new BatchLimits()
  readonly #gathering = new Gathering((writes) => this.#sendTogether(writes))
  /** So many of the next writes go out alone, because one that went out with others failed. */
  #alone = 0
  /** Writes that have failed so far. */
  #failures = 0
  /** The last write that waits for metadata; those after it wait for it, to keep their order. Resolves with what it failed with. */
  #preparing: Promise<unknown> | undefined

  constructor(options: KafkaSinkOptions, context: Context) {
    const { producer } = options
    this.batchSize = options.batchSize
    const { inFlightMax } = producer.options
    this.inFlight = Math.max(inFlightMax, Math.floor((openEventsEach * inFlightMax) / options.batchSize))
    this.#context = context
    this.#producer = producer
    this.#encoder = {
      rules: options.rules,
      value: options.value,
      requestBytesMax: producer.options.requestBytesMax,
      partitioner: new Partitioner(context.random),
      topic: (name) => producer.topic(name),
      source: {
        writer: () => producer.writer(),
        release: (writer) => producer.release(writer),
        bytesMax: (topic) => this.#limits.of(topic),
      },
    }
  }

  open(): Promise<void> {
    return this.#producer.open()
  }

  write(batch: Batch, signal: AbortSignal): Promise<void> {
    const before = this.#failures
    const isGathered = this.#alone === 0 && batch.length < gatheredMax
    if (!isGathered || !this.#gathering.hasRoom(batch.length)) this.#gathering.flush()
    if (this.#failures > before) return Promise.reject(behind())
    if (isGathered) return this.#gathering.add(batch, signal)
    this.#alone = Math.max(0, this.#alone - 1)
    return this.#writeAlone(batch, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#producer[Symbol.asyncDispose]()
  }

  async #writeAlone(batch: Batch, signal: AbortSignal): Promise<void> {
    const startMs = this.#context.clock.monotonic()
    try {
      const atOnce = this.#preparing === undefined ? this.#handOver([batch], nothing, signal) : nothing
      const { sent, outcomes } = 'outcomes' in atOnce ? atOnce : await this.#handOverInTurn(batch, signal)
      judge(sent, await outcomes, this.#limits, this.#context.log)
    } catch (error) {
      this.#failed(error)
      throw error
    }
    this.#count(startMs)
  }

  #failed(error: unknown): void {
    this.#failures++
    this.#gathering.fail(error)
  }

  /** What stands in the way of one write must not keep the others: then each goes alone. */
  #sendTogether(writes: readonly OpenWrite[]): void {
    const [first] = writes
    if (first === undefined) return
    const together =
      writes.length > 1 && this.#preparing === undefined ? this.#tryTogether(writes, first.signal) : undefined
    if (together !== undefined) void this.#conclude(writes, together)
    else this.#sendEach(writes)
  }

  /** Up to the first that cannot be encoded, which shows at once: those behind it would only be written again. */
  #sendEach(writes: readonly OpenWrite[]): void {
    const before = this.#failures
    for (const { batch, signal, resolve, reject } of writes) {
      if (this.#failures > before) reject(behind())
      else this.#writeAlone(batch, signal).then(resolve, reject)
    }
  }

  #tryTogether(writes: readonly OpenWrite[], signal: AbortSignal): HandedOver | undefined {
    try {
      const handedOver = this.#handOver(
        writes.map(({ batch }) => batch),
        nothing,
        signal,
      )
      return 'outcomes' in handedOver ? handedOver : undefined
    } catch (error) {
      if (error instanceof Rejected) return undefined
      throw error
    }
  }

  async #conclude(writes: readonly OpenWrite[], { sent, outcomes }: HandedOver): Promise<void> {
    const startMs = this.#context.clock.monotonic()
    try {
      judge(sent, await outcomes, this.#limits, this.#context.log)
      this.#count(startMs)
      tellEach(writes, undefined, [])
    } catch (error) {
      this.#alone = this.inFlight
      this.#failed(error)
      tellEach(writes, error, error instanceof Rejected ? error.stored : [])
    }
  }

  #count(startMs: number): void {
    const { clock, counters } = this.#context
    counters.add('KafkaEventSendTimer', Math.round(clock.monotonic() - startMs))
  }

  /** Encodes and sends; or sends nothing and gives the topics that must be looked up first. Throws Rejected. */
  #handOver(
    writes: readonly Batch[],
    lookedUp: ReadonlySet<string>,
    signal: AbortSignal,
  ): HandedOver | ReadonlySet<string> {
    const encoding = new BatchEncoding(this.#encoder, lookedUp)
    const nowMs = this.#context.clock.now()
    let first = 0
    for (const batch of writes) {
      encoding.encode(batch, nowMs, first)
      first += batch.length
    }
    const { batches, missing, refused, reason } = encoding
    if (missing.size > 0 || refused.length > 0) {
      batches.release()
      if (missing.size > 0) return missing
      throw new Rejected(refused, `It cannot be sent to Kafka: ${reason}.`)
    }
    const filled = batches.batches
    const sent = filled.map(({ topic, records, events }) => ({ topic, events, bytes: records.sizeInBytes }))
    return { sent, outcomes: this.#producer.send(filled, signal) }
  }

  /** After the writes that came before: looks up the topics that are missing, and hands over. */
  async #handOverInTurn(batch: Batch, signal: AbortSignal): Promise<HandedOver> {
    const before = this.#preparing
    const { promise, resolve } = Promise.withResolvers<unknown>()
    this.#preparing = promise
    let failure: unknown
    try {
      const earlier = await before
      if (earlier !== undefined) throw behind(earlier)
      return await this.#lookUpAndHandOver(batch, signal)
    } catch (error) {
      failure = error
      throw error
    } finally {
      if (this.#preparing === promise) this.#preparing = undefined
      resolve(failure)
    }
  }

  async #lookUpAndHandOver(batch: Batch, signal: AbortSignal): Promise<HandedOver> {
    const lookedUp = new Set<string>()
    for (;;) {
      const handedOver = this.#handOver([batch], lookedUp, signal)
      if ('outcomes' in handedOver) return handedOver
      for (const topic of handedOver) {
        await this.#producer.lookUp(topic, signal)
        lookedUp.add(topic)
      }
    }
  }
}
