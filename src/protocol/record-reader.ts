/**
 * Reads the records of a batch, one at a time and in place: `next` moves on, and the fields then say where the record's parts stand in `buffer`.
 * Nothing is allocated per record, and one reader serves any number of batches. Bytes of a peer: every length is checked before it is believed.
 */
import { decompress } from './compression.ts'
import { batchHeaderBytes, readBatchHeader } from './record-batch.ts'
import type { BatchHeader } from './record-batch.ts'
import { decodeHeaders } from './record-headers.ts'
import type { RecordHeader } from './record-headers.ts'
import { invalidRecord, VarintReader } from './varint-reader.ts'

const nothing = Buffer.alloc(0)

export class RecordReader {
  /** What the positions below point into: the batch itself, or what it decompressed to. */
  buffer: Buffer = nothing
  offset = 0
  timestampMs = 0
  /** Whole size of the record, its length field included. */
  sizeInBytes = 0
  /** -1 for a null key; so is `valueStart` for a null value. */
  keyStart = -1
  keyEnd = -1
  valueStart = -1
  valueEnd = -1
  /** Where the header count stands; `headersEnd` is the end of the record. */
  headersStart = 0
  headersEnd = 0
  readonly #varints = new VarintReader(nothing, 0, 0)
  #left = 0
  #baseOffset = 0
  #baseTimestamp = 0
  #end = 0
  /** The time that the broker stamped on all records, or NaN where they have their own. */
  #appendTimeMs = NaN

  /**
   * Begins the batch at `at`, whose header is given if it was read already. Throws CORRUPT_MESSAGE when it cannot be decompressed, or would come to
   * more than `limit` bytes.
   */
  open(batch: Buffer, at = 0, header: BatchHeader = readBatchHeader(batch, at), limit?: number): void {
    const start = at + batchHeaderBytes
    const end = at + header.sizeInBytes
    this.#baseOffset = header.baseOffset
    this.#baseTimestamp = header.baseTimestamp
    this.#appendTimeMs = header.isAppendTime ? header.maxTimestamp : NaN
    this.#left = header.count
    if (header.codec === 0) return this.#begin(batch, start, Math.min(end, batch.length))
    const options = limit === undefined ? {} : { limit }
    const records = decompress(header.codec, batch.subarray(start, end), options)
    this.#begin(records, 0, records.length)
  }

  #begin(buffer: Buffer, at: number, end: number): void {
    this.buffer = this.#varints.buffer = buffer
    this.#varints.at = at
    this.#end = this.#varints.end = end
  }

  /** Lets go of the batch, so that a reader kept for later keeps no memory alive. */
  close(): void {
    this.#left = 0
    this.#begin(nothing, 0, 0)
  }

  /** Moves to the next record; false after the last. Throws INVALID_RECORD where the bytes are not what the batch says. */
  next(): boolean {
    if (this.#left <= 0) return this.#finished()
    const varints = this.#varints
    const from = varints.at
    const length = varints.int()
    const start = varints.at
    const end = start + length
    if (length < 1 || end > this.#end) throw invalidRecord(`A record of ${length} bytes, ${this.#end - start} left`)
    varints.end = end
    varints.at = start + 1
    const timeDelta = varints.long()
    this.timestampMs = this.#appendTimeMs === this.#appendTimeMs ? this.#appendTimeMs : this.#baseTimestamp + timeDelta
    this.offset = this.#baseOffset + varints.int()
    this.keyStart = varints.part()
    this.keyEnd = varints.at
    this.valueStart = varints.part()
    this.valueEnd = varints.at
    this.headersStart = varints.at
    this.headersEnd = end
    this.sizeInBytes = end - from
    if (varints.at >= end) throw invalidRecord(`A record without room for its headers in ${length} bytes`)
    varints.at = end
    varints.end = this.#end
    this.#left--
    return true
  }

  #finished(): false {
    const left = this.#end - this.#varints.at
    if (left !== 0) throw invalidRecord(`${left} bytes after the last record`)
    return false
  }

  /** The key as a view, or null. */
  key(): Buffer | null {
    return this.keyStart < 0 ? null : this.buffer.subarray(this.keyStart, this.keyEnd)
  }

  /** The value as a view, or null. */
  value(): Buffer | null {
    return this.valueStart < 0 ? null : this.buffer.subarray(this.valueStart, this.valueEnd)
  }

  /** Whether the record has no headers, the commonest case, known without decoding. */
  hasNoHeaders(): boolean {
    return this.buffer[this.headersStart] === 0
  }

  /** The headers, decoded anew at every call. Throws INVALID_RECORD. */
  headers(): RecordHeader[] {
    return decodeHeaders(this.buffer, this.headersStart, this.headersEnd)
  }
}
