/**
 * The memory that a socket reads into and events point into. What was received is never written over: reading goes on behind it, and when the
 * rest gets short a fresh buffer takes over the bytes not yet used. The old one is dropped with the last event that points into it.
 */

const smallest = 4 * 1024

export class ReadBuffer {
  #bytes = Buffer.allocUnsafeSlow(smallest)
  #used = 0
  #end = 0
  #size = smallest
  readonly #largest: number

  /** Buffers begin at 4 KB and grow while reads fill them, up to `largest` bytes; beyond it only for one piece that is larger itself. */
  constructor(largest = 128 * 1024) {
    this.#largest = Math.max(smallest, largest)
  }

  /** What was received and not yet used. Views of it stay valid. */
  get unread(): Buffer {
    return this.#bytes.subarray(this.#used, this.#end)
  }

  /** Marks the next `length` unread bytes as used. */
  use(length: number): void {
    this.#used += length
  }

  /** Where the next read goes. */
  room(): Buffer {
    if (this.#bytes.length - this.#end < this.#size / 4) this.#renew()
    return this.#bytes.subarray(this.#end)
  }

  /** `length` bytes were read into the last room. */
  received(length: number): void {
    if (this.#end + length === this.#bytes.length) this.#size = Math.min(this.#largest, this.#size * 4)
    this.#end += length
  }

  /** A piece that is not yet whole may be large: the room doubles with it, so that its bytes are copied a few times at most. */
  #renew(): void {
    const kept = this.#end - this.#used
    const fresh = Buffer.allocUnsafeSlow(Math.max(this.#size, kept * 2))
    this.#bytes.copy(fresh, 0, this.#used, this.#end)
    this.#bytes = fresh
    this.#used = 0
    this.#end = kept
  }
}
