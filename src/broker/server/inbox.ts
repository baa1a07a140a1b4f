/**
 * The bytes a peer has sent and nobody has consumed yet, cut into frames. All connections of a thread read into one shared buffer; a frame that
 * arrived whole is handed out as a view of it, without copying. Only what is left over when the read ends (a frame cut in two, or frames behind
 * a request that is still being answered) moves into a buffer of the connection's own, which grows with what was received, not with what was announced.
 */
import type { BufferPool } from './buffer-pool.ts'

/** Why a frame cannot be read; the connection is of no use afterwards. */
export class BadFrame extends Error {
  override readonly name = 'BadFrame'
}

const SIZE_BYTES = 4
/** How far the own buffer may run ahead of what was received: announced bytes cost nothing until they come. */
const GROWTH = 4
/** Room for a frame whose size has not arrived, and the least to grow by. */
const SMALL_FRAME_BYTES = 4096

const httpVerbs: ReadonlySet<string> = new Set(['GET ', 'POST', 'PUT ', 'HEAD', 'OPTI', 'DELE', 'PATC', 'CONN', 'TRAC'])

/** What a size that cannot be one most likely is. */
const problemOf = (size: number, maxBytes: number): string => {
  const word = Buffer.alloc(SIZE_BYTES)
  word.writeInt32BE(size)
  if (httpVerbs.has(word.toString('latin1'))) return 'speaks HTTP, but this port speaks the Kafka protocol'
  if (word[0] === 0x16 && word[1] === 3) return 'began a TLS handshake, but this listener is PLAINTEXT'
  if (size < 0) return `announced a request of ${size} bytes`
  return `announced a request of ${size} bytes, above socket.request.max.bytes=${maxBytes}`
}

export class Inbox {
  readonly #shared: Buffer
  readonly #pool: BufferPool
  readonly #frameBytesMax: number
  #own: Buffer | undefined
  /** The unconsumed bytes lie in #own, or in #shared during a read, from #start to #end. */
  #start = 0
  #end = 0
  /** Whether the last `room` was in the own buffer. */
  #intoOwn = false

  /** `shared` is the thread's read buffer; `frameBytesMax` is socket.request.max.bytes. */
  constructor(shared: Buffer, pool: BufferPool, frameBytesMax: number) {
    this.#shared = shared
    this.#pool = pool
    this.#frameBytesMax = frameBytesMax
  }

  /** Bytes received and not handed out yet. */
  get length(): number {
    return this.#end - this.#start
  }

  /**
   * Where the next read may write: behind the frame that was cut in two, or the shared buffer. While a request is `held`, always the shared one:
   * the own buffer may then change hands between two reads.
   */
  room(held: boolean): Buffer {
    const own = held ? undefined : this.#own
    this.#intoOwn = own !== undefined
    return own === undefined ? this.#shared : this.#makeRoom(own).subarray(this.#end)
  }

  /** Takes note of `count` bytes that were read into the last `room`. Until `settle`, they may be consumed in place. */
  received(count: number): void {
    if (this.#intoOwn) {
      this.#end += count
    } else if (this.#own === undefined) {
      this.#start = 0
      this.#end = count
    } else {
      this.#append(this.#own, count)
    }
  }

  /** The next whole frame without its size, as a view that is good until the next `settle` or `received`. Throws BadFrame. */
  next(): Buffer | undefined {
    if (this.#end - this.#start < SIZE_BYTES) return undefined
    const bytes = this.#own ?? this.#shared
    const size = this.#frameBytes(bytes)
    const from = this.#start + SIZE_BYTES
    if (this.#end - from < size) return undefined
    this.#start = from + size
    return bytes.subarray(from, from + size)
  }

  /** Ends a read: nothing unconsumed stays in the shared buffer, and an own buffer that is used up goes back to the pool. */
  settle(): void {
    const left = this.#end - this.#start
    if (left === 0) this.#release()
    else if (this.#own === undefined) this.#moveInto(this.#pool.take(this.#wantedBytes()))
  }

  /** Forgets everything. */
  close(): void {
    this.#release()
  }

  #release(): void {
    if (this.#own !== undefined) this.#pool.give(this.#own)
    this.#own = undefined
    this.#start = this.#end = 0
  }

  /** The size of the frame that begins at #start, of which at least that much has come. */
  #frameBytes(bytes: Buffer): number {
    const size = bytes.readInt32BE(this.#start)
    if (size < 0 || size > this.#frameBytesMax) throw new BadFrame(problemOf(size, this.#frameBytesMax))
    return size
  }

  /** Room for the frame at the head, but not for more than a few times what has come of it. */
  #wantedBytes(): number {
    const left = this.#end - this.#start
    const least = left * GROWTH + SMALL_FRAME_BYTES
    if (left < SIZE_BYTES) return least
    const announced = (this.#own ?? this.#shared).readInt32BE(this.#start)
    const whole = SIZE_BYTES + Math.min(this.#frameBytesMax, Math.max(0, announced))
    return Math.max(left + 1, Math.min(whole, least))
  }

  #makeRoom(own: Buffer): Buffer {
    const wanted = this.#wantedBytes()
    if (own.length - this.#start >= wanted) return own
    if (own.length < wanted) return this.#moveInto(this.#pool.take(wanted))
    return this.#moveInto(own)
  }

  /** Moves the unconsumed bytes to the head of `wider`, which is the own buffer from now on. */
  #moveInto(wider: Buffer): Buffer {
    const old = this.#own
    const from = old ?? this.#shared
    from.copy(wider, 0, this.#start, this.#end)
    this.#end -= this.#start
    this.#start = 0
    this.#own = wider
    if (old !== undefined && old !== wider) this.#pool.give(old)
    return wider
  }

  /** Bytes that were read into the shared buffer while the own one still held some. */
  #append(own: Buffer, count: number): void {
    let into = own
    const bytes = this.#end - this.#start + count
    if (own.length < bytes) into = this.#moveInto(this.#pool.take(bytes))
    else if (own.length - this.#end < count) this.#moveInto(own)
    this.#shared.copy(into, this.#end, 0, count)
    this.#end += count
  }
}
