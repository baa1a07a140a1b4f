/** The transactions of a performance run: one is open while records are sent, and is committed once it is old enough. */
import type { TransactionalProducer } from '../../client/transactional-producer.ts'
import type { RecordSender, RecordSenderOptions } from './record-sender.ts'

export interface TransactionPlan {
  readonly id: string
  readonly durationMs: number
}

export class TimedTransactions {
  readonly #producer: TransactionalProducer
  readonly #durationMs: number
  /** When the one that is open began, on the monotonic clock. */
  #begunMs: number | undefined

  constructor(producer: TransactionalProducer, durationMs: number) {
    this.#producer = producer
    this.#durationMs = durationMs
  }

  /** What a RecordSender sends through: a batch that the transaction does not take is one that failed. */
  get sending(): RecordSenderOptions['producer'] {
    const producer = this.#producer
    return {
      writer: () => producer.writer(),
      release: (writer) => producer.release(writer),
      async send(batches, signal) {
        try {
          return await producer.send(batches, signal)
        } catch (thrown) {
          return batches.map(() => ({
            baseOffset: -1,
            error: thrown instanceof Error ? thrown : new Error(String(thrown)),
          }))
        }
      },
    }
  }

  /** Before each record. */
  begin(nowMs: number): void {
    if (this.#begunMs !== undefined) return
    this.#producer.begin()
    this.#begunMs = nowMs
  }

  /** Whether the one that is open has lasted long enough. */
  isDue(nowMs: number): boolean {
    return this.#begunMs !== undefined && nowMs - this.#begunMs >= this.#durationMs
  }

  /** Sends the rest of the one that is open, if there is one, and commits it. Rejects as TransactionalProducer.commit. */
  async commit(sender: RecordSender): Promise<void> {
    if (this.#begunMs === undefined) return
    await sender.finish()
    await this.#producer.commit()
    this.#begunMs = undefined
  }
}
