/** The sink itself: one line of the log for each event. */
import type { Log } from '../../src/base/log.ts'
import type { Batch } from '../../src/flow/event.ts'
import type { Sink } from '../../src/flow/sink.ts'
import { eventLine } from './event-line.ts'

const done = Promise.resolve()

export class LoggerSink implements Sink {
  readonly batchSize = 100
  readonly inFlight = 1
  readonly #bytesMax: number
  readonly #log: Log

  constructor(bytesMax: number, log: Log) {
    this.#bytesMax = bytesMax
    this.#log = log
  }

  write(batch: Batch): Promise<void> {
    for (const event of batch) this.#log.info(eventLine(event, this.#bytesMax))
    return done
  }

  [Symbol.asyncDispose](): Promise<void> {
    return done
  }
}
