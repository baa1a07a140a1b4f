/**
 * Reads Avro's binary primitives from bytes that a peer sent: every length and count is checked against what is there before anything is made
 * of it. Byte strings come as views.
 */

/** The bytes are not what they should be. */
export class BadAvro extends Error {
  override readonly name = 'BadAvro'
}

export class AvroReader {
  bytes: Buffer
  at: number
  #end: number

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes
    this.at = at
    this.#end = bytes.length
  }

  /** From here on reads other bytes, those from `at` to `end`, which must lie in `bytes`: one reader serves many values. */
  aim(bytes: Buffer, at: number, end: number): void {
    this.bytes = bytes
    this.at = at
    this.#end = end
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.#end - this.at
  }

  /** A zigzag int or long. Exact up to 2^53, which is more than any length or count may be. */
  long(): number {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.#end) throw new BadAvro('The bytes end inside a number')
      const byte = this.bytes[this.at++] as number
      value += shift < 28 ? (byte & 0x7f) << shift : (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
    }
    throw new BadAvro('A number has more than ten bytes')
  }

  byte(): number {
    if (this.at >= this.#end) throw new BadAvro('The bytes end too early')
    return this.bytes[this.at++] as number
  }

  fixed(length: number): Buffer {
    if (length < 0 || length > this.left)
      throw new BadAvro(`A length of ${length} bytes is announced where ${this.left} are left`)
    return this.bytes.subarray(this.at, (this.at += length))
  }

  /** Bytes with their length before them. */
  binary(): Buffer {
    return this.fixed(this.long())
  }

  string(): string {
    return this.binary().toString('utf8')
  }

  /** The number of items in the next block of a map or array; 0 ends it. Each item has at least one byte, so more cannot be announced. */
  blockCount(): number {
    const count = this.long()
    if (count >= 0) return this.#within(count)
    this.long()
    return this.#within(-count)
  }

  #within(count: number): number {
    if (count > this.left) throw new BadAvro(`A block of ${count} items is announced where ${this.left} bytes are left`)
    return count
  }
}
