/**
 * From offsets to file positions, sparsely: about one entry for every `index.interval.bytes` of the log. An entry says where a batch begins, under
 * the *last* offset of that batch. On disk 8 bytes: offset relative to the segment's base (i32), position (i32).
 */
import { EntryFile } from './entry-file.ts'
import type { OpenFiles } from './open-files.ts'

const entryBytes = 8

export interface OffsetEntry {
  /** Last offset of the batch. */
  readonly offset: number
  /** Where the batch begins. */
  readonly position: number
}

export class OffsetIndex {
  readonly entries: EntryFile
  #baseOffset: number

  constructor(files: OpenFiles, path: string, baseOffset: number) {
    this.entries = new EntryFile(files, path, entryBytes)
    this.#baseOffset = baseOffset
  }

  append(offset: number, position: number): void {
    const entry = this.entries.next()
    entry.writeInt32BE(offset - this.#baseOffset, 0)
    entry.writeInt32BE(position, 4)
  }

  isFull(bytesMax: number): boolean {
    return this.entries.bytes + entryBytes > bytesMax
  }

  /** The last entry at or below `offset`: whoever looks for the offset reads on from there. Undefined: from the start of the segment. */
  find(offset: number): OffsetEntry | undefined {
    return this.#at(this.entries.search((entry) => entry.readInt32BE(0) <= offset - this.#baseOffset))
  }

  last(): OffsetEntry | undefined {
    return this.#at(this.entries.count - 1)
  }

  /** Forgets entries of batches that end at or after `offset`, or begin at or after `position`. */
  truncate(offset: number, position: number): void {
    const relative = offset - this.#baseOffset
    this.entries.truncate(
      1 + this.entries.search((entry) => entry.readInt32BE(0) < relative && entry.readInt32BE(4) < position),
    )
  }

  /**
   * Takes an existing file over. False when it cannot be true: entries that do not ascend, or point behind the log's `logBytes`. Zeros at the
   * end are space that was allocated beforehand, and end the useful part.
   */
  adopt(content: Buffer, logBytes: number): boolean {
    this.entries.adopt(0)
    if (content.length % entryBytes !== 0) return false
    let [offset, position, count] = [-1, -1, 0]
    for (let at = 0; at < content.length; at += entryBytes) {
      const [nextOffset, nextPosition] = [content.readInt32BE(at), content.readInt32BE(at + 4)]
      if (nextOffset === 0 && nextPosition === 0) break
      if (nextOffset <= offset || nextPosition <= position || nextPosition >= logBytes) return false
      offset = nextOffset
      position = nextPosition
      count++
    }
    this.entries.adopt(count)
    return true
  }

  #at(index: number): OffsetEntry | undefined {
    if (index < 0) return undefined
    const entry = this.entries.entry(index)
    return { offset: this.#baseOffset + entry.readInt32BE(0), position: entry.readInt32BE(4) }
  }
}
