/**
 * Where a connection's replies land. The socket reads straight into a large chunk, and frames are views of it: nothing is copied but a frame's
 * beginning when the chunk's room runs out. A chunk that events point into (`pin`) is never written from its start again, only dropped.
 */
import { Malformed } from '../protocol/malformed.ts'

/** Room below which reading goes on in another chunk: a read into less would be a system call for little. */
const roomMin = 16_384
const sizeBytes = 4

export interface FrameReaderOptions {
  readonly chunkBytes: number
  /** A frame that says it is larger is refused. */
  readonly frameBytesMax: number
  /** Gets each frame without its size, in order. It is good until this returns, or for ever if `pin` is called by then. */
  readonly onFrame: (frame: Buffer) => void
}

export class FrameReader {
  readonly #options: FrameReaderOptions
  #chunk: Buffer
  /** Where the frame being received begins, and where the bytes received end. */
  #from = 0
  #to = 0
  #pinned = false
  #broken = false

  constructor(options: FrameReaderOptions) {
    this.#options = options
    this.#chunk = Buffer.allocUnsafeSlow(options.chunkBytes)
  }

  /** The frames handed out so far are kept by whoever got them: their chunk is left to them when it is full. */
  pin(): void {
    this.#pinned = true
  }

  /** Where the next bytes are to be read to. Never empty; after a refused size, a place to throw bytes away. */
  space(): Buffer {
    if (this.#broken) return this.#chunk
    if (this.#from === this.#to && !this.#pinned) this.#from = this.#to = 0
    const wanted = Math.max(this.#frameBytes(), this.#to - this.#from + roomMin)
    if (this.#chunk.length - this.#from < wanted) this.#move(wanted)
    return this.#chunk.subarray(this.#to)
  }

  /** `bytes` bytes were read into the last `space()`. Throws Malformed for a size that cannot be. */
  received(bytes: number): void {
    this.#to += bytes
    for (let size = this.#frameBytes(); size > 0 && this.#to - this.#from >= size; size = this.#frameBytes()) {
      const frame = this.#chunk.subarray(this.#from + sizeBytes, this.#from + size)
      this.#from += size
      this.#options.onFrame(frame)
    }
  }

  /** Bytes of the frame being received, its size field included; 0 while that is not known. */
  #frameBytes(): number {
    if (this.#to - this.#from < sizeBytes) return 0
    const size = this.#chunk.readInt32BE(this.#from)
    if (size >= sizeBytes && size <= this.#options.frameBytesMax) return size + sizeBytes
    this.#broken = true
    throw new Malformed(`it announces a reply of ${size} bytes`)
  }

  #move(wanted: number): void {
    if (!this.#pinned && this.#chunk.length >= wanted) {
      this.#chunk.copyWithin(0, this.#from, this.#to)
    } else {
      const chunk = Buffer.allocUnsafeSlow(Math.max(this.#options.chunkBytes, wanted))
      this.#chunk.copy(chunk, 0, this.#from, this.#to)
      this.#chunk = chunk
      this.#pinned = false
    }
    this.#to -= this.#from
    this.#from = 0
  }
}
