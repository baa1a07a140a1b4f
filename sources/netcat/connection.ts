/**
 * One client of the netcat source. Its lines are delivered in batches; while `windowEvents` are under way nothing more is cut and the socket is not
 * read, which holds the client back. A line above the limit is answered and ends the connection, after the lines before it.
 */
import type { Socket } from 'node:net'
import { rethrowBroken } from '../../src/base/assert.ts'
import { reasonOf } from '../../src/base/faults.ts'
import type { Batch } from '../../src/flow/event.ts'
import type { Clock } from '../../src/io/clock.ts'
import { readInto } from '../../src/io/listen.ts'
import { type LineRules, Lines } from './lines.ts'
import { type Due, Replies } from './replies.ts'

/** How long a client that was told to go may still send, so that it reads why. */
const lingerMs = 2000

export interface ConnectionOptions extends LineRules {
  readonly acks: boolean
  /** Events under way at which reading stops. */
  readonly windowEvents: number
  readonly clock: Clock
}

export interface ConnectionOwner {
  /** Delivers and keeps the receipt. */
  deliver(batch: Batch): Promise<void>
  tooLong(): void
  refused(thrown: unknown): void
  closed(connection: Connection): void
}

export class Connection {
  readonly #options: ConnectionOptions
  readonly #owner: ConnectionOwner
  readonly #socket: Socket
  readonly #lines: Lines
  readonly #replies: Replies
  #underWay = 0
  #peerEnded = false
  #stopping = false
  #leaving = false
  #linger: Disposable | undefined

  constructor(accepted: Socket, options: ConnectionOptions, owner: ConnectionOwner) {
    this.#options = options
    this.#owner = owner
    this.#lines = new Lines(options)
    this.#socket = readInto(accepted, { room: () => this.#lines.room(), received: (length) => this.#received(length) })
    this.#replies = new Replies(this.#socket, options.charset, options.acks, options.batchEvents)
    this.#socket.on('end', () => this.#ended())
    this.#socket.on('drain', () => this.#goOn())
    // A reset by the peer is no fault of ours; 'close' follows.
    this.#socket.on('error', () => this.#socket.destroy())
    this.#socket.on('close', () => this.#closed())
  }

  /** Reads no more, delivers the whole lines it has, answers, and closes. */
  stop(): void {
    this.#stopping = true
    this.#socket.pause()
    this.#goOn()
  }

  /** Closes at once. */
  destroy(): void {
    this.#socket.destroy()
  }

  get #held(): boolean {
    return this.#underWay >= this.#options.windowEvents || this.#socket.writableNeedDrain
  }

  #received(length: number): boolean {
    if (this.#leaving) return true
    this.#lines.received(length)
    this.#cut()
    return !this.#held && !this.#stopping
  }

  #ended(): void {
    this.#peerEnded = true
    this.#goOn()
  }

  #cut(): void {
    while (!this.#held && !this.#leaving) {
      const batch = this.#lines.next()
      if (batch.length > 0) this.#deliver(batch)
      else return this.#rest()
    }
  }

  /** No whole line is left. */
  #rest(): void {
    if (this.#lines.tooLong) return this.#refuseLine()
    if (!this.#peerEnded) return
    const last = this.#lines.last()
    if (last !== undefined) this.#deliver([last])
  }

  #deliver(batch: Batch): void {
    this.#underWay += batch.length
    void this.#follow(batch, this.#replies.reserve())
  }

  async #follow(batch: Batch, due: Due): Promise<void> {
    const events = batch.length
    try {
      await this.#owner.deliver(batch)
      this.#replies.accepted(due, events)
    } catch (thrown) {
      rethrowBroken(thrown)
      this.#owner.refused(thrown)
      this.#replies.failed(due, events, reasonOf(thrown))
    }
    this.#underWay -= events
    this.#goOn()
  }

  #refuseLine(): void {
    this.#owner.tooLong()
    this.#leaving = true
    const limit = this.#options.maxUnits + 1
    const reason = `Event exceeds the maximum length (${limit} chars, including newline)`
    this.#replies.failed(this.#replies.reserve(), 1, reason)
    this.#closeWhenAnswered()
  }

  #goOn(): void {
    if (this.#socket.destroyed) return
    this.#cut()
    if (this.#held) return
    if (this.#leaving || this.#peerEnded || this.#stopping) this.#closeWhenAnswered()
    else this.#socket.resume()
  }

  /** A client that is still sending gets a moment to read the last reply. */
  #closeWhenAnswered(): void {
    if (this.#replies.due > 0 || this.#linger !== undefined) return
    this.#leaving = true
    this.#linger = this.#options.clock.after(lingerMs, () => this.#socket.destroy())
    this.#socket.end()
    if (this.#peerEnded) return
    if (this.#stopping) this.#socket.destroySoon()
    else this.#socket.resume()
  }

  #closed(): void {
    this.#linger?.[Symbol.dispose]()
    this.#owner.closed(this)
  }
}
