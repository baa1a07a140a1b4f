/** A sink that does what the test says: stores, fails, or leaves each write open until the test ends it. */
import type { Batch, Event } from '../../src/flow/event.ts'
import type { Sink } from '../../src/flow/sink.ts'

/** A write that the test ends. */
export interface OpenWrite {
  readonly batch: Batch
  readonly bodies: readonly string[]
  readonly signal: AbortSignal
  succeed(): void
  fail(error: unknown): void
}

const textOf = ({ body }: Event): string => Buffer.from(body).toString('utf8')

export class FakeSink implements Sink {
  readonly batchSize: number
  readonly inFlight: number
  /** What was stored, in order. */
  readonly events: Event[] = []
  /** What the next writes throw, one each; undefined lets one through. */
  readonly failures: (Error | undefined)[] = []
  /** Writes left open, in the order they were begun, when `byHand`. */
  readonly openWrites: OpenWrite[] = []
  byHand = false
  /** Every write's bodies, the failed ones' included. */
  readonly tried: string[][] = []
  disposed = 0

  constructor({ batchSize = 10, inFlight = 1 }: { readonly batchSize?: number; readonly inFlight?: number } = {}) {
    this.batchSize = batchSize
    this.inFlight = inFlight
  }

  /** Bodies of what was stored. */
  get bodies(): string[] {
    return this.events.map(textOf)
  }

  async write(batch: Batch, signal: AbortSignal): Promise<void> {
    this.tried.push(batch.map(textOf))
    if (this.byHand) await this.#byHand(batch, signal)
    const failure = this.failures.shift()
    if (failure !== undefined) throw failure
    this.events.push(...batch)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed++
    return Promise.resolve()
  }

  #byHand(batch: Batch, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (act: () => void) => (): void => {
        this.openWrites.splice(this.openWrites.indexOf(write), 1)
        act()
      }
      const write: OpenWrite = {
        batch,
        bodies: batch.map(textOf),
        signal,
        succeed: end(resolve),
        fail: (error) => end(() => reject(error instanceof Error ? error : new Error(String(error))))(),
      }
      this.openWrites.push(write)
    })
  }
}
