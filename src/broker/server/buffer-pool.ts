/**
 * Scratch memory that connections share: a connection holds a buffer only while it needs one, so that thousands of idle ones cost nothing,
 * and memory that was paged in once is used again. One pool serves one thread.
 */
import { type Clock, realClock } from '../../io/clock.ts'

/** Bytes that may lie in the pool unused for as long as they like. */
const KEPT_BYTES = 16 * 1024 * 1024
/** Bytes that may lie in the pool while they are in use now and again; what is given back beyond is left to the garbage collector. */
const POOLED_BYTES_MAX = 48 * 1024 * 1024
/** What nobody needed for so long goes, if there is much of it. */
const UNUSED_MS = 1000
const SMALLEST_BYTES = 4096
const LARGEST_BYTES = 4 * 1024 * 1024

/** The size class of a wish: the next power of two. */
const classOf = (bytes: number): number => (bytes <= SMALLEST_BYTES ? SMALLEST_BYTES : 2 ** Math.ceil(Math.log2(bytes)))

export class BufferPool implements Disposable {
  readonly #clock: Clock
  readonly #free = new Map<number, Buffer[]>()
  #pooledBytes = 0
  #lentBytes = 0
  /** The least that lay in the pool since the last look: so much was not needed. */
  #unusedBytes = 0
  #look: Disposable | undefined

  constructor(clock: Clock = realClock) {
    this.#clock = clock
  }

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
    this.#unusedBytes = Math.min(this.#unusedBytes, this.#pooledBytes)
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
    if (this.#pooledBytes > KEPT_BYTES) this.#look ??= this.#lookLater()
  }

  /** Gives nothing back any more. */
  [Symbol.dispose](): void {
    this.#look?.[Symbol.dispose]()
  }

  #lookLater(): Disposable {
    this.#unusedBytes = this.#pooledBytes
    return this.#clock.after(UNUSED_MS, () => {
      this.#drop(Math.min(this.#unusedBytes, this.#pooledBytes - KEPT_BYTES))
      this.#look = this.#pooledBytes > KEPT_BYTES ? this.#lookLater() : undefined
    })
  }

  /** Leaves so many bytes to the garbage collector, the largest buffers first. */
  #drop(bytes: number): void {
    const classes = Array.from(this.#free).toSorted(([a], [b]) => b - a)
    let left = bytes
    for (const [size, list] of classes)
      for (; left > 0 && list.length > 0; left -= size) {
        list.pop()
        this.#pooledBytes -= size
      }
  }
}
