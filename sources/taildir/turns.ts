/** Reads one file's turn: batch after batch, delivered in order, until its end or until others must have theirs. The hot path. */
import { Ahead } from '../../src/flow/ahead.ts'
import type { Batch } from '../../src/flow/event.ts'
import type { Deliver } from '../../src/flow/source.ts'
import type { TailFile } from './tail-file.ts'

/** Events of one turn: some 10 ms. Then come the other files, and whatever else the process has to do. */
const turnEventsMax = 50_000
/** Bytes of one turn, for files with long lines. */
const turnBytesMax = 32 * 1024 * 1024

export interface TurnsOptions {
  readonly batchSize: number
  /** Batches of one turn, if fewer than would fit. */
  readonly maxBatchCount: number
  /** Events that may be delivered and not settled. */
  readonly aheadMax: number
  /** Bytes that may be delivered and not settled. */
  readonly aheadBytesMax: number
  readonly deliver: Deliver
  readonly signal: AbortSignal
  readonly onSettled: () => void
}

interface Position {
  readonly file: TailFile
  readonly position: number
}

export class Turns {
  readonly #options: TurnsOptions
  readonly #ahead: Ahead<Position>
  /** Batches delivered so far. */
  batches = 0

  constructor(options: TurnsOptions) {
    this.#options = options
    this.#ahead = new Ahead(options.aheadMax, ({ file, position }) => {
      file.settled = position
      options.onSettled()
    })
  }

  /** Resolves when everything delivered has settled, or when `signal` aborts. */
  settled(signal: AbortSignal): Promise<void> {
    return this.#ahead.empty(signal)
  }

  /** Delivers whole lines of an open file. True when its end was not reached. */
  async take(file: TailFile): Promise<boolean> {
    const { batchSize, maxBatchCount, signal } = this.#options
    const from = file.position
    let events = 0
    for (let batches = 0; batches < maxBatchCount; batches++) {
      if (events >= turnEventsMax || file.position - from >= turnBytesMax) return true
      if (this.#ahead.full) await this.#ahead.room(signal)
      if (signal.aborted) return true
      const batch = file.next(batchSize)
      if (batch.length === 0) return false
      await this.#deliver(file, batch)
      events += batch.length
    }
    return true
  }

  /** Delivers what stands behind the last whole line, right after `take` reached the end. */
  async takeRest(file: TailFile): Promise<void> {
    const rest = file.rest()
    if (rest !== undefined) await this.#deliver(file, [rest])
  }

  /** Many bytes count as many events against the limit. */
  async #deliver(file: TailFile, batch: Batch): Promise<void> {
    const { aheadMax, aheadBytesMax, deliver } = this.#options
    const { position } = file
    const weight = Math.ceil(((position - file.delivered) / aheadBytesMax) * aheadMax)
    file.delivered = position
    this.batches++
    const receipt = await deliver(batch)
    this.#ahead.add(Math.max(batch.length, weight), { file, position }, receipt)
  }
}
