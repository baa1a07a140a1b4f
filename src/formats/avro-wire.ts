/**
 * One end of an Avro connection: bytes of a socket to frames and back, through zlib where the peers agreed on it. Frames are read out of the memory
 * that the socket filled, so that events can point into it. With compression each direction is one zlib stream, flushed after every frame.
 */
import type { Socket } from 'node:net'
import type { Deflate, Inflate } from 'node:zlib'
import { zlib } from '../base/builtins.ts'
import { rethrowBroken } from '../base/assert.ts'
import { ReadBuffer } from '../base/read-buffer.ts'
import { readFrame } from './avro-frames.ts'

export interface WireOptions {
  /** zlib's level, 0 to 9; undefined for no compression. */
  readonly deflateLevel: number | undefined
  readonly frameBytesMax: number
}

export interface WireOwner {
  /** A whole message, valid as long as something points to it. */
  message(serial: number, message: Buffer): void
  /** The peer sent what cannot be; nothing more is read. */
  bad(thrown: unknown): void
}

/** Bytes of compressed input that are read at once. */
const packedBytes = 64 * 1024

export class AvroWire {
  readonly #options: WireOptions
  readonly #owner: WireOwner
  readonly #plain = new ReadBuffer()
  readonly #inflate: Inflate | undefined
  readonly #deflate: Deflate | undefined
  #packed = Buffer.alloc(0)
  #socket: Socket | undefined
  #paused = false
  #isBad = false

  constructor(options: WireOptions, owner: WireOwner) {
    this.#options = options
    this.#owner = owner
    if (options.deflateLevel === undefined) return
    this.#inflate = zlib().createInflate()
    this.#deflate = zlib().createDeflate({ level: options.deflateLevel, flush: zlib().constants.Z_SYNC_FLUSH })
    this.#inflate.on('data', (chunk: Buffer) => this.#inflated(chunk))
    this.#inflate.on('error', (thrown) => this.#bad(thrown))
    this.#inflate.on('drain', () => {
      if (!this.#paused) this.#socket?.resume()
    })
    this.#deflate.on('data', (chunk: Buffer) => this.#socket?.write(chunk))
    this.#deflate.on('error', (thrown) => this.#bad(thrown))
  }

  /** The socket that reads into `room` and tells `received`. */
  attach(socket: Socket): void {
    this.#socket = socket
  }

  /** Where the socket's next bytes go. */
  room(): Buffer {
    if (this.#inflate === undefined) return this.#plain.room()
    this.#packed = Buffer.allocUnsafe(packedBytes)
    return this.#packed
  }

  /** True while more may be read. */
  received(length: number): boolean {
    if (this.#isBad) return false
    if (this.#inflate !== undefined) return this.#inflate.write(this.#packed.subarray(0, length))
    this.#plain.received(length)
    this.#readFrames()
    return !this.#paused && !this.#isBad
  }

  /** Sends a frame, its head included. The bytes must stay as they are until they have left. */
  send(frame: Uint8Array): void {
    if (this.#deflate === undefined) this.#socket?.write(frame)
    else this.#deflate.write(frame)
  }

  /** No message is given out until `resume`. */
  pause(): void {
    this.#paused = true
    this.#inflate?.pause()
    this.#socket?.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#readFrames()
    if (this.#paused || this.#isBad) return
    this.#inflate?.resume()
    this.#socket?.resume()
  }

  /** The peer has ended its side: calls `done` once everything before that has been given out. */
  ended(done: () => void): void {
    if (this.#inflate === undefined) done()
    else this.#inflate.flush(done)
  }

  /** Calls `done` once everything that was sent has been handed to the socket. */
  finish(done: () => void): void {
    if (this.#deflate === undefined) done()
    else this.#deflate.flush(zlib().constants.Z_SYNC_FLUSH, done)
  }

  /** Gives back what zlib holds outside the heap. */
  close(): void {
    this.#inflate?.destroy()
    this.#deflate?.destroy()
  }

  #inflated(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      const copied = chunk.copy(this.#plain.room(), 0, at)
      this.#plain.received(copied)
      at += copied
    }
    this.#readFrames()
  }

  #readFrames(): void {
    try {
      while (!this.#paused && !this.#isBad) {
        const frame = readFrame(this.#plain.unread, this.#options.frameBytesMax)
        if (frame === undefined) return
        this.#plain.use(frame.bytes)
        this.#owner.message(frame.serial, frame.message)
      }
    } catch (thrown) {
      rethrowBroken(thrown)
      this.#bad(thrown)
    }
  }

  #bad(thrown: unknown): void {
    if (this.#isBad) return
    this.#isBad = true
    this.#owner.bad(thrown)
  }
}
