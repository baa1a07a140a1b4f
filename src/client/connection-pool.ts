/**
 * The open connections of one client, by address and lane. Lanes keep what may wait long at the broker (a fetch, a join) away from what must be
 * answered soon. A broker that cannot be reached is reported once, and once more when it answers again.
 */
import { Fault, reasonOf } from '../base/faults.ts'
import { addressText } from './address.ts'
import type { Address } from './address.ts'
import type { Connection } from './connection.ts'
import { openConnection } from './open-connection.ts'
import type { ClientOptions } from './options.ts'

/** `main` for short questions and produce, `fetch` for fetches, `group` for joins and heartbeats. */
export type Lane = 'main' | 'fetch' | 'group'

/** Requests that one connection may have unanswered. */
const inFlightMax = 1000

export class ConnectionPool implements Disposable {
  readonly #options: ClientOptions
  readonly #open = new Map<string, Connection>()
  readonly #opening = new Map<string, Promise<Connection>>()
  #disposed = false

  constructor(options: ClientOptions) {
    this.#options = options
  }

  /** An open connection, or undefined. */
  ready(address: Address, lane: Lane): Connection | undefined {
    const connection = this.#open.get(`${addressText(address)} ${lane}`)
    return connection?.open === true ? connection : undefined
  }

  /** An open connection, opened now if there is none. Rejects with BROKER_UNREACHABLE or NOT_A_BROKER. */
  get(address: Address, lane: Lane): Promise<Connection> {
    const ready = this.ready(address, lane)
    if (ready !== undefined) return Promise.resolve(ready)
    const key = `${addressText(address)} ${lane}`
    let opening = this.#opening.get(key)
    if (opening === undefined) {
      opening = this.#connect(address, key).finally(() => this.#opening.delete(key))
      this.#opening.set(key, opening)
    }
    return opening
  }

  [Symbol.dispose](): void {
    this.#disposed = true
    for (const connection of this.#open.values()) connection[Symbol.dispose]()
    this.#open.clear()
  }

  async #connect(address: Address, key: string): Promise<Connection> {
    const connection = await openConnection(address, { ...this.#options, inFlightMax }).catch((error: unknown) =>
      this.#failed(address, error),
    )
    if (this.#disposed) connection[Symbol.dispose]()
    this.#options.reachability.answered(addressText(address))
    this.#open.set(key, connection)
    void this.#forgetWhenClosed(key, connection)
    return connection
  }

  async #forgetWhenClosed(key: string, connection: Connection): Promise<void> {
    await connection.closed
    if (this.#open.get(key) === connection) this.#open.delete(key)
  }

  #failed(address: Address, error: unknown): never {
    const fault = unreachable(addressText(address), error)
    throw this.#disposed ? fault : this.#options.reachability.failed(addressText(address), fault)
  }
}

/** What a lost connection says of a broker that was only to be reached; other troubles say it themselves. */
const unreachable = (addresses: string, error: unknown): Fault => {
  if (!(error instanceof Fault)) return new Fault('BROKER_UNREACHABLE', { addresses, problem: reasonOf(error) }, error)
  if (error.code !== 'CONNECTION_LOST') return error
  return new Fault('BROKER_UNREACHABLE', { addresses, problem: error.details['problem'] ?? error.message }, error)
}
