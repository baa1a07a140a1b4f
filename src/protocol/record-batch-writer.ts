/**
 * Builds record batches, one after another, in one buffer: the hot path of everything that produces. A record costs a copy of its value and a few
 * bytes around it; nothing is allocated per record. Whoever owns the writer sends what `finish` gave before it calls `reset`.
 */
import { assert } from '../base/assert.ts'
import { Chunk } from '../base/chunk.ts'
import type { Slice } from '../base/chunk.ts'
import { putShort, putVarint, varintBytes } from '../base/varint.ts'
import { compress } from './compression.ts'
import { batchHeaderBytes, writeBatchHeader } from './record-batch.ts'
import type { BatchFields } from './record-batch.ts'

const bytesAtFirstDefault = 16_384
const noHeaders = 0x00
const noKey = 0x01
/** The attributes, the time, the key's length and the number of headers of a record that has neither key nor headers nor a time of its own. */
const usualBytes = 4
/** What a varint of two bytes holds; and how long a value may be for its record to be so long. */
const usualMax = 0x1fff
const usualValueMax = usualMax - usualBytes - 4
/** What a usual record takes around its value at the most. */
const usualAround = usualBytes + 6

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

/** Writes what stands before the value of a usual record, and gives where the value goes. */
const putUsualHead = (bytes: Uint8Array, from: number, delta: number, valueLength: number): number => {
  const length = usualBytes + (delta < 0x40 ? 1 : 2) + (valueLength < 0x40 ? 1 : 2) + valueLength
  let at = putShort(bytes, from, length)
  bytes[at] = 0
  bytes[at + 1] = 0
  at = putShort(bytes, at + 2, delta)
  bytes[at] = noKey
  return putShort(bytes, at + 1, valueLength)
}

export class RecordBatchWriter {
  readonly bytesMax: number
  #chunk: Chunk
  #at = batchHeaderBytes
  #count = 0
  #lastDelta = -1
  #baseTimestamp = 0
  #maxTimestamp = 0

  constructor(options: RecordBatchWriterOptions) {
    this.bytesMax = options.bytesMax
    const bytesAtFirst = Math.min(options.bytesMax, options.bytesAtFirst ?? bytesAtFirstDefault)
    this.#chunk = new Chunk(Buffer.allocUnsafeSlow(Math.max(batchHeaderBytes, bytesAtFirst)))
  }

  /** Records in the batch so far. */
  get count(): number {
    return this.#count
  }

  /** The memory that the batch is built in, until the next record is added. */
  get chunk(): Chunk {
    return this.#chunk
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
    const buffer = this.#chunk.bytes
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
   * Like `add`, for a value that lies elsewhere and needs no view of its own: gives where in `chunk` its `valueLength` bytes, 0 or more, are to be put, before the
   * writer is used again, or -1 where the record would not fit.
   */
  addRoom(timestampMs: number, key: Uint8Array | null, valueLength: number, headers: Uint8Array | null): number {
    if (key === null && headers === null && timestampMs === this.#baseTimestamp) {
      const at = this.#addUsual(valueLength)
      if (at >= 0) return at
    }
    assert(valueLength >= 0, `room for a value of ${valueLength} bytes was asked for`)
    const offsetDelta = this.#lastDelta + 1
    const at = this.#begin(offsetDelta, timestampMs, key, valueLength, headers === null ? 1 : headers.length)
    if (at < 0) return at
    if (headers === null) this.#chunk.bytes[at + valueLength] = noHeaders
    else this.#chunk.bytes.set(headers, at + valueLength)
    this.#ended(offsetDelta, timestampMs)
    return at
  }

  /**
   * Adds a record for each of `values` from the index `from` on, with neither key nor headers, for as long as they are slices, their records are short and of
   * the time of the first one, and the batch stays within `bytesMax` and the memory it has. Gives the index where that ends: `addRoom` does what is
   * next, or says that it would not fit. The loop of the hot path: what a record costs beside the copy of its value is kept in registers.
   */
  addSlices(
    values: readonly { readonly slice?: Slice }[],
    from: number,
    to: number,
    timestampMs: number,
    bytesMax: number,
  ): number {
    if (this.#count === 0 || timestampMs !== this.#baseTimestamp) return from
    const into = this.#chunk
    const { bytes } = into
    const end = Math.min(bytes.length, bytesMax) - usualAround
    let at = this.#at
    let delta = this.#lastDelta
    let index = from
    for (; index < to && delta < usualMax; index++) {
      const slice = (values[index] as { readonly slice?: Slice }).slice
      if (slice === undefined) break
      const length = slice.to - slice.from
      if (length > usualValueMax || at + length > end) break
      delta++
      at = putUsualHead(bytes, at, delta, length)
      slice.chunk.copy(slice.from, slice.to, into, at)
      at += length
      bytes[at++] = noHeaders
    }
    this.#at = at
    this.#lastDelta = delta
    this.#count += index - from
    return index
  }

  /**
   * The usual record: no key, no headers, the time of the first one, and short enough that no number takes more than two bytes. Gives where its value goes; -1 where
   * it is another, or does not fit into the memory there is.
   */
  #addUsual(valueLength: number): number {
    const delta = this.#lastDelta + 1
    if (this.#count === 0 || delta > usualMax || valueLength < 0 || valueLength > usualValueMax) return -1
    const { bytes } = this.#chunk
    if (this.#at + usualAround + valueLength > bytes.length) return -1
    const at = putUsualHead(bytes, this.#at, delta, valueLength)
    const end = at + valueLength
    bytes[end] = noHeaders
    this.#at = end + 1
    this.#count++
    this.#lastDelta = delta
    return at
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
    if (end > this.#chunk.length && !this.#grow(end)) return -1
    const buffer = this.#chunk.bytes
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
    const wider = Buffer.allocUnsafeSlow(Math.min(this.bytesMax, Math.max(bytes, 2 * this.#chunk.length)))
    this.#chunk.bytes.copy(wider, 0, 0, this.#at)
    this.#chunk = new Chunk(wider)
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
    if (codec === 0) return this.#chunk.bytes.subarray(0, this.#at)
    const stream = compress(codec, this.#chunk.bytes.subarray(batchHeaderBytes, this.#at), { level })
    const batch = Buffer.allocUnsafeSlow(batchHeaderBytes + stream.length)
    stream.copy(batch, batchHeaderBytes)
    return batch
  }
}
