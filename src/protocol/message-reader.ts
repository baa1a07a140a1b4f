/**
 * Reads the formats of Kafka 0.8 to 0.10: an entry is one message, or a wrapper whose value is a compressed set of messages. `next` gives the messages
 * of the entry that was opened, with their absolute offsets, in the same fields as RecordReader.
 */
import { crc32 } from '../base/checksums.ts'
import { readI64 } from '../base/bytes.ts'
import { decompress } from './compression.ts'
import { KafkaFault } from './error-codes.ts'
import { entrySize, magicAt } from './record-batch.ts'

const codecMask = 0x07
const lz4Codec = 3
const appendTimeBit = 0x08
const attributesAt = 17
const timestampAt = 18
const nothing = Buffer.alloc(0)

const corrupt = (problem: string): KafkaFault => new KafkaFault('CORRUPT_MESSAGE', problem)
const invalid = (problem: string): KafkaFault => new KafkaFault('INVALID_RECORD', problem)

/** Whole size of the entry at `at`; a part of one is an error here. */
const wholeEntry = (buffer: Buffer, at: number, end: number): number => {
  const size = entrySize(buffer, at, end)
  if (size === 0) throw corrupt(`A message cut off at byte ${at}`)
  return size
}

export class MessageReader {
  /** What the positions point into. */
  buffer: Buffer = nothing
  offset = 0
  /** -1 where the format has none. */
  timestampMs = -1
  /** -1 for a null key; so is `valueStart` for a null value. */
  keyStart = -1
  keyEnd = -1
  valueStart = -1
  valueEnd = -1
  /** Of the entry: 0 or 1. */
  magic: 0 | 1 = 0
  /** Of the entry: 0 for a plain message, else that of the wrapper. */
  codec = 0
  /** Of the entry: a broker stamped it. */
  isAppendTime = false
  #at = 0
  #end = 0
  /** What to add to a message's offset to make it absolute. */
  #shift = 0
  #appendTimeMs = -1
  #attributes = 0

  /**
   * Begins the entry of `size` bytes at `at`, and checks it. Throws CORRUPT_MESSAGE (lengths, checksums, streams, more than `limit` bytes out of one),
   * INVALID_RECORD (another magic) or UNSUPPORTED_COMPRESSION_TYPE.
   */
  open(buffer: Buffer, at: number, size: number, limit?: number): void {
    const magic = buffer[at + magicAt]
    if (magic !== 0 && magic !== 1) throw invalid(`A message of magic ${magic} where 0 or 1 is due`)
    this.magic = magic
    this.#read(buffer, at, size)
    this.codec = this.#attributes & codecMask
    this.isAppendTime = magic === 1 && (this.#attributes & appendTimeBit) !== 0
    this.#appendTimeMs = this.timestampMs
    this.#shift = 0
    if (this.codec === 0) this.#begin(buffer, at, at + size)
    else this.#openWrapper(limit)
  }

  #begin(buffer: Buffer, at: number, end: number): void {
    this.buffer = buffer
    this.#at = at
    this.#end = end
  }

  #openWrapper(limit: number | undefined): void {
    if (this.codec > lz4Codec)
      throw new KafkaFault('UNSUPPORTED_COMPRESSION_TYPE', `Codec ${this.codec} in magic ${this.magic}`)
    if (this.valueStart < 0) throw corrupt('A compressed message without a value')
    const { magic, offset } = this
    const stream = this.buffer.subarray(this.valueStart, this.valueEnd)
    const set = decompress(this.codec, stream, limit === undefined ? { magic } : { magic, limit })
    let last = -1
    for (let at = 0; at < set.length; at += wholeEntry(set, at, set.length)) last = at
    if (last < 0) throw invalid('A compressed message with nothing inside')
    // In magic 1 the wrapper's offset is that of its last message, and those inside count from 0.
    if (magic === 1) this.#shift = offset === 0 ? 0 : offset - readI64(set, last)
    this.#begin(set, 0, set.length)
  }

  /** Moves to the next message of the entry; false after the last. Throws CORRUPT_MESSAGE or INVALID_RECORD. */
  next(): boolean {
    if (this.#at >= this.#end) return false
    const size = wholeEntry(this.buffer, this.#at, this.#end)
    if (this.buffer[this.#at + magicAt] !== this.magic) throw invalid('A compressed message of mixed formats')
    this.#read(this.buffer, this.#at, size)
    if (this.codec !== 0 && (this.#attributes & codecMask) !== 0) throw invalid('A compressed message inside another')
    this.offset += this.#shift
    if (this.isAppendTime) this.timestampMs = this.#appendTimeMs
    this.#at += size
    return true
  }

  /** Reads the message at `at` into the fields, its own checksum and lengths checked. */
  #read(buffer: Buffer, at: number, size: number): void {
    const end = at + size
    const keyAt = this.magic === 1 ? at + timestampAt + 8 : at + timestampAt
    if (keyAt + 8 > end) throw corrupt(`A message of ${size} bytes`)
    const crc = buffer.readUInt32BE(at + 12)
    if (crc32(buffer.subarray(at + magicAt, end)) !== crc) throw corrupt(`A message whose checksum is not ${crc}`)
    this.buffer = buffer
    this.#attributes = buffer.readInt8(at + attributesAt)
    this.offset = readI64(buffer, at)
    this.timestampMs = this.magic === 1 ? readI64(buffer, at + timestampAt) : -1
    const keyLength = buffer.readInt32BE(keyAt)
    this.keyStart = keyLength < 0 ? -1 : keyAt + 4
    this.keyEnd = keyAt + 4 + Math.max(0, keyLength)
    if (this.keyEnd + 4 > end) throw corrupt(`A key of ${keyLength} bytes in a message of ${size}`)
    const valueLength = buffer.readInt32BE(this.keyEnd)
    this.valueStart = valueLength < 0 ? -1 : this.keyEnd + 4
    this.valueEnd = this.keyEnd + 4 + Math.max(0, valueLength)
    if (this.valueEnd !== end) throw corrupt(`A value of ${valueLength} bytes in a message of ${size}`)
  }

  /** The key as a view, or null. */
  key(): Buffer | null {
    return this.keyStart < 0 ? null : this.buffer.subarray(this.keyStart, this.keyEnd)
  }

  /** The value as a view, or null. */
  value(): Buffer | null {
    return this.valueStart < 0 ? null : this.buffer.subarray(this.valueStart, this.valueEnd)
  }
}
