/** How fast connections may be made: of all addresses together (max.connection.creation.rate) and of each (connection_creation_rate). */
import type { Clock } from '../../io/clock.ts'
import type { LiveConfig } from '../config-live.ts'
import { INT_MAX } from '../config-kinds.ts'
import type { QuotaTable } from './quota-table.ts'
import { Rate, type Windows } from './rate.ts'

/** Addresses that are remembered; beyond that the one that was silent longest is forgotten. */
const ADDRESSES_MAX = 10_000

export interface Delay {
  readonly ms: number
  /** Its address was over its own quota: it is closed after the delay, and not served. */
  readonly refused: boolean
}

const noDelay: Delay = { ms: 0, refused: false }

export class ConnectionRates {
  readonly #config: LiveConfig
  readonly #table: QuotaTable
  readonly #clock: Clock
  readonly #windows: Windows
  readonly #all: Rate
  readonly #byAddress = new Map<string, Rate>()

  constructor(config: LiveConfig, table: QuotaTable, clock: Clock) {
    const { settings } = config
    this.#config = config
    this.#table = table
    this.#clock = clock
    this.#windows = { count: settings['quota.window.num'], sizeMs: settings['quota.window.size.seconds'] * 1000 }
    this.#all = new Rate(this.#windows)
  }

  /** Counts a connection and says whether it has to wait. */
  made(address: string): Delay {
    const most = this.#config.settings['max.connection.creation.rate']
    const own = this.#table.has('connection_creation_rate') ? this.#table.ofAddress(address) : undefined
    if (most === INT_MAX && own === undefined) return noDelay
    const nowMs = this.#clock.monotonic()
    if (own !== undefined) {
      const rate = this.#rateOf(address)
      rate.record(1, nowMs)
      const ms = rate.throttleMs(own, nowMs)
      if (ms > 0) {
        rate.record(-1, nowMs)
        return { ms: Math.min(ms, this.#windows.sizeMs), refused: true }
      }
    }
    if (most === INT_MAX) return noDelay
    this.#all.record(1, nowMs)
    return { ms: this.#all.throttleMs(Math.max(1, most), nowMs), refused: false }
  }

  #rateOf(address: string): Rate {
    const rate = this.#byAddress.get(address) ?? new Rate(this.#windows)
    this.#byAddress.delete(address)
    this.#byAddress.set(address, rate)
    if (this.#byAddress.size > ADDRESSES_MAX)
      for (const oldest of this.#byAddress.keys()) {
        this.#byAddress.delete(oldest)
        break
      }
    return rate
  }
}
