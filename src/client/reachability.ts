/**
 * Which brokers were said to be away. All the clients that one component makes share it, so that an outage is one WARN and one INFO, however often
 * a client is made anew meanwhile.
 */
import type { Fault } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { tell } from '../base/told.ts'

/** Brokers remembered; beyond that the oldest is forgotten and may be said to be away again. */
const awayMax = 1000

export class Reachability {
  readonly #log: Log
  readonly #away = new Set<string>()

  constructor(log: Log) {
    this.#log = log
  }

  /** The broker at `address` could not be reached. Gives `fault` back, marked as told. */
  failed(address: string, fault: Fault): Fault {
    if (!this.#away.has(address)) this.#say(address, fault)
    return tell(fault)
  }

  /** The broker at `address` answers. */
  answered(address: string): void {
    if (this.#away.delete(address)) this.#log.info(`Broker ${address} answers again.`)
  }

  #say(address: string, { message, hint }: Fault): void {
    this.#log.warn(`${message}. ${hint} It is tried again.`)
    this.#away.add(address)
    if (this.#away.size <= awayMax) return
    for (const oldest of this.#away) {
      this.#away.delete(oldest)
      break
    }
  }
}
