/**
 * One listening port and the connections that came in by it: how many there may be, from one address and in all, and how long they may say nothing.
 */
import type { Socket } from 'node:net'
import type { Clock } from '../../io/clock.ts'
import { listen, type Listener } from '../../io/listen.ts'
import { Connection, type ConnectionWorld } from './connection.ts'

export interface ConnectionLimits {
  /** max.connections, over all listeners. */
  readonly connectionsMax: number
  /** max.connections.per.ip, where no override names the address. */
  readonly connectionsPerAddressMax: number
  readonly connectionsPerAddress: ReadonlyMap<string, number>
  /** connections.max.idle.ms; 0 or less is never. */
  readonly idleMsMax: number
  /** Counts a connection that an address makes, and says how long it has to wait, and whether it is to be closed then. */
  readonly pace?: (address: string) => { readonly ms: number; readonly refused: boolean }
}

/** Connections that may wait because too many are made at once; more are closed. */
const HELD_MAX = 10_000

/** How often idle connections are looked for, at the most. */
const SWEEP_MS_MAX = 60_000

/** All connections of one thread, whatever listener they came in by. */
export class Connections implements Disposable {
  readonly #all = new Set<Connection>()
  readonly #perAddress = new Map<string, number>()
  readonly #held = new Map<Socket, Disposable>()
  readonly #limits: ConnectionLimits
  readonly #world: ConnectionWorld
  readonly #clock: Clock
  #sweep: Disposable | undefined
  #stopped = false

  constructor(limits: ConnectionLimits, world: ConnectionWorld) {
    this.#limits = limits
    this.#world = world
    this.#clock = world.clock
  }

  get count(): number {
    return this.#all.size
  }

  /** Takes an accepted socket into service, now or when its turn has come, or closes it when there are too many. */
  accept(socket: Socket, listener: string): void {
    const address = socket.remoteAddress
    const delay = address === undefined ? undefined : this.#limits.pace?.(address)
    if (delay !== undefined && delay.ms > 0) this.#hold(socket, listener, delay)
    else this.#admit(socket, listener)
  }

  /** Lets a connection wait that came too soon after others. */
  #hold(socket: Socket, listener: string, { ms, refused }: { readonly ms: number; readonly refused: boolean }): void {
    if (this.#held.size >= HELD_MAX) return void socket.destroy()
    const hungUp = (): void => void socket.destroy()
    socket.on('error', hungUp)
    const timer = this.#clock.after(ms, () => {
      this.#held.delete(socket)
      socket.off('error', hungUp)
      if (refused || socket.destroyed) socket.destroy()
      else this.#admit(socket, listener)
    })
    this.#held.set(socket, timer)
  }

  #admit(socket: Socket, listener: string): void {
    const address = socket.remoteAddress
    const refusal = address === undefined || this.#stopped ? '' : this.#refusal(address)
    if (refusal !== undefined) {
      socket.destroy()
      if (address !== undefined && refusal !== '') this.#world.warnings.warn(address, refusal)
      return
    }
    const connection = new Connection(socket, listener, this.#world, (closed) => this.#forget(closed))
    this.#all.add(connection)
    this.#perAddress.set(connection.address, (this.#perAddress.get(connection.address) ?? 0) + 1)
    if (this.#sweep === undefined) this.#sweepLater()
  }

  /** Closes those that wait for their turn: a port does not end while they do. */
  dropHeld(): void {
    for (const [socket, timer] of this.#held) {
      timer[Symbol.dispose]()
      socket.destroy()
    }
    this.#held.clear()
  }

  /** Closes all, and takes no more. */
  [Symbol.dispose](): void {
    this.#stopped = true
    this.#sweep?.[Symbol.dispose]()
    this.dropHeld()
    for (const connection of this.#all) connection.close()
  }

  /** Why a new connection is not wanted, or undefined. */
  #refusal(address: string): string | undefined {
    const { connectionsMax, connectionsPerAddress, connectionsPerAddressMax } = this.#limits
    if (this.#all.size >= connectionsMax)
      return `${address} was turned away: ${this.#all.size} connections are open, as many as max.connections allows.`
    const most = connectionsPerAddress.get(address) ?? connectionsPerAddressMax
    if ((this.#perAddress.get(address) ?? 0) >= most)
      return `${address} was turned away: it has ${most} connections open, as many as max.connections.per.ip allows.`
    return undefined
  }

  #forget(connection: Connection): void {
    if (!this.#all.delete(connection)) return
    const left = (this.#perAddress.get(connection.address) ?? 1) - 1
    if (left > 0) this.#perAddress.set(connection.address, left)
    else this.#perAddress.delete(connection.address)
  }

  #sweepLater(): void {
    const idleMs = this.#limits.idleMsMax
    if (idleMs <= 0) return
    this.#sweep = this.#clock.after(Math.min(SWEEP_MS_MAX, Math.ceil(idleMs / 4)), () => {
      this.#closeIdle(this.#clock.monotonic() - idleMs)
      this.#sweep = undefined
      if (this.#all.size > 0 && !this.#stopped) this.#sweepLater()
    })
  }

  /** Whoever waits for an answer is not idle. */
  #closeIdle(sinceMs: number): void {
    for (const connection of this.#all) if (connection.activeMs < sinceMs && !connection.busy) connection.close()
  }
}

/** Opens a port whose peers go to `connections`. Throws PORT_IN_USE or CANNOT_BIND. */
export const openPort = async (
  endpoint: { readonly name: string; readonly host: string; readonly port: number },
  connections: Connections,
  backlog?: number,
): Promise<Listener> => {
  const listener = await listen({
    host: endpoint.host,
    port: endpoint.port,
    ...(backlog === undefined ? {} : { backlog }),
    accept: (socket) => connections.accept(socket, endpoint.name),
  })
  const close = (): PromiseLike<void> => {
    connections.dropHeld()
    return listener[Symbol.asyncDispose]()
  }
  return { host: listener.host, port: listener.port, [Symbol.asyncDispose]: close }
}
