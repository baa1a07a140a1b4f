/**
 * The little of protobuf's wire format that Flume's file channel uses. Everything read here may be damaged or hostile: what does not parse throws
 * Malformed, and whoever reads records or small files catches that and no other.
 */

/** Bytes that are not what they should be. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

/** How a field's value is written. */
export const wireKinds = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

/** Walks over the fields between `at` and `end`, each by `next` and then exactly one read or `skip`. */
export class WireReader {
  readonly bytes: Buffer
  at: number
  readonly end: number
  /** Of the field that `next` has found. */
  field = 0
  #kind: number = wireKinds.varint

  constructor(bytes: Buffer, at: number, end: number) {
    if (at < 0 || end > bytes.length || at > end) throw new Malformed('a message reaches beyond its bytes')
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  /** Whether there is one more field. */
  next(): boolean {
    if (this.at >= this.end) return false
    const tag = this.varint()
    this.field = Math.floor(tag / 8)
    this.#kind = tag % 8
    if (this.field === 0) throw new Malformed('a field has the number 0')
    return true
  }

  /** An unsigned one of up to 53 bits, as tags and lengths are. */
  varint(): number {
    let value = 0
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = this.#byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
    throw new Malformed('a varint has too many bytes')
  }

  fixed32(): number {
    this.#need(wireKinds.fixed32, 4)
    this.at += 4
    return this.bytes.readInt32LE(this.at - 4)
  }

  /** Throws Malformed also for numbers that are not exact in JavaScript: ids and times of Flume are far below. */
  fixed64(): number {
    this.#need(wireKinds.fixed64, 8)
    const value = this.bytes.readInt32LE(this.at + 4) * 2 ** 32 + this.bytes.readUInt32LE(this.at)
    if (!Number.isSafeInteger(value)) throw new Malformed('a number is too large')
    this.at += 8
    return value
  }

  /** The bounds of a field of bytes, a text or a message; goes on behind it. */
  inside(): WireReader {
    if (this.#kind !== wireKinds.bytes) throw new Malformed('a field is of another kind')
    return this.delimited()
  }

  /** A message with its length in front, which is no field. */
  delimited(): WireReader {
    const length = this.varint()
    if (length > this.end - this.at) throw new Malformed('a length reaches beyond its message')
    const inside = new WireReader(this.bytes, this.at, this.at + length)
    this.at += length
    return inside
  }

  text(): string {
    const { at, end } = this.inside()
    return this.bytes.toString('utf8', at, end)
  }

  /** Goes behind a field that nobody knows. */
  skip(): void {
    if (this.#kind === wireKinds.varint) this.varint()
    else if (this.#kind === wireKinds.fixed64) this.#forward(8)
    else if (this.#kind === wireKinds.fixed32) this.#forward(4)
    else if (this.#kind === wireKinds.bytes) this.delimited()
    else throw new Malformed('a field is of an unknown kind')
  }

  #byte(): number {
    if (this.at >= this.end) throw new Malformed('a message ends in a number')
    return this.bytes[this.at++] ?? 0
  }

  #need(kind: number, length: number): void {
    if (this.#kind !== kind) throw new Malformed('a field is of another kind')
    if (this.at + length > this.end) throw new Malformed('a message ends in a number')
  }

  #forward(length: number): void {
    if (this.at + length > this.end) throw new Malformed('a message ends in a field')
    this.at += length
  }
}

/** What `read` gives, or undefined where the bytes are malformed. */
export const unlessMalformed = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof Malformed) return undefined
    throw thrown
  }
}
