/** A source over an array that remembers how far it got, for tests of what stands behind sources. */
import { Ahead } from '../../src/flow/ahead.ts'
import type { SourceContext } from '../../src/flow/context.ts'
import { type Headers, noHeaders } from '../../src/flow/event.ts'
import type { Deliver, Source } from '../../src/flow/source.ts'

/** What the source reads: it grows while it is read, and `position` is what a restart goes on from. */
export class FakeInput {
  readonly bodies: string[] = []
  position = 0
  /** How often a source stored a position. */
  stored = 0
  #grown: (() => void)[] = []

  feed(bodies: readonly string[]): void {
    this.bodies.push(...bodies)
    for (const wake of this.#grown.splice(0)) wake()
  }

  /** Resolves when there is more than `count`, or at the abort. */
  more(count: number, signal: AbortSignal): Promise<void> {
    if (this.bodies.length > count || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      this.#grown.push(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }
}

export interface FakeSourceOptions {
  readonly batchSize?: number
  readonly whenRefused?: Source['whenRefused']
  readonly headers?: (body: string) => Headers
}

export class FakeSource implements Source {
  readonly whenRefused: Source['whenRefused']
  readonly context: SourceContext
  readonly #input: FakeInput
  readonly #options: FakeSourceOptions
  /** What the next runs reject with, one each. */
  readonly failures: Error[] = []
  runs = 0

  constructor(input: FakeInput, context: SourceContext, options: FakeSourceOptions = {}) {
    this.#input = input
    this.context = context
    this.#options = options
    this.whenRefused = options.whenRefused ?? 'retry'
  }

  async run(deliver: Deliver, signal: AbortSignal): Promise<void> {
    this.runs++
    const failure = this.failures.shift()
    if (failure !== undefined) throw failure
    const { batchSize = 10, headers } = this.#options
    const ahead = new Ahead<number>(this.context.aheadMax, (position) => this.#store(position))
    let read = this.#input.position
    while (!signal.aborted) {
      const bodies = this.#input.bodies.slice(read, read + batchSize)
      if (bodies.length === 0) await this.#input.more(read, signal)
      else {
        const batch = bodies.map((body) => ({ headers: headers?.(body) ?? noHeaders, body: Buffer.from(body) }))
        read += bodies.length
        ahead.add(bodies.length, read, await deliver(batch))
        await ahead.room(signal)
      }
    }
    await ahead.empty(this.context.grace)
  }

  #store(position: number): void {
    this.#input.position = position
    this.#input.stored++
  }
}
