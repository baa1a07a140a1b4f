/**
 * Scratch memory that connections share: a connection holds a buffer only while it needs one, so that thousands of idle ones cost nothing,
 * and memory that was paged in once is used again. One pool serves one thread.
 */

/** Bytes that may lie in the pool unused; what is given back beyond is left to the garbage collector. */
const POOLED_BYTES_MAX = 8 * 1024 * 1024
const SMALLEST_BYTES = 4096
const LARGEST_BYTES = 4 * 1024 * 1024

/** The size class of a wish: the next power of two. */
const classOf = (bytes: number): number => (bytes <= SMALLEST_BYTES ? SMALLEST_BYTES : 2 ** Math.ceil(Math.log2(bytes)))

export class BufferPool {
  readonly #free = new Map<number, Buffer[]>()
  #pooledBytes = 0
  #lentBytes = 0

  /** Bytes taken and not given back. */
  get lentBytes(): number {
    return this.#lentBytes
  }

  /** A buffer of at least `bytes`, with whatever content. Beyond the largest class it is exactly as long as asked for. */
  take(bytes: number): Buffer {
    const size = bytes > LARGEST_BYTES ? bytes : classOf(bytes)
    this.#lentBytes += size
    if (bytes > LARGEST_BYTES) return Buffer.allocUnsafeSlow(bytes)
    const found = this.#free.get(size)?.pop()
    if (found === undefined) return Buffer.allocUnsafeSlow(size)
    this.#pooledBytes -= size
    return found
  }

  /** Gives a buffer back that `take` gave. Nobody may point into it any more. */
  give(buffer: Buffer): void {
    const size = buffer.length
    this.#lentBytes -= size
    if (size > LARGEST_BYTES || this.#pooledBytes + size > POOLED_BYTES_MAX) return
    this.#pooledBytes += size
    const list = this.#free.get(size)
    if (list === undefined) this.#free.set(size, [buffer])
    else list.push(buffer)
  }
}
