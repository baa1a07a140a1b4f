/**
 * The replies of one connection on their way out. Small pieces of many replies are copied together and leave as one write once the loop has
 * served all its reads; large ones (segment ranges) go as they are, at once, and so do the answers to large requests. What the peer has not taken
 * yet is counted: the connection serves nothing more while that is too much.
 */
import type { Socket } from 'node:net'
import { AT_ONCE_BYTES } from '../../io/corking.ts'
import type { BufferPool } from './buffer-pool.ts'

/** Unsent bytes above which a connection's requests wait. One reply may still go beyond. */
export const UNSENT_BYTES_MAX = 1024 * 1024
const SLAB_BYTES = 16 * 1024
/** Pieces up to this size are copied: cheaper than a slot of their own in the system call. */
const COPIED_BYTES_MAX = 2048

/** A reply: the pieces in order, and what to call once they left, if their memory is to be used again. */
export interface Reply {
  readonly pieces: readonly Buffer[]
  readonly release?: () => void
  /** The peer is over a quota: nothing more is served to it for so long. */
  readonly muteMs?: number
}

export class Outbox {
  #socket: Socket | undefined
  readonly #pool: BufferPool
  readonly #onRoom: () => void
  #parts: Buffer[] = []
  #releases: (() => void)[] = []
  #slab: Buffer | undefined
  #slabSealed = 0
  #slabUsed = 0
  /** Bytes not handed to the socket yet, and bytes that the socket has and the peer has not; of slabs, all of their memory. */
  #queued = 0
  #handed = 0
  #scheduled = false

  /** `onRoom` is called whenever bytes have left. */
  constructor(pool: BufferPool, onRoom: () => void) {
    this.#pool = pool
    this.#onRoom = onRoom
  }

  /** Replies go out by this socket. To be called once, before the first of them. */
  attach(socket: Socket): void {
    this.#socket = socket
  }

  /** Whether the peer has to read before it gets more. */
  get full(): boolean {
    return this.#queued + this.#handed > UNSENT_BYTES_MAX
  }

  /**
   * Takes a reply; it leaves at the end of this turn of the loop, or at once when it is large: nothing is won by waiting then. The answer to a large request
   * (`requestBytes`) leaves at once too, if the peer takes what it gets: it makes the next one while those behind it are served.
   */
  send(reply: Reply, requestBytes = 0): void {
    for (const piece of reply.pieces) this.#add(piece)
    if (reply.release !== undefined) this.#releases.push(reply.release)
    const peerTakes = this.#socket?.writableNeedDrain !== true
    if (this.#queued >= AT_ONCE_BYTES || (requestBytes >= AT_ONCE_BYTES && peerTakes)) return this.flush()
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#flushSoon)
  }

  /** Writes what is there at once, before a connection ends. */
  flush(): void {
    this.#seal()
    const socket = this.#socket
    const parts = this.#parts
    const last = parts.pop()
    if (last === undefined || socket === undefined) return
    this.#parts = []
    const written = this.#whenWritten()
    if (parts.length === 0) return void socket.write(last, written)
    socket.cork()
    for (const part of parts) socket.write(part)
    socket.write(last, written)
    socket.uncork()
  }

  /** The connection is over: what has not been handed to the socket leaves no more. */
  close(): void {
    this.#parts = []
    this.#dropSlab()
    for (const release of this.#releases.splice(0)) release()
  }

  readonly #flushSoon = (): void => {
    this.#scheduled = false
    if (this.#socket?.destroyed === false) this.flush()
  }

  #add(piece: Buffer): void {
    this.#queued += piece.length
    if (piece.length > COPIED_BYTES_MAX) {
      this.#seal()
      this.#parts.push(piece)
      return
    }
    if (this.#slab !== undefined && this.#slabUsed + piece.length > this.#slab.length) this.#dropSlab()
    this.#slab ??= this.#pool.take(SLAB_BYTES)
    this.#slabUsed += piece.copy(this.#slab, this.#slabUsed)
  }

  /** Makes what was copied since the last part a part of its own. */
  #seal(): void {
    if (this.#slab === undefined || this.#slabUsed === this.#slabSealed) return
    this.#parts.push(this.#slab.subarray(this.#slabSealed, this.#slabUsed))
    this.#slabSealed = this.#slabUsed
  }

  /** Lets a full slab go; it returns to the pool once its bytes have left. */
  #dropSlab(): void {
    this.#seal()
    const slab = this.#slab
    if (slab !== undefined) {
      this.#queued += slab.length - this.#slabUsed
      this.#releases.push(() => this.#pool.give(slab))
    }
    this.#slab = undefined
    this.#slabSealed = this.#slabUsed = 0
  }

  #whenWritten(): () => void {
    this.#dropSlab()
    const releases = this.#releases
    this.#releases = []
    const bytes = this.#queued
    this.#queued = 0
    this.#handed += bytes
    return () => {
      this.#handed -= bytes
      for (const release of releases) release()
      this.#onRoom()
    }
  }
}
