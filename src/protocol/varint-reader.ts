/** Reads what stands inside a record: zigzag varints, and bytes whose length is one. Whatever is wrong is INVALID_RECORD. */
import { KafkaFault } from './error-codes.ts'

export const invalidRecord = (problem: string): KafkaFault => new KafkaFault('INVALID_RECORD', problem)

const signed = (magnitude: number, sign: number): number => (sign === 0 ? magnitude : -1 - magnitude)

export class VarintReader {
  buffer: Buffer
  /** Where the next read begins. */
  at: number
  /** No read goes beyond. */
  end: number

  constructor(buffer: Buffer, at: number, end: number) {
    this.buffer = buffer
    this.at = at
    this.end = end
  }

  /** A varint of up to 32 bits. */
  int(): number {
    const byte = this.buffer[this.at++] as number
    // Beyond the end there is `undefined`, which is not below anything.
    if (byte < 0x80 && this.at <= this.end) return (byte >>> 1) ^ -(byte & 1)
    this.at--
    return this.#longInt()
  }

  #longInt(): number {
    let raw = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte()
      raw |= (byte & 0x7f) << shift
      if (byte < 0x80) return (raw >>> 1) ^ -(raw & 1)
    }
    throw invalidRecord('A varint of more than 32 bits')
  }

  /** A varint of up to 64 bits, rounded beyond 2^53. The first 28 bits are kept apart, so that the sign among them stays exact. */
  long(): number {
    let low = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte()
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) return (low >>> 1) ^ -(low & 1)
    }
    let rest = 0
    let unit = 1
    for (let bytes = 5; bytes <= 10; bytes++) {
      const byte = this.#byte()
      rest += (byte & 0x7f) * unit
      if (byte < 0x80) return signed(rest * 2 ** 27 + (low >>> 1), low & 1)
      unit *= 128
    }
    throw invalidRecord('A varint of more than 64 bits')
  }

  #byte(): number {
    if (this.at >= this.end) throw invalidRecord('A record that ends inside a number')
    return this.buffer[this.at++] as number
  }

  /** Steps over bytes with their length and says where they begin, -1 for null; they end where the next read begins. */
  part(): number {
    const length = this.int()
    if (length < 0) return -1
    const start = this.at
    if (length > this.end - start) throw invalidRecord(`${length} bytes claimed where ${this.end - start} are left`)
    this.at = start + length
    return start
  }

  /** Bytes with their length, as a view; null for a negative length. */
  bytes(): Buffer | null {
    const start = this.part()
    return start < 0 ? null : this.buffer.subarray(start, this.at)
  }
}
