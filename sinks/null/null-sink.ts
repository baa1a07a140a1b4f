/** The sink itself: a count, and a line for each so many. */
import type { Log } from '../../src/base/log.ts'
import type { Batch } from '../../src/flow/event.ts'
import type { Sink } from '../../src/flow/sink.ts'

const done = Promise.resolve()

export class NullSink implements Sink {
  readonly batchSize: number
  readonly inFlight = 1
  readonly #name: string
  readonly #every: number
  readonly #log: Log
  #taken = 0
  #nextLine: number

  constructor(name: string, batchSize: number, every: number, log: Log) {
    this.batchSize = batchSize
    this.#name = name
    this.#every = every
    this.#nextLine = every
    this.#log = log
  }

  /** A batch that passes several marks is said once, with the last of them. */
  write(batch: Batch): Promise<void> {
    this.#taken += batch.length
    if (this.#taken >= this.#nextLine) {
      const mark = this.#taken - (this.#taken % this.#every)
      this.#log.info(`Null sink ${this.#name} successful processed ${mark} events.`)
      this.#nextLine = mark + this.#every
    }
    return done
  }

  [Symbol.asyncDispose](): Promise<void> {
    return done
  }
}
