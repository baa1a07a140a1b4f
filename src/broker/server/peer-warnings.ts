/**
 * What is said about peers that misbehave: one WARN per address and minute, with the count of those kept back, so that a port scan or a client
 * that reconnects for ever cannot fill the log.
 */
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'

const QUIET_MS = 60_000
/** Addresses remembered; beyond that the oldest is forgotten and may be warned about again. */
const ADDRESSES_MAX = 1000

export class PeerWarnings {
  readonly #log: Log
  readonly #clock: Clock
  readonly #seen = new Map<string, { saidMs: number; keptBack: number }>()

  constructor(log: Log, clock: Clock) {
    this.#log = log
    this.#clock = clock
  }

  /** Says `what` of the peer, unless something was said of its address within the last minute. `what` is a full sentence. */
  warn(address: string, what: string): void {
    const now = this.#clock.monotonic()
    const seen = this.#seen.get(address)
    if (seen !== undefined && now - seen.saidMs < QUIET_MS) {
      seen.keptBack++
      return
    }
    const more =
      seen !== undefined && seen.keptBack > 0 ? ` (${seen.keptBack} more of this address since the last one)` : ''
    this.#log.warn(what + more)
    this.#seen.delete(address)
    this.#seen.set(address, { saidMs: now, keptBack: 0 })
    if (this.#seen.size <= ADDRESSES_MAX) return
    for (const oldest of this.#seen.keys()) {
      this.#seen.delete(oldest)
      break
    }
  }
}
