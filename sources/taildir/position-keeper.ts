/** Stores positions at intervals while they change. A disk that refuses is said once and tried again: positions lag, and nothing is lost. */
import { reasonOf, systemCode } from '../../src/base/faults.ts'
import type { Log } from '../../src/base/log.ts'
import type { Clock } from '../../src/io/clock.ts'
import type { PositionStore, StoredPosition } from './position-store.ts'

/** Writing may take at most this part of the time: with many thousands of files the interval grows. */
const shareOfTime = 1 / 20

export interface PositionKeeperOptions {
  readonly store: PositionStore
  readonly positions: () => readonly StoredPosition[]
  readonly clock: Clock
  readonly intervalMs: number
  readonly log: Log
}

export class PositionKeeper {
  readonly #options: PositionKeeperOptions
  #timer: Disposable | undefined
  #tookMs = 0
  #refused = false

  constructor(options: PositionKeeperOptions) {
    this.#options = options
  }

  /** Something has changed: it is stored within the interval. */
  touch(): void {
    const { clock, intervalMs } = this.#options
    this.#timer ??= clock.after(Math.max(intervalMs, this.#tookMs / shareOfTime), () => this.save())
  }

  /** Stores now. */
  save(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    const { store, positions, clock, log } = this.#options
    const startMs = clock.monotonic()
    try {
      store.save(positions())
      if (this.#refused) log.info('Positions are stored again.')
      this.#refused = false
    } catch (thrown) {
      if (systemCode(thrown) === undefined) throw thrown
      if (!this.#refused) {
        log.warn(
          `Positions can't be stored: ${reasonOf(thrown)}. A crash would repeat what was read since; it is tried again.`,
        )
      }
      this.#refused = true
      this.touch()
    }
    this.#tookMs = clock.monotonic() - startMs
  }

  /** Stores for the last time. */
  close(): void {
    this.save()
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }
}
