/** Listens, lets in whom the rules allow, holds the connections and their limit, and drains them at the stop. */
import type { Socket } from 'node:net'
import { aborted } from '../../src/base/abort.ts'
import { reasonOf } from '../../src/base/faults.ts'
import type { SourceContext } from '../../src/flow/context.ts'
import type { Batch } from '../../src/flow/event.ts'
import type { Deliver, Source } from '../../src/flow/source.ts'
import { Unsettled } from '../../src/flow/unsettled.ts'
import type { WireOptions } from '../../src/formats/avro-wire.ts'
import { listen } from '../../src/io/listen.ts'
import { OpenConnections } from '../../src/io/open-connections.ts'
import { Connection, type ConnectionOwner } from './connection.ts'
import { type IpRule, isAllowed } from './ip-filter.ts'
import { KnownProtocols } from './peer.ts'

export interface AvroOptions {
  readonly host: string
  readonly port: number
  readonly wire: WireOptions
  readonly ipRules: readonly IpRule[]
  readonly maxConnections: number
}

export class AvroSource implements Source {
  readonly whenRefused = 'tell'
  readonly #options: AvroOptions
  readonly #context: SourceContext
  readonly #protocols = new KnownProtocols()
  readonly #connections: OpenConnections<Connection>
  /** Accepted, and not yet known to be allowed. */
  readonly #judged = new Set<Socket>()
  readonly #unsettled = new Unsettled()
  #saidFull = false
  #refusing = false

  constructor(options: AvroOptions, context: SourceContext) {
    this.#options = options
    this.#context = context
    this.#connections = new OpenConnections((count) => context.counters.set('OpenConnectionCount', count))
  }

  async run(deliver: Deliver, signal: AbortSignal): Promise<void> {
    const { log, name, grace } = this.#context
    const owner = this.#owner(deliver)
    const accept = (socket: Socket): void => this.#accept(socket, owner)
    const listener = await listen({ host: this.#options.host, port: this.#options.port, accept })
    const { host, port } = listener
    log.info(`Avro source ${name} listens on ${host}:${port}.`, { host, port })
    await aborted(signal)
    for (const socket of this.#judged) socket.destroy()
    await listener[Symbol.asyncDispose]()
    await this.#connections.drain(grace)
    await this.#unsettled.empty(grace)
  }

  #owner(deliver: Deliver): ConnectionOwner {
    const { log, name, counters } = this.#context
    return {
      wire: this.#options.wire,
      protocols: this.#protocols,
      deliver: async (batch: Batch, isBatch: boolean) => {
        if (!isBatch) counters.add('AppendReceivedCount', 1)
        this.#unsettled.add(await deliver(batch))
        if (!isBatch) counters.add('AppendAcceptedCount', 1)
        this.#refusing = false
      },
      refused: (thrown) => {
        if (!this.#refusing) log.warn(`Avro source ${name} answers FAILED: ${reasonOf(thrown)}.`)
        this.#refusing = true
      },
      bad: (address, thrown) => {
        const hint = 'Compression must be the same on both ends.'
        log.warn(`Avro source ${name} closed the connection of ${address}: ${reasonOf(thrown)}. ${hint}`)
      },
      closed: (connection) => this.#connections.closed(connection),
    }
  }

  #accept(socket: Socket, owner: ConnectionOwner): void {
    const { ipRules, maxConnections } = this.#options
    if (this.#connections.count + this.#judged.size >= maxConnections) this.#turnAway(socket)
    else if (ipRules.length === 0) this.#letIn(socket, owner)
    else void this.#judge(socket, owner)
  }

  /** Nothing is read meanwhile; a peer that goes away in between is seen when reading begins. */
  async #judge(socket: Socket, owner: ConnectionOwner): Promise<void> {
    const { log, name } = this.#context
    this.#judged.add(socket)
    const allowed = await isAllowed(this.#options.ipRules, socket.remoteAddress ?? '')
    this.#judged.delete(socket)
    if (socket.destroyed) return
    if (allowed) return this.#letIn(socket, owner)
    log.debug(`Avro source ${name} turned ${socket.remoteAddress} away by its rules.`)
    socket.destroy()
  }

  #letIn(socket: Socket, owner: ConnectionOwner): void {
    this.#saidFull = false
    this.#connections.add(new Connection(socket, owner))
  }

  #turnAway(socket: Socket): void {
    const { maxConnections } = this.#options
    const { log, name } = this.#context
    if (!this.#saidFull) log.warn(`Avro source ${name} has its ${maxConnections} connections and turns others away.`)
    this.#saidFull = true
    socket.destroy()
  }
}
