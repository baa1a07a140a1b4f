/** The broker that keeps a group: found by asking any broker, remembered until it says that it is the wrong one. */
import { errorCodes } from '../protocol/error-codes.ts'
import { findCoordinator } from '../protocol/messages/find-coordinator.ts'
import type { Address } from './address.ts'
import type { Cluster } from './cluster.ts'
import type { Connection } from './connection.ts'
import type { Lane } from './connection-pool.ts'
import { isNetworkTrouble, refuseError } from './errors.ts'

const groupType = 0

/** Codes after which the coordinator must be looked for again. */
const elsewhere: ReadonlySet<number> = new Set([errorCodes.COORDINATOR_NOT_AVAILABLE, errorCodes.NOT_COORDINATOR])

export class Coordinator {
  readonly groupId: string
  readonly #cluster: Cluster
  #address: Address | undefined

  constructor(cluster: Cluster, groupId: string) {
    this.#cluster = cluster
    this.groupId = groupId
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

  async #find(): Promise<Address> {
    const connection = await this.#cluster.any()
    const reply = await connection.request(findCoordinator, {
      coordinatorKey: this.groupId,
      coordinatorType: groupType,
      coordinatorKeys: [this.groupId],
    })
    const found = reply.coordinators[0] ?? reply
    refuseError(`Group ${this.groupId}`, found.errorCode, found.errorMessage)
    return { host: found.host, port: found.port }
  }
}
