/**
 * The aborted transactions of one segment, in Kafka's form: entries of 34 bytes, `version i16 = 0, producerId i64, firstOffset i64, lastOffset i64,
 * lastStableOffset i64`, in the order of their markers. The file exists only where a transaction was aborted. Entries are in memory once one was
 * asked for, because readers of committed data ask with every fetch.
 */
import { readI64, writeI64 } from '../../base/bytes.ts'
import { crc32c } from '../../base/checksums.ts'
import { LogFile, type OpenFiles } from './open-files.ts'
import { readWhole } from './whole-file.ts'

const entryBytes = 34
const version = 0
const lastOffsetAt = 18

export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  /** Where the marker stands, in the segment of this index. */
  readonly lastOffset: number
  /** Up to where everything was decided once the marker stood. */
  readonly lastStableOffset: number
}

/** What a search found, and whether later segments have to be searched too. */
export interface AbortedSearch {
  readonly found: AbortedTransaction[]
  readonly isComplete: boolean
}

export class TransactionIndex {
  readonly file: LogFile
  /** It is known to be true of the log: made by this process, or compared with it (aborted-care.ts). */
  isChecked: boolean
  readonly #baseOffset: number
  /** All entries; undefined until first asked for. */
  #bytes: Buffer | undefined
  #count = 0
  /** Entries that the file has. */
  #written = 0
  #isDamaged = false
  #isDirty = false

  /** `isNew`: there is no such file yet. */
  constructor(files: OpenFiles, path: string, baseOffset: number, isNew: boolean) {
    this.file = new LogFile(files, path)
    this.#baseOffset = baseOffset
    this.isChecked = isNew
    if (isNew) this.#bytes = Buffer.alloc(0)
  }

  /** The file holds what no index can hold; what was in it must be found out from the log (`restart`). Throws system errors. */
  get isDamaged(): boolean {
    this.#load()
    return this.#isDamaged
  }

  /** Throws system errors. */
  get count(): number {
    this.#load()
    return this.#count
  }

  /** The entries from number `first` on. Throws system errors. */
  entries(first: number): AbortedTransaction[] {
    const bytes = this.#load()
    return Array.from({ length: Math.max(0, this.#count - first) }, (_, i) => entryAt(bytes, first + i))
  }

  /** CRC-32C of the first `count` entries, of which there must be so many. Throws system errors. */
  checksum(count: number): number {
    return crc32c(this.#load().subarray(0, count * entryBytes))
  }

  /** Where the first transaction ends that is known only in memory; Infinity when all are in the file. */
  get unwrittenOffset(): number {
    return this.#written < this.#count ? readI64(this.#load(), this.#written * entryBytes + lastOffsetAt) : Infinity
  }

  /** A damaged index takes none. Throws system errors; the entry is kept all the same, and is written with the next. */
  append(entry: AbortedTransaction): void {
    if (this.isDamaged) return
    const bytes = this.#room()
    const at = this.#count++ * entryBytes
    bytes.writeInt16BE(version, at)
    writeI64(bytes, at + 2, entry.producerId)
    writeI64(bytes, at + 10, entry.firstOffset)
    writeI64(bytes, at + lastOffsetAt, entry.lastOffset)
    writeI64(bytes, at + 26, entry.lastStableOffset)
    this.write()
  }

  /** Hands to the page cache what a full disk refused before. Throws system errors. */
  write(): void {
    if (this.#written === this.#count) return
    const from = this.#written * entryBytes
    this.file.write(this.#load(), from, this.#count * entryBytes - from, from)
    this.#written = this.#count
    this.#isDirty = true
  }

  /** Transactions of which a part lies in [from, upTo). Throws system errors. */
  search(from: number, upTo: number): AbortedSearch {
    const bytes = this.#load()
    const found: AbortedTransaction[] = []
    for (let index = this.#firstEndingAt(from); index < this.#count; index++) {
      const entry = entryAt(bytes, index)
      if (entry.firstOffset < upTo) found.push(entry)
      if (entry.lastStableOffset >= upTo) return { found, isComplete: true }
    }
    return { found, isComplete: false }
  }

  /** Forgets transactions that ended at or behind this offset. Throws system errors. */
  truncate(offset: number): void {
    if (this.isDamaged) return
    this.#cut(this.#firstEndingAt(offset))
  }

  /** Begins anew, empty. Throws system errors. */
  restart(): void {
    this.#load()
    this.#isDamaged = false
    this.#cut(0)
  }

  /** Off the thread. */
  async sync(): Promise<void> {
    if (!this.#isDirty) return
    this.#isDirty = false
    if (this.file.exists()) await this.file.sync()
  }

  close(): void {
    this.file.close()
  }

  #cut(count: number): void {
    this.#count = count
    this.#written = Math.min(this.#written, count)
    if (!this.file.exists() || this.file.size() <= this.#written * entryBytes) return
    this.file.truncate(this.#written * entryBytes)
    this.#isDirty = true
  }

  /** The number of the first entry whose marker stands at or behind `offset`. */
  #firstEndingAt(offset: number): number {
    const bytes = this.#load()
    let [low, high] = [0, this.#count]
    while (low < high) {
      const middle = (low + high) >> 1
      if (readI64(bytes, middle * entryBytes + lastOffsetAt) < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  #room(): Buffer {
    const bytes = this.#load()
    const needed = (this.#count + 1) * entryBytes
    if (needed <= bytes.length) return bytes
    const wider = Buffer.alloc(Math.max(8 * entryBytes, 2 * bytes.length))
    bytes.copy(wider, 0, 0, this.#count * entryBytes)
    return (this.#bytes = wider)
  }

  #load(): Buffer {
    if (this.#bytes !== undefined) return this.#bytes
    const bytes = readWhole(this.file.disk, this.file.path) ?? Buffer.alloc(0)
    this.#isDamaged = !isSane(bytes, this.#baseOffset)
    this.#count = this.#isDamaged ? 0 : bytes.length / entryBytes
    this.#written = this.#count
    return (this.#bytes = bytes)
  }
}

const entryAt = (bytes: Buffer, index: number): AbortedTransaction => {
  const at = index * entryBytes
  return {
    producerId: readI64(bytes, at + 2),
    firstOffset: readI64(bytes, at + 10),
    lastOffset: readI64(bytes, at + lastOffsetAt),
    lastStableOffset: readI64(bytes, at + 26),
  }
}

/**
 * Whole entries of the known version, whose markers ascend within the segment. What was decided at one of them is part of no later one: a search
 * relies on it.
 */
const isSane = (bytes: Buffer, baseOffset: number): boolean => {
  if (bytes.length % entryBytes !== 0) return false
  let [before, stable] = [baseOffset - 1, 0]
  for (let index = 0; index < bytes.length / entryBytes; index++) {
    const { firstOffset, lastOffset, lastStableOffset } = entryAt(bytes, index)
    const isInOrder = lastOffset > before && firstOffset >= stable && firstOffset <= lastOffset
    const isStableInOrder = lastStableOffset >= stable && lastStableOffset <= lastOffset + 1
    if (bytes.readInt16BE(index * entryBytes) !== version || !isInOrder || !isStableInOrder) return false
    before = lastOffset
    stable = lastStableOffset
  }
  return true
}
