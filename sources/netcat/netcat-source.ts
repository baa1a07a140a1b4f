/** Listens, holds the connections and their limit, and drains them at the stop. */
import type { Socket } from 'node:net'
import { aborted } from '../../src/base/abort.ts'
import { reasonOf } from '../../src/base/faults.ts'
import type { SourceContext } from '../../src/flow/context.ts'
import type { Batch } from '../../src/flow/event.ts'
import type { Deliver, Source } from '../../src/flow/source.ts'
import { Unsettled } from '../../src/flow/unsettled.ts'
import type { Charset } from '../../src/formats/charset.ts'
import { listen, type Listener } from '../../src/io/listen.ts'
import { OpenConnections } from '../../src/io/open-connections.ts'
import { Connection, type ConnectionOptions, type ConnectionOwner } from './connection.ts'

export interface NetcatOptions {
  readonly host: string
  readonly port: number
  readonly acks: boolean
  readonly charset: Charset
  /** Longest line in characters, its newline included. */
  readonly maxLineLength: number
  readonly batchEvents: number
  readonly maxConnections: number
}

export class NetcatSource implements Source {
  readonly whenRefused: 'retry' | 'tell'
  readonly #options: NetcatOptions
  readonly #context: SourceContext
  readonly #connectionOptions: ConnectionOptions
  readonly #connections: OpenConnections<Connection>
  readonly #unsettled = new Unsettled()
  #saidFull = false
  #refusing = false

  constructor(options: NetcatOptions, context: SourceContext) {
    this.whenRefused = options.acks ? 'tell' : 'retry'
    this.#options = options
    this.#context = context
    this.#connections = new OpenConnections((count) => context.counters.set('OpenConnectionCount', count))
    this.#connectionOptions = {
      acks: options.acks,
      charset: options.charset,
      maxUnits: options.maxLineLength - 1,
      batchEvents: options.batchEvents,
      windowEvents: options.batchEvents * 2,
      clock: context.clock,
    }
  }

  async run(deliver: Deliver, signal: AbortSignal): Promise<void> {
    const { host, port } = this.#options
    const owner = this.#owner(deliver)
    const listener = await listen({ host, port, accept: (socket) => this.#accept(socket, owner) })
    this.#started(listener)
    await aborted(signal)
    await listener[Symbol.asyncDispose]()
    await this.#connections.drain(this.#context.grace)
    await this.#unsettled.empty(this.#context.grace)
  }

  #started({ host, port }: Listener): void {
    this.#context.log.info(`Source ${this.#context.name} listens on ${host}:${port}.`, { host, port })
  }

  #owner(deliver: Deliver): ConnectionOwner {
    const { log, name } = this.#context
    return {
      deliver: async (batch: Batch) => {
        this.#unsettled.add(await deliver(batch))
        this.#refusing = false
      },
      tooLong: () =>
        log.warn(`Source ${name} closed a connection: ${this.#options.maxLineLength} characters and no newline.`),
      refused: (thrown) => this.#refused(thrown),
      closed: (connection) => this.#connections.closed(connection),
    }
  }

  #accept(socket: Socket, owner: ConnectionOwner): void {
    if (this.#connections.count >= this.#options.maxConnections) return this.#turnAway(socket)
    this.#saidFull = false
    this.#connections.add(new Connection(socket, this.#connectionOptions, owner))
  }

  #turnAway(socket: Socket): void {
    const { maxConnections, charset } = this.#options
    if (!this.#saidFull) {
      this.#context.log.warn(
        `Source ${this.#context.name} has its ${maxConnections} connections and turns others away.`,
      )
    }
    this.#saidFull = true
    socket.on('error', () => socket.destroy())
    socket.end(charset.encode(`FAILED: All ${maxConnections} connections are taken\n`))
    socket.destroySoon()
  }

  #refused(thrown: unknown): void {
    if (!this.#refusing) this.#context.log.warn(`Source ${this.#context.name} answers FAILED: ${reasonOf(thrown)}.`)
    this.#refusing = true
  }
}
