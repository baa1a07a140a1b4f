/**
 * The sink itself: encodes a write into record batches and hands them to the producer, which keeps their order per partition while several writes
 * are open. A write is stored when every batch of it is; what the broker says about single records becomes a rejection of their events.
 */
import type { Outcome } from '../../src/client/delivery.ts'
import { Partitioner } from '../../src/client/partitioner.ts'
import type { Producer } from '../../src/client/producer.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Batch } from '../../src/flow/event.ts'
import { Rejected } from '../../src/flow/sink.ts'
import type { Sink } from '../../src/flow/sink.ts'
import { BatchEncoding } from './batch-encoder.ts'
import type { EncoderOptions } from './batch-encoder.ts'
import { BatchLimits } from './batch-limits.ts'
import type { ValueOf } from './event-value.ts'
import { judge } from './outcomes.ts'
import type { SentBatch } from './outcomes.ts'
import type { RouteRules } from './record-route.ts'

export interface KafkaSinkOptions {
  readonly batchSize: number
  readonly rules: RouteRules
  readonly valueOf: ValueOf
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
  /** The producer keeps the order over several, with one request a partition at a time where the broker checks no sequences. */
  readonly inFlight: number
  readonly #context: Context
  readonly #producer: Producer
  readonly #encoder: EncoderOptions
  readonly #limits = new BatchLimits()
  /** The last write that waits for metadata; those after it wait for it, to keep their order. Resolves with what it failed with. */
  #preparing: Promise<unknown> | undefined

  constructor(options: KafkaSinkOptions, context: Context) {
    const { producer } = options
    this.batchSize = options.batchSize
    this.inFlight = producer.options.inFlightMax
    this.#context = context
    this.#producer = producer
    this.#encoder = {
      rules: options.rules,
      valueOf: options.valueOf,
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

  async write(batch: Batch, signal: AbortSignal): Promise<void> {
    const { clock, counters } = this.#context
    const startMs = clock.monotonic()
    const atOnce = this.#preparing === undefined ? this.#handOver(batch, nothing, signal) : nothing
    const { sent, outcomes } = 'outcomes' in atOnce ? atOnce : await this.#handOverInTurn(batch, signal)
    judge(sent, await outcomes, this.#limits, this.#context.log)
    counters.add('KafkaEventSendTimer', Math.round(clock.monotonic() - startMs))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#producer[Symbol.asyncDispose]()
  }

  /** Encodes and sends; or sends nothing and gives the topics that must be looked up first. Throws Rejected. */
  #handOver(batch: Batch, lookedUp: ReadonlySet<string>, signal: AbortSignal): HandedOver | ReadonlySet<string> {
    const { batches, missing, refused, reason } = new BatchEncoding(this.#encoder, lookedUp).encode(
      batch,
      this.#context.clock.now(),
    )
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
      if (earlier !== undefined) throw earlier
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
      const handedOver = this.#handOver(batch, lookedUp, signal)
      if ('outcomes' in handedOver) return handedOver
      for (const topic of handedOver) {
        await this.#producer.lookUp(topic, signal)
        lookedUp.add(topic)
      }
    }
  }
}
