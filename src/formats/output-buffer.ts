/**
 * The memory that a serializer writes a batch into before it goes to the file: one piece, used again for every batch, so that a batch costs one
 * write and no allocation. What it gives is valid until the next batch begins.
 */

/** Larger batches get memory of their own, which goes with them. */
const keptBytesMax = 4 * 1024 * 1024

export class OutputBuffer {
  #bytes = Buffer.allocUnsafeSlow(64 * 1024)

  /** At least `length` bytes to write a batch into. */
  take(length: number): Buffer {
    if (length <= this.#bytes.length) return this.#bytes
    const larger = Buffer.allocUnsafeSlow(length > keptBytesMax ? length : Math.max(length, this.#bytes.length * 2))
    if (length <= keptBytesMax) this.#bytes = larger
    return larger
  }
}
