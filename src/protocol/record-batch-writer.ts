/**
 * Builds record batches, one after another, in one buffer: the hot path of everything that produces. A record costs a copy of its value and a few
 * bytes around it; nothing is allocated per record. Whoever owns the writer sends what `finish` gave before it calls `reset`.
 */
import { assert } from '../base/assert.ts'
import { putVarint, varintBytes } from '../base/varint.ts'
import { compress } from './compression.ts'
import { batchHeaderBytes, writeBatchHeader } from './record-batch.ts'
import type { BatchFields } from './record-batch.ts'

const bytesAtFirstDefault = 16_384
const noHeaders = 0x00

export interface RecordBatchWriterOptions {
  /** Most bytes of a batch before compression, its header included. */
  readonly bytesMax: number
  /** Room at first; grows by doubling. */
  readonly bytesAtFirst?: number
}

export interface FinishOptions extends Pick<
  BatchFields,
  | 'baseOffset'
  | 'leaderEpoch'
  | 'codec'
  | 'isTransactional'
  | 'isControl'
  | 'isAppendTime'
  | 'producerId'
  | 'producerEpoch'
  | 'baseSequence'
> {
  /** Compression level of gzip and zstd. */
  readonly level?: number | undefined
  /** The time to stamp when `isAppendTime`. */
  readonly maxTimestamp?: number
}

export class RecordBatchWriter {
  readonly bytesMax: number
  #buffer: Buffer
  #at = batchHeaderBytes
  #count = 0
  #lastDelta = -1
  #baseTimestamp = 0
  #maxTimestamp = 0

  constructor(options: RecordBatchWriterOptions) {
    this.bytesMax = options.bytesMax
    this.#buffer = Buffer.allocUnsafeSlow(
      Math.max(batchHeaderBytes, Math.min(options.bytesMax, options.bytesAtFirst ?? bytesAtFirstDefault)),
    )
  }

  /** Records in the batch so far. */
  get count(): number {
    return this.#count
  }

  /** Bytes of the batch so far, uncompressed, header included. */
  get sizeInBytes(): number {
    return this.#at
  }

  /** Forgets the batch; its bytes may now be overwritten. */
  reset(): void {
    this.#at = batchHeaderBytes
    this.#count = 0
    this.#lastDelta = -1
  }

  /**
   * Adds a record. `headers` come from encodeHeaders (record-headers.ts); null is none. Returns false, and adds nothing, when the batch would grow above
   * `bytesMax`: send it and try again, or, if it was empty, the record never fits.
   */
  add(timestampMs: number, key: Uint8Array | null, value: Uint8Array | null, headers: Uint8Array | null): boolean {
    return this.addAt(this.#lastDelta + 1, timestampMs, key, value, headers)
  }

  /** Like `add`, for a record at a given distance from the base offset, which must be above that of the record before. */
  addAt(
    offsetDelta: number,
    timestampMs: number,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: Uint8Array | null,
  ): boolean {
    const valueLength = value === null ? -1 : value.length
    let at = this.#begin(offsetDelta, timestampMs, key, valueLength, headers === null ? 1 : headers.length)
    if (at < 0) return false
    const buffer = this.#buffer
    if (value !== null) {
      buffer.set(value, at)
      at += value.length
    }
    if (headers === null) buffer[at] = noHeaders
    else buffer.set(headers, at)
    this.#ended(offsetDelta, timestampMs)
    return true
  }

  /**
   * Like `add`, for a record without headers whose value is `prefix`, then the length of `body` as a varint, then `body`: no caller needs to put such a
   * value together first.
   */
  addFramed(timestampMs: number, key: Uint8Array | null, prefix: Uint8Array, body: Uint8Array): boolean {
    const offsetDelta = this.#lastDelta + 1
    const { length } = body
    const valueLength = prefix.length + varintBytes(length) + length
    let at = this.#begin(offsetDelta, timestampMs, key, valueLength, 1)
    if (at < 0) return false
    const buffer = this.#buffer
    if (prefix.length === 1) buffer[at] = prefix[0] as number
    else buffer.set(prefix, at)
    at = putVarint(buffer, at + prefix.length, length)
    buffer.set(body, at)
    buffer[at + length] = noHeaders
    this.#ended(offsetDelta, timestampMs)
    return true
  }

  /** Writes a record up to its value, whose length is -1 for null, and gives where the value goes; -1 when the record would not fit. */
  #begin(
    offsetDelta: number,
    timestampMs: number,
    key: Uint8Array | null,
    valueLength: number,
    headersLength: number,
  ): number {
    const timeDelta = this.#count === 0 ? 0 : timestampMs - this.#baseTimestamp
    const keyLength = key === null ? -1 : key.length
    const length =
      1 +
      varintBytes(timeDelta) +
      varintBytes(offsetDelta) +
      (keyLength < 0 ? 1 : varintBytes(keyLength) + keyLength) +
      (valueLength < 0 ? 1 : varintBytes(valueLength) + valueLength) +
      headersLength
    const end = this.#at + varintBytes(length) + length
    if (end > this.#buffer.length && !this.#grow(end)) return -1
    const buffer = this.#buffer
    let at = putVarint(buffer, this.#at, length)
    buffer[at] = 0
    at = putVarint(buffer, at + 1, timeDelta)
    at = putVarint(buffer, at, offsetDelta)
    at = putVarint(buffer, at, keyLength)
    if (key !== null) {
      buffer.set(key, at)
      at += keyLength
    }
    this.#at = end
    return putVarint(buffer, at, valueLength)
  }

  #ended(offsetDelta: number, timestampMs: number): void {
    this.#stamp(timestampMs)
    this.#count++
    this.#lastDelta = offsetDelta
  }

  #stamp(timestampMs: number): void {
    if (this.#count === 0) this.#baseTimestamp = this.#maxTimestamp = timestampMs
    else if (timestampMs > this.#maxTimestamp) this.#maxTimestamp = timestampMs
  }

  #grow(bytes: number): boolean {
    if (bytes > this.bytesMax) return false
    const wider = Buffer.allocUnsafeSlow(Math.min(this.bytesMax, Math.max(bytes, 2 * this.#buffer.length)))
    this.#buffer.copy(wider, 0, 0, this.#at)
    this.#buffer = wider
    return true
  }

  /**
   * The batch, with its header and checksum. Uncompressed it is a view of this writer's buffer, good until `reset`; compressed it is a buffer
   * of its own. May be called again, with other fields, for as long as `reset` was not.
   */
  finish(options: FinishOptions = {}): Buffer {
    assert(this.#count > 0, 'a batch without records was finished')
    const batch = this.#packed(options.codec ?? 0, options.level)
    writeBatchHeader(batch, {
      ...options,
      lastOffsetDelta: this.#lastDelta,
      baseTimestamp: this.#baseTimestamp,
      maxTimestamp: options.maxTimestamp ?? this.#maxTimestamp,
      count: this.#count,
    })
    return batch
  }

  #packed(codec: number, level: number | undefined): Buffer {
    if (codec === 0) return this.#buffer.subarray(0, this.#at)
    const stream = compress(codec, this.#buffer.subarray(batchHeaderBytes, this.#at), { level })
    const batch = Buffer.allocUnsafeSlow(batchHeaderBytes + stream.length)
    stream.copy(batch, batchHeaderBytes)
    return batch
  }
}
