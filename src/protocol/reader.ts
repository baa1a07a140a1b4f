/**
 * Reads Kafka's primitive types from one buffer that a peer filled. Every read is checked against the end, and every count against the bytes
 * that are left, so a hostile frame costs no more than its own size. Bytes come back as views into the buffer, never copies.
 */
import { readI64 } from '../base/bytes.ts'
import { Malformed } from './malformed.ts'

/** Most array elements that one message may hold, all arrays together: a bound on memory that the frame's size alone does not give. */
export const elementsMax = 2_000_000

const high = 0x1_0000_0000

export class Reader {
  readonly buffer: Buffer
  /** Where the next read begins. */
  at: number
  readonly end: number
  #elements = 0

  /** Reads `buffer` from `at` up to `end`. */
  constructor(buffer: Buffer, at = 0, end = buffer.length) {
    this.buffer = buffer
    this.at = at
    this.end = end
  }

  get remaining(): number {
    return this.end - this.at
  }

  /** Steps over `bytes` bytes and says where they began. Throws Malformed when fewer are left; all other reads do too. */
  skip(bytes: number): number {
    const at = this.at
    if (bytes > this.end - at) throw new Malformed(`${bytes} bytes wanted at ${at}, ${this.end - at} left`)
    this.at = at + bytes
    return at
  }

  bool(): boolean {
    return this.buffer[this.skip(1)] !== 0
  }

  i8(): number {
    return ((this.buffer[this.skip(1)] ?? 0) << 24) >> 24
  }

  i16(): number {
    return this.buffer.readInt16BE(this.skip(2))
  }

  u16(): number {
    return this.buffer.readUInt16BE(this.skip(2))
  }

  i32(): number {
    return this.buffer.readInt32BE(this.skip(4))
  }

  u32(): number {
    return this.buffer.readUInt32BE(this.skip(4))
  }

  /** As a JavaScript number: exact up to 2^53, which offsets, timestamps and producer ids stay below; rounded beyond. */
  i64(): number {
    return readI64(this.buffer, this.skip(8))
  }

  f64(): number {
    return this.buffer.readDoubleBE(this.skip(8))
  }

  /** In Kafka's text form: URL-safe base64 of the 16 bytes, 22 characters. */
  uuid(): string {
    const at = this.skip(16)
    return this.buffer.toString('base64url', at, at + 16)
  }

  /** Unsigned LEB128 of at most 32 bits in five bytes. */
  uvarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.buffer[this.skip(1)] ?? 0
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) {
        if (value >= high) break
        return value
      }
    }
    throw new Malformed(`a varint of more than 32 bits before ${this.at}`)
  }

  /** The length of a string, bytes or array: -1 is null. Compact lengths are one more than they mean. */
  length(compact: boolean, wide: boolean): number {
    if (compact) return this.uvarint() - 1
    const length = wide ? this.i32() : this.i16()
    if (length < -1) throw new Malformed(`a length of ${length} before ${this.at}`)
    return length
  }

  /** A string, or null. Invalid UTF-8 becomes U+FFFD. */
  str(compact: boolean): string | null {
    const length = this.length(compact, false)
    if (length <= 0) return length < 0 ? null : ''
    const at = this.skip(length)
    return this.buffer.toString('utf8', at, at + length)
  }

  /** Bytes as a view into the buffer, or null. */
  bytes(compact: boolean): Buffer | null {
    const length = this.length(compact, true)
    if (length < 0) return null
    const at = this.skip(length)
    return this.buffer.subarray(at, at + length)
  }

  /** An array's count, -1 for null. `bytesMin` is the least that one element takes, so that a count which cannot be true is refused. */
  count(compact: boolean, bytesMin: number): number {
    const count = this.length(compact, true)
    if (count <= 0) return count
    if (count * bytesMin > this.end - this.at)
      throw new Malformed(`${count} elements claimed, ${this.remaining} bytes left`)
    this.#elements += count
    if (this.#elements > elementsMax) throw new Malformed(`more than ${elementsMax} array elements in one message`)
    return count
  }
}
