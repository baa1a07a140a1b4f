/**
 * One peer: cuts its bytes into requests, has them answered one after another, and sends the replies in that order. A request that must wait
 * (a long poll, a join) holds back the later ones, as in Kafka; meanwhile a little is read ahead, so that a peer that hangs up is noticed.
 * Whatever bytes come, the worst that happens is that this connection ends.
 */
import type { Socket } from 'node:net'
import { rethrowBroken } from '../../base/assert.ts'
import { reasonOf } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import { readInto, type SocketReader } from '../../io/listen.ts'
import { Malformed } from '../../protocol/malformed.ts'
import type { BufferPool } from './buffer-pool.ts'
import { BadFrame, Inbox } from './inbox.ts'
import { Outbox, type Reply } from './outbox.ts'
import type { PeerWarnings } from './peer-warnings.ts'

/** Bytes read ahead of a request that waits; beyond that the peer's sending stops. */
export const READ_AHEAD_BYTES_MAX = 256 * 1024

/** A silent peer is asked by the system whether it still exists after that time, so that one that lost its cable goes away. */
const KEEP_ALIVE_MS = 60_000

/** Who sent a request. */
export interface Peer {
  /** Without the port: `127.0.0.1`. */
  readonly address: string
  /** The name of the listener that it came in by. */
  readonly listener: string
  /** Aborts when the connection ends, for requests that wait. */
  readonly gone: AbortSignal
}

/** Nothing is to be sent: the request wants no answer. */
export const NO_REPLY = Symbol('no reply')
export type Outcome = Reply | typeof NO_REPLY

/** The peer asked for something that has no answer; its connection is closed with this said. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/**
 * Answers one request frame, now or later. The frame is good only until it returns. Throws (or rejects with) Malformed or Refused for what the
 * peer did wrong.
 */
export type Serve = (frame: Buffer, peer: Peer) => Outcome | Promise<Outcome>

/** What all connections of a thread share. */
export interface ConnectionWorld {
  readonly serve: Serve
  readonly shared: Buffer
  readonly pool: BufferPool
  readonly frameBytesMax: number
  readonly clock: Clock
  readonly log: Log
  readonly warnings: PeerWarnings
}

export class Connection implements SocketReader, Peer {
  readonly address: string
  readonly listener: string
  /** On the monotonic clock: when bytes last came or went. */
  activeMs: number
  readonly #world: ConnectionWorld
  readonly #socket: Socket
  readonly #inbox: Inbox
  readonly #outbox: Outbox
  readonly #onClose: (connection: Connection) => void
  #aborter: AbortController | undefined
  /** A request is being answered. */
  #serving = false
  #paused = false
  /** Ends the time in which a peer that is over a quota is not served. */
  #mute: Disposable | undefined
  #inputEnded = false
  #closed = false

  /** Takes over an accepted socket, and calls `onClose` once when the connection has ended. */
  constructor(accepted: Socket, listener: string, world: ConnectionWorld, onClose: (connection: Connection) => void) {
    this.address = accepted.remoteAddress ?? 'unknown'
    this.listener = listener
    this.#world = world
    this.#onClose = onClose
    this.activeMs = world.clock.monotonic()
    this.#inbox = new Inbox(world.shared, world.pool, world.frameBytesMax)
    this.#outbox = new Outbox(world.pool, () => this.#roomAgain())
    this.#socket = readInto(accepted, this)
    this.#outbox.attach(this.#socket)
    this.#socket.setKeepAlive(true, KEEP_ALIVE_MS)
    this.#socket.on('end', () => this.#ended())
    this.#socket.on('error', (error) => this.#world.log.debug(`${this.address} hung up: ${error.message}`))
    this.#socket.on('close', () => this.close())
  }

  get gone(): AbortSignal {
    this.#aborter ??= new AbortController()
    if (this.#closed) this.#aborter.abort()
    return this.#aborter.signal
  }

  /** Whether the peer waits for us, rather than we for it. */
  get busy(): boolean {
    return this.#serving || this.#mute !== undefined
  }

  get #held(): boolean {
    return this.#serving || this.#mute !== undefined || this.#outbox.full
  }

  /** Where the socket's next read goes. */
  room(): Uint8Array {
    return this.#closed ? this.#world.shared : this.#inbox.room(this.#held)
  }

  /** `length` bytes have come. */
  received(length: number): boolean {
    if (this.#closed) return false
    this.activeMs = this.#world.clock.monotonic()
    this.#inbox.received(length)
    this.#serveAll()
    this.#paused = this.#held && this.#inbox.length > READ_AHEAD_BYTES_MAX
    return !this.#paused
  }

  /** Ends the connection at once. Safe twice. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#socket.destroy()
    this.#inbox.close()
    this.#outbox.close()
    this.#mute?.[Symbol.dispose]()
    this.#aborter?.abort()
    this.#onClose(this)
  }

  /** Serves what has come, as far as nothing holds it back. */
  #serveAll(): void {
    try {
      while (!this.#held && !this.#closed) {
        const frame = this.#inbox.next()
        if (frame === undefined) break
        const outcome = this.#world.serve(frame, this)
        if (outcome instanceof Promise) this.#await(outcome, frame.length)
        else if (outcome !== NO_REPLY) this.#send(outcome, frame.length)
      }
    } catch (thrown) {
      this.#fail(thrown)
    }
    this.#inbox.settle()
    if (this.#inputEnded && !this.#held) this.#finish()
  }

  #await(outcome: Promise<Outcome>, requestBytes: number): void {
    this.#serving = true
    outcome.then(
      (reply) => this.#answered(reply, requestBytes),
      (thrown: unknown) => this.#fail(thrown),
    )
  }

  #answered(reply: Outcome, requestBytes: number): void {
    this.#serving = false
    if (reply !== NO_REPLY) {
      if (this.#closed) reply.release?.()
      else this.#send(reply, requestBytes)
    }
    if (!this.#closed) this.#goOn()
  }

  #send(reply: Reply, requestBytes: number): void {
    this.#outbox.send(reply, requestBytes)
    const { muteMs = 0 } = reply
    if (muteMs <= 0) return
    this.#mute = this.#world.clock.after(muteMs, () => {
      this.#mute = undefined
      if (!this.#closed) this.#goOn()
    })
  }

  #goOn(): void {
    this.#serveAll()
    if (!this.#paused || this.#closed || this.#held) return
    this.#paused = false
    this.#socket.resume()
  }

  #roomAgain(): void {
    if (this.#closed) return
    this.activeMs = this.#world.clock.monotonic()
    if (!this.#serving && (this.#inbox.length > 0 || this.#paused || this.#inputEnded)) this.#goOn()
  }

  /** The peer will send nothing more: what it waits for in a long poll is of no use to it, the rest is answered. */
  #ended(): void {
    this.#inputEnded = true
    if (this.#serving) this.close()
    else this.#serveAll()
  }

  #finish(): void {
    if (this.#closed || this.#socket.writableEnded) return
    this.#outbox.flush()
    this.#socket.end()
  }

  #fail(thrown: unknown): void {
    rethrowBroken(thrown)
    if (!this.#closed) this.#say(thrown)
    this.close()
  }

  #say(thrown: unknown): void {
    const { warnings, log } = this.#world
    if (thrown instanceof BadFrame)
      warnings.warn(this.address, `${this.address} ${thrown.message}; its connection was closed.`)
    else if (thrown instanceof Malformed)
      warnings.warn(
        this.address,
        `${this.address} sent a request that cannot be read (${thrown.message}); its connection was closed.`,
      )
    else if (thrown instanceof Refused)
      warnings.warn(this.address, `${thrown.message}; the connection of ${this.address} was closed.`)
    else
      log.error(`A request of ${this.address} failed (${reasonOf(thrown)}); its connection was closed.`, {
        err: thrown,
      })
  }
}
