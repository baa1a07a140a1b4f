/**
 * A file of equal-sized, ascending entries: what both indexes are made of. New entries gather in memory and are written a bunch at a time;
 * a crash loses only entries that recovery builds again from the log.
 */
import { rethrowUnlessDisk } from './disk-errors.ts'
import { LogFile, type OpenFiles } from './open-files.ts'

/** Entries that gather before they are written. */
const bunch = 64

export class EntryFile {
  readonly file: LogFile
  readonly entryBytes: number
  #written = 0
  #pending: Buffer | undefined
  #pendingCount = 0
  #scratch: Buffer

  constructor(files: OpenFiles, path: string, entryBytes: number) {
    this.file = new LogFile(files, path)
    this.entryBytes = entryBytes
    this.#scratch = Buffer.allocUnsafe(entryBytes)
  }

  get count(): number {
    return this.#written + this.#pendingCount
  }

  get bytes(): number {
    return this.count * this.entryBytes
  }

  /** The file holds so many entries that are to be kept; what else is in it will be written over. */
  adopt(count: number): void {
    this.#written = count
    this.#pendingCount = 0
  }

  /** Room for the next entry: its bytes are to be filled in at once. */
  next(): Buffer {
    if (this.#pendingCount >= bunch) this.#tryToWrite()
    const at = this.#pendingCount * this.entryBytes
    this.#pending ??= Buffer.allocUnsafe(bunch * this.entryBytes)
    if (at === this.#pending.length) {
      const wider = Buffer.allocUnsafe(at * 2)
      this.#pending.copy(wider)
      this.#pending = wider
    }
    this.#pendingCount++
    return this.#pending.subarray(at, at + this.entryBytes)
  }

  /** Entry number `index`; good until the next call. */
  entry(index: number): Buffer {
    if (index >= this.#written && this.#pending !== undefined) {
      const at = (index - this.#written) * this.entryBytes
      return this.#pending.subarray(at, at + this.entryBytes)
    }
    const got = this.file.read(this.#scratch, 0, this.entryBytes, index * this.entryBytes)
    if (got < this.entryBytes) this.#scratch.fill(0)
    return this.#scratch
  }

  /** The number of the last entry for which `isAtMost` holds, or -1; it must hold for a first part of the entries only. */
  search(isAtMost: (entry: Buffer) => boolean): number {
    let low = -1
    for (let high = this.count; high - low > 1;) {
      const middle = (low + high) >> 1
      if (isAtMost(this.entry(middle))) low = middle
      else high = middle
    }
    return low
  }

  /** Forgets all but the first `count` entries. */
  truncate(count: number): void {
    if (count >= this.count) return
    this.#pendingCount = Math.max(0, count - this.#written)
    if (count >= this.#written) return
    this.#written = count
    this.file.truncate(count * this.entryBytes)
  }

  /** On a full disk the entries stay gathered: an index that lags behind costs a longer search and nothing else. */
  #tryToWrite(): void {
    try {
      this.write()
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
    }
  }

  /** Hands the gathered entries to the page cache. Throws system errors, and then still has them. */
  write(): void {
    if (this.#pending === undefined || this.#pendingCount === 0) return
    this.file.write(this.#pending, 0, this.#pendingCount * this.entryBytes, this.#written * this.entryBytes)
    this.#written += this.#pendingCount
    this.#pendingCount = 0
  }

  /**
   * Writes what is gathered and cuts off what lies behind it: space that Kafka allocated beforehand, or the rest of a damaged index. The file is
   * there afterwards, even if it has no entry: tools look for it. Throws system errors, and then still has the entries.
   */
  seal(): void {
    this.write()
    this.#pending = undefined
    this.file.fdCreating()
    if (this.file.size() > this.bytes) this.file.truncate(this.bytes)
  }

  close(): void {
    this.file.close()
  }
}
