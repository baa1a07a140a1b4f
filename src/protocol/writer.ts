/**
 * Writes Kafka's primitive types. Messages are laid one after another into slabs; a slab is never written twice, so what `finish` returned
 * stays valid for as long as a socket needs it, and nothing is copied to hand it over. Large byte values are kept by reference, as pieces of their own.
 */
import { writeI64 } from '../base/bytes.ts'
import { CannotEncode } from './malformed.ts'

/** Byte values of at least this size are not copied into the message but become pieces of it. */
export const referencedBytesMin = 4096

const slabBytes = 65_536

/** What may be written as bytes: one buffer, or several that are sent one after another as one value. */
export type Bytes = Uint8Array | readonly Uint8Array[]

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export class Writer {
  #slab = Buffer.alloc(0)
  #at = 0
  /** Where the piece being written began in the slab. */
  #from = 0
  #pieces: Buffer[] = []
  #piecesBytes = 0

  /** Bytes written since `begin`. */
  get size(): number {
    return this.#piecesBytes + this.#at - this.#from
  }

  /** Starts a message; one that was left unfinished is forgotten. */
  begin(): void {
    if (this.#pieces.length > 0) this.#pieces = []
    this.#piecesBytes = 0
    this.#at = this.#from
  }

  /** The message as pieces to be sent in order. The writer may be used again at once; the pieces stay as they are. */
  finish(): Buffer[] {
    const pieces = this.#pieces
    if (this.#at > this.#from || pieces.length === 0) pieces.push(this.#slab.subarray(this.#from, this.#at))
    this.#from = this.#at
    this.#pieces = []
    this.#piecesBytes = 0
    return pieces
  }

  /** Like `finish`, for a message that began with a four-byte size field, which is filled in. */
  finishFrame(): Buffer[] {
    const size = this.size - 4
    const pieces = this.finish()
    pieces[0]?.writeInt32BE(size, 0)
    return pieces
  }

  #room(bytes: number): number {
    const at = this.#at
    if (at + bytes > this.#slab.length) return this.#grow(bytes)
    this.#at = at + bytes
    return at
  }

  #grow(bytes: number): number {
    const written = this.#at - this.#from
    const slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, 2 * (written + bytes)))
    this.#slab.copy(slab, 0, this.#from, this.#at)
    this.#slab = slab
    this.#from = 0
    this.#at = written + bytes
    return written
  }

  bool(value: boolean): void {
    const at = this.#room(1)
    this.#slab[at] = value ? 1 : 0
  }

  i8(value: number): void {
    const at = this.#room(1)
    this.#slab.writeInt8(value, at)
  }

  i16(value: number): void {
    const at = this.#room(2)
    this.#slab.writeInt16BE(value, at)
  }

  u16(value: number): void {
    const at = this.#room(2)
    this.#slab.writeUInt16BE(value, at)
  }

  i32(value: number): void {
    const at = this.#room(4)
    this.#slab.writeInt32BE(value, at)
  }

  u32(value: number): void {
    const at = this.#room(4)
    this.#slab.writeUInt32BE(value, at)
  }

  /** Numbers from 2^63 on are written as the largest 64-bit value. */
  i64(value: number): void {
    const at = this.#room(8)
    writeI64(this.#slab, at, value)
  }

  f64(value: number): void {
    const at = this.#room(8)
    this.#slab.writeDoubleBE(value, at)
  }

  /** `text` is the 22-character form. */
  uuid(text: string): void {
    const at = this.#room(16)
    if (this.#slab.write(text, at, 16, 'base64url') !== 16) throw new CannotEncode(`${text} is not a uuid`)
  }

  uvarint(value: number): void {
    let rest = value
    while (rest > 0x7f) {
      const at = this.#room(1)
      this.#slab[at] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    const at = this.#room(1)
    this.#slab[at] = rest
  }

  /** A string, bytes or array length; -1 for null. */
  length(length: number, compact: boolean, wide: boolean): void {
    if (compact) this.uvarint(length + 1)
    else if (wide) this.i32(length)
    else this.i16(length)
  }

  str(value: string | null, compact: boolean): void {
    if (value === null) return this.length(-1, compact, false)
    const bytes = Buffer.byteLength(value)
    if (bytes > 0x7fff) throw new CannotEncode(`a string of ${bytes} bytes; the protocol ends at 32767`)
    this.length(bytes, compact, false)
    const at = this.#room(bytes)
    this.#slab.write(value, at, bytes, 'utf8')
  }

  bytes(value: Bytes | null, compact: boolean): void {
    if (value === null) return this.length(-1, compact, true)
    if (value instanceof Uint8Array) {
      this.length(value.length, compact, true)
      return this.raw(value)
    }
    let total = 0
    for (const part of value) total += part.length
    this.length(total, compact, true)
    for (const part of value) this.raw(part)
  }

  /** Bytes as they are, without a length. Not copied when large: they must not change until they are sent. */
  raw(value: Uint8Array): void {
    if (value.length < referencedBytesMin) {
      const at = this.#room(value.length)
      this.#slab.set(value, at)
      return
    }
    if (this.#at > this.#from) this.#pieces.push(this.#slab.subarray(this.#from, this.#at))
    this.#pieces.push(asBuffer(value))
    this.#piecesBytes += this.#at - this.#from + value.length
    this.#from = this.#at
  }
}
