/**
 * Delivers what is read from files and keeps account per file of what was delivered and what of it has settled: the common half of the sources
 * that read files by position. It holds the source back by events and by bytes, and lets the process do other things now and then.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Ahead } from '../flow/ahead.ts'
import type { Batch } from '../flow/event.ts'
import type { Deliver } from '../flow/source.ts'

/** A file, as far as delivering is concerned: byte offsets. */
export interface DeliveredFile {
  /** Read so far. */
  readonly position: number
  delivered: number
  settled: number
}

export interface FileDeliveryOptions<F extends DeliveredFile> {
  /** Events that may be delivered and not settled. */
  readonly aheadMax: number
  /** Bytes that may be delivered and not settled. */
  readonly aheadBytesMax: number
  readonly deliver: Deliver
  readonly signal: AbortSignal
  /** `file.settled` has moved. */
  readonly onSettled: (file: F) => void
}

/** After so many events the event loop has a turn: channels and sinks may all answer without one. */
const eventsPerTurn = 50_000
/** What a batch costs besides its events, in events: many tiny files must not hold the event loop either. */
const batchOverhead = 50

export class FileDelivery<F extends DeliveredFile> {
  readonly #options: FileDeliveryOptions<F>
  readonly #ahead: Ahead<{ readonly file: F; readonly position: number }>
  #sinceTurn = 0
  /** Batches delivered so far. */
  batches = 0

  constructor(options: FileDeliveryOptions<F>) {
    this.#options = options
    this.#ahead = new Ahead(options.aheadMax, ({ file, position }) => {
      file.settled = position
      options.onSettled(file)
    })
  }

  /** Nothing that was delivered is still on its way. */
  get isSettled(): boolean {
    return this.#ahead.events === 0
  }

  /** Resolves when another batch may be read; true unless the source is to stop. */
  async room(): Promise<boolean> {
    const { signal } = this.#options
    if (this.#sinceTurn >= eventsPerTurn) {
      this.#sinceTurn = 0
      await nextTurn()
    }
    if (this.#ahead.full) await this.#ahead.room(signal)
    return !signal.aborted
  }

  /** Delivers what was just read from the file. Many bytes count as many events against the limit. */
  async deliver(file: F, batch: Batch): Promise<void> {
    const { aheadMax, aheadBytesMax, deliver } = this.#options
    const { position } = file
    const weight = Math.ceil(((position - file.delivered) / aheadBytesMax) * aheadMax)
    file.delivered = position
    this.batches++
    this.#sinceTurn += batch.length + batchOverhead
    const receipt = await deliver(batch)
    this.#ahead.add(Math.max(batch.length, weight), { file, position }, receipt)
  }

  /** Resolves when everything delivered has settled, or when `signal` aborts. */
  settled(signal: AbortSignal): Promise<void> {
    return this.#ahead.empty(signal)
  }
}
