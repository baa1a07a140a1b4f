/** Sends each batch as one call to an Avro source, over a connection that is opened by the first batch and opened anew after a failure. */
import type { Context } from '../../src/flow/context.ts'
import type { Batch } from '../../src/flow/event.ts'
import type { Sink } from '../../src/flow/sink.ts'
import { type AvroClient, type AvroClientOptions, openAvroClient } from '../../src/formats/avro-client.ts'

export interface AvroSinkOptions {
  readonly batchSize: number
  readonly client: AvroClientOptions
  /** Age at which a connection is replaced; 0 for never. */
  readonly resetIntervalMs: number
}

export class AvroSink implements Sink {
  readonly inFlight = 1
  readonly #options: AvroSinkOptions
  readonly #context: Context
  #client: AvroClient | undefined
  #reset: Disposable | undefined
  #isOld = false

  constructor(options: AvroSinkOptions, context: Context) {
    this.#options = options
    this.#context = context
  }

  get batchSize(): number {
    return this.#options.batchSize
  }

  async write(batch: Batch, signal: AbortSignal): Promise<void> {
    if (this.#isOld || this.#client?.isAlive === false) await this.#close()
    signal.throwIfAborted()
    const client = (this.#client ??= await this.#open())
    const stop = (): void => void client[Symbol.asyncDispose]()
    signal.addEventListener('abort', stop)
    try {
      signal.throwIfAborted()
      await client.appendBatch(batch)
    } catch (thrown) {
      await this.#close()
      throw thrown
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
  }

  async #open(): Promise<AvroClient> {
    const { client, resetIntervalMs } = this.#options
    const { counters, clock } = this.#context
    try {
      const opened = await openAvroClient(client)
      counters.add('ConnectionCreatedCount', 1)
      if (resetIntervalMs > 0) this.#reset = clock.after(resetIntervalMs, () => (this.#isOld = true))
      return opened
    } catch (thrown) {
      counters.add('ConnectionFailedCount', 1)
      throw thrown
    }
  }

  async #close(): Promise<void> {
    this.#reset?.[Symbol.dispose]()
    this.#reset = undefined
    this.#isOld = false
    const client = this.#client
    this.#client = undefined
    if (client === undefined) return
    await client[Symbol.asyncDispose]()
    this.#context.counters.add('ConnectionClosedCount', 1)
  }
}
