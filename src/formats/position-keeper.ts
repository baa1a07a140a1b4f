/** Stores positions at intervals while they change. A disk that refuses is said once and tried again: positions lag, and nothing is lost. */
import { reasonOf } from '../base/faults.ts'
import type { Context } from '../flow/context.ts'
import { isDiskError } from './disk-error.ts'

/** Writing may take at most this part of the time: with many thousands of files the interval grows. */
const shareOfTime = 1 / 20

export interface PositionKeeperOptions extends Pick<Context, 'clock' | 'log'> {
  /** Stores all positions as they are now. Throws the disk's errors. */
  readonly store: () => void
  readonly intervalMs: number
}

export class PositionKeeper {
  readonly #options: PositionKeeperOptions
  #timer: Disposable | undefined
  #tookMs = 0
  #refused = false
  #isClosed = false

  constructor(options: PositionKeeperOptions) {
    this.#options = options
  }

  /** Something has changed: it is stored within the interval. */
  touch(): void {
    if (this.#isClosed) return
    const { clock, intervalMs } = this.#options
    this.#timer ??= clock.after(Math.max(intervalMs, this.#tookMs / shareOfTime), () => this.save())
  }

  /** Stores now. */
  save(): void {
    this.#cancel()
    const { store, clock, log } = this.#options
    const startMs = clock.monotonic()
    try {
      store()
      if (this.#refused) log.info('Positions are stored again.')
      this.#refused = false
    } catch (thrown) {
      if (!isDiskError(thrown)) throw thrown
      this.#sayRefused(thrown)
      this.touch()
    }
    this.#tookMs = clock.monotonic() - startMs
  }

  /** Stores for the last time. */
  close(): void {
    this.#isClosed = true
    this.save()
  }

  #cancel(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  #sayRefused(thrown: unknown): void {
    const message = `Positions can't be stored: ${reasonOf(thrown)}. A crash would repeat what was read since; it is tried again.`
    if (!this.#refused) this.#options.log.warn(message)
    this.#refused = true
  }
}
