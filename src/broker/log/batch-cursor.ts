/**
 * Walks through a stretch of a log file, entry by entry. Only headers are read unless the whole entry is asked for, so that large batches are
 * stepped over; small ones come many to a read. What is in the file may be anything: the walk ends where no entry can stand.
 */
import { assert } from '../../base/assert.ts'
import { batchHeaderBytes, magicAt, readBatchHeader, type BatchHeader } from '../../protocol/record-batch.ts'
import { baseOffsetOf, entryOverheadBytes } from '../../protocol/record-batch.ts'
import type { LogFile } from './open-files.ts'

const chunkBytesDefault = 65_536
/** The shortest entry there can be: overhead and a message of format 0. */
const entryBytesMin = entryOverheadBytes + 14

export class BatchCursor {
  /** Where in the file the current entry begins. */
  position: number
  /** The current entry's size; 0 before the first `next`. */
  size = 0
  #file: LogFile
  #end: number
  #chunkBytes: number
  #chunk = Buffer.alloc(0)
  /** What part of the file the chunk holds. */
  #chunkPosition = 0
  #chunkLength = 0

  /** Walks the file from `from`, where an entry must begin, to `end`. */
  constructor(file: LogFile, from: number, end: number, chunkBytes = chunkBytesDefault) {
    this.#file = file
    this.position = from
    this.#end = end
    this.#chunkBytes = chunkBytes
  }

  /** Whether nothing is left behind the current entry. */
  get isAtEnd(): boolean {
    return this.position + this.size >= this.#end
  }

  /** Steps to the next entry. False at the end, and where no whole entry of a known format stands: `position` is then where that would begin. */
  next(): boolean {
    this.position += this.size
    this.size = 0
    const left = this.#end - this.position
    if (left < entryBytesMin || !this.#load(Math.min(left, batchHeaderBytes))) return false
    const at = this.position - this.#chunkPosition
    const size = entryOverheadBytes + this.#chunk.readInt32BE(at + 8)
    const magic = this.#chunk.readInt8(at + magicAt)
    if (magic < 0 || magic > 2 || size < (magic === 2 ? batchHeaderBytes : entryBytesMin) || size > left) return false
    this.size = size
    return true
  }

  get magic(): number {
    return this.#chunk.readInt8(this.#at() + magicAt)
  }

  /** Of a batch the first offset, of an older message its only or last one. */
  get baseOffset(): number {
    return baseOffsetOf(this.#chunk, this.#at())
  }

  get lastOffset(): number {
    const at = this.#at()
    const base = baseOffsetOf(this.#chunk, at)
    return this.magic === 2 ? base + this.#chunk.readInt32BE(at + 23) : base
  }

  /** The header of a batch (magic 2). */
  header(): BatchHeader {
    return readBatchHeader(this.#chunk, this.#at())
  }

  /** The whole entry, good until the next step. Throws system errors, or EIO where the file ends early. */
  bytes(): Buffer {
    this.#at()
    if (!this.#load(this.size)) throw Object.assign(new Error('The file ended inside an entry'), { code: 'EIO' })
    const at = this.position - this.#chunkPosition
    return this.#chunk.subarray(at, at + this.size)
  }

  #at(): number {
    assert(this.size > 0, 'a cursor was asked for an entry that it is not on')
    return this.position - this.#chunkPosition
  }

  /** Makes sure that the chunk holds `length` bytes from `position` on. */
  #load(length: number): boolean {
    const at = this.position - this.#chunkPosition
    if (at >= 0 && at + length <= this.#chunkLength) return true
    const wanted = Math.min(Math.max(length, this.#chunkBytes), this.#end - this.position)
    if (this.#chunk.length < wanted) this.#chunk = Buffer.allocUnsafeSlow(wanted)
    this.#chunkPosition = this.position
    this.#chunkLength = this.#file.read(this.#chunk, 0, wanted, this.position)
    return this.#chunkLength >= length
  }
}
