/**
 * From timestamps to offsets, sparsely. An entry (T, o) says: T is the largest timestamp of the segment so far, and o the *last* offset of the batch
 * that holds it. On disk 12 bytes: timestamp (i64), offset relative to the segment's base (i32). Both ascend strictly.
 */
import { readI64, writeI64 } from '../../base/bytes.ts'
import { EntryFile } from './entry-file.ts'
import type { OpenFiles } from './open-files.ts'

const entryBytes = 12

export interface TimeEntry {
  readonly timestampMs: number
  /** Last offset of the batch that holds it. */
  readonly offset: number
}

export class TimeIndex {
  readonly entries: EntryFile
  #baseOffset: number
  #lastTimestampMs = -1
  #lastOffset = -1

  constructor(files: OpenFiles, path: string, baseOffset: number) {
    this.entries = new EntryFile(files, path, entryBytes)
    this.#baseOffset = baseOffset
  }

  /** Adds an entry unless it says nothing new. */
  append(timestampMs: number, offset: number): void {
    if (timestampMs <= this.#lastTimestampMs || offset <= this.#lastOffset) return
    const entry = this.entries.next()
    writeI64(entry, 0, timestampMs)
    entry.writeInt32BE(offset - this.#baseOffset, 8)
    this.#lastTimestampMs = timestampMs
    this.#lastOffset = offset
  }

  isFull(bytesMax: number): boolean {
    return this.entries.bytes + entryBytes > bytesMax
  }

  /** The last entry at or before this time: everything up to its offset is as old or older. */
  find(timestampMs: number): TimeEntry | undefined {
    return this.#at(this.entries.search((entry) => readI64(entry, 0) <= timestampMs))
  }

  /** The largest timestamp that has an entry; that of the whole segment once it is sealed. */
  last(): TimeEntry | undefined {
    return this.#at(this.entries.count - 1)
  }

  /** Forgets entries of batches that end at or after `offset`. */
  truncate(offset: number): void {
    this.entries.truncate(1 + this.entries.search((entry) => entry.readInt32BE(8) < offset - this.#baseOffset))
    this.#remember()
  }

  /** Takes an existing file over. False when it cannot be true. A zero entry behind the first ends the useful part. */
  adopt(content: Buffer): boolean {
    this.entries.adopt(0)
    if (content.length % entryBytes !== 0) return false
    let [timestampMs, offset, count] = [-1, -1, 0]
    for (let at = 0; at < content.length; at += entryBytes) {
      const [nextTimestampMs, nextOffset] = [readI64(content, at), content.readInt32BE(at + 8)]
      if (nextTimestampMs === 0 && nextOffset === 0) break
      if (nextTimestampMs <= timestampMs || nextOffset <= offset) return false
      timestampMs = nextTimestampMs
      offset = nextOffset
      count++
    }
    this.entries.adopt(count)
    this.#remember()
    return true
  }

  #remember(): void {
    const last = this.last()
    this.#lastTimestampMs = last?.timestampMs ?? -1
    this.#lastOffset = last?.offset ?? -1
  }

  #at(index: number): TimeEntry | undefined {
    if (index < 0) return undefined
    const entry = this.entries.entry(index)
    return { timestampMs: readI64(entry, 0), offset: this.#baseOffset + entry.readInt32BE(8) }
  }
}
