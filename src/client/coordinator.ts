/** The broker that keeps a group, or a transactional id: found by asking any broker, remembered until it says that it is the wrong one. */
import { errorCodes } from '../protocol/error-codes.ts'
import { findCoordinator } from '../protocol/messages/find-coordinator.ts'
import type { Address } from './address.ts'
import type { Cluster } from './cluster.ts'
import type { Connection } from './connection.ts'
import type { Lane } from './connection-pool.ts'
import { isNetworkTrouble, refuseError } from './errors.ts'

/** What a coordinator may keep, by the numbers that ask for it. */
const kinds = { Group: 0, 'Transactional id': 1 } as const
export type CoordinatorKind = keyof typeof kinds

/** Codes after which the coordinator must be looked for again. */
const elsewhere: ReadonlySet<number> = new Set([errorCodes.COORDINATOR_NOT_AVAILABLE, errorCodes.NOT_COORDINATOR])

export class Coordinator {
  readonly #kind: CoordinatorKind
  readonly key: string
  readonly #cluster: Cluster
  #address: (Address & { readonly nodeId: number }) | undefined

  /** `key` names what it keeps. */
  constructor(cluster: Cluster, key: string, kind: CoordinatorKind = 'Group') {
    this.#cluster = cluster
    this.key = key
    this.#kind = kind
  }

  /** The coordinator's number, once a connection was asked for; -1 before. */
  get nodeId(): number {
    return this.#address?.nodeId ?? -1
  }

  /** A connection to the coordinator, looked for if need be. Rejects with BROKER_UNREACHABLE or a BrokerError. */
  async connection(lane: Lane): Promise<Connection> {
    this.#address ??= await this.#find()
    try {
      return await this.#cluster.at(this.#address, lane)
    } catch (error) {
      this.#address = undefined
      throw error
    }
  }

  /** Takes note of an error that a coordinator answered with, or of a failed request. */
  noticed(errorCode: number): void {
    if (elsewhere.has(errorCode)) this.#address = undefined
  }

  /** Takes note of a failed request. */
  failed(error: unknown): void {
    if (isNetworkTrouble(error)) this.#address = undefined
  }

  async #find(): Promise<Address & { readonly nodeId: number }> {
    const connection = await this.#cluster.any()
    const reply = await connection.request(findCoordinator, {
      coordinatorKey: this.key,
      coordinatorType: kinds[this.#kind],
      coordinatorKeys: [this.key],
    })
    const found = reply.coordinators[0] ?? reply
    refuseError(`${this.#kind} ${this.key}`, found.errorCode, found.errorMessage)
    return { nodeId: found.nodeId, host: found.host, port: found.port }
  }
}
