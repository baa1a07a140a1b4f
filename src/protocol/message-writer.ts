/** Writes the formats of Kafka 0.8 to 0.10: plain messages one after another, and wrappers around a compressed set. */
import { crc32 } from '../base/checksums.ts'
import { writeI64 } from '../base/bytes.ts'
import { compress } from './compression.ts'
import { magicAt } from './record-batch.ts'

const attributesAt = 17
const timestampAt = 18
const appendTimeBit = 0x08
const bytesAtFirst = 16_384

const putBytes = (into: Buffer, at: number, bytes: Uint8Array | null): number => {
  into.writeInt32BE(bytes === null ? -1 : bytes.length, at)
  if (bytes === null) return at + 4
  into.set(bytes, at + 4)
  return at + 4 + bytes.length
}

export class MessageWriter {
  readonly magic: 0 | 1
  #buffer = Buffer.allocUnsafeSlow(bytesAtFirst)
  #at = 0

  constructor(magic: 0 | 1) {
    this.magic = magic
  }

  get sizeInBytes(): number {
    return this.#at
  }

  /** Adds one message. Attributes are the codec and, in magic 1, the bit of the append time; magic 0 has no timestamps. */
  add(offset: number, timestampMs: number, key: Uint8Array | null, value: Uint8Array | null, attributes = 0): void {
    const keyAt = timestampAt + (this.magic === 1 ? 8 : 0)
    const start = this.#room(keyAt + 8 + (key?.length ?? 0) + (value?.length ?? 0))
    const buffer = this.#buffer
    const end = putBytes(buffer, putBytes(buffer, start + keyAt, key), value)
    writeI64(buffer, start, offset)
    buffer.writeInt32BE(end - start - 12, start + 8)
    buffer[start + magicAt] = this.magic
    buffer[start + attributesAt] = attributes
    if (this.magic === 1) writeI64(buffer, start + timestampAt, timestampMs)
    buffer.writeUInt32BE(crc32(buffer.subarray(start + magicAt, end)), start + 12)
  }

  /** Adds a wrapper around the messages that `inner` holds; `offset` is that of the last of them. */
  addWrapper(codec: number, offset: number, timestampMs: number, inner: MessageWriter, isAppendTime: boolean): void {
    const stream = compress(codec, inner.finish(), { magic: this.magic })
    const appendTime = isAppendTime && this.magic === 1 ? appendTimeBit : 0
    this.add(offset, timestampMs, null, stream, codec | appendTime)
  }

  /** Adds an entry as it is. */
  addEntry(entry: Buffer): void {
    const start = this.#room(entry.length)
    entry.copy(this.#buffer, start)
  }

  #room(bytes: number): number {
    const start = this.#at
    const end = start + bytes
    if (end > this.#buffer.length) {
      const wider = Buffer.allocUnsafeSlow(Math.max(end, 2 * this.#buffer.length))
      this.#buffer.copy(wider, 0, 0, start)
      this.#buffer = wider
    }
    this.#at = end
    return start
  }

  /** The bit that marks a plain message of magic 1 as stamped by the broker. */
  static readonly appendTimeAttribute = appendTimeBit

  /** What was added, as a view. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#at)
  }

  /** Forgets all; what `finish` gave may then be overwritten. */
  reset(): void {
    this.#at = 0
  }
}
