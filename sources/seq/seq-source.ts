/** The source itself. A number is used up only when its event is in the channels; it starts at 0 again with the process. */
import { Ahead } from '../../src/flow/ahead.ts'
import type { SourceContext } from '../../src/flow/context.ts'
import { type Batch, type Event, noHeaders, PlainEvent } from '../../src/flow/event.ts'
import type { Deliver, Source } from '../../src/flow/source.ts'

export class SeqSource implements Source {
  readonly whenRefused = 'retry'
  readonly #batchSize: number
  readonly #total: number
  readonly #context: SourceContext
  #next = 0

  constructor(batchSize: number, total: number, context: SourceContext) {
    this.#batchSize = batchSize
    this.#total = total
    this.#context = context
  }

  async run(deliver: Deliver, signal: AbortSignal): Promise<void> {
    const ahead = new Ahead<number>(this.#context.aheadMax, () => undefined)
    while (!signal.aborted && this.#next < this.#total) {
      const batch = this.#batch()
      ahead.add(batch.length, this.#next + batch.length, await deliver(batch))
      this.#next += batch.length
      await ahead.room(signal)
    }
    await ahead.empty(this.#context.grace)
  }

  #batch(): Batch {
    const batch: Event[] = []
    const end = Math.min(this.#next + this.#batchSize, this.#total)
    for (let n = this.#next; n < end; n++) batch.push(new PlainEvent(noHeaders, Buffer.from(String(n), 'latin1')))
    return batch
  }
}
