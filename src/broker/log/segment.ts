/**
 * A stretch of a partition's log: one file of entries, named after the offset at which it begins, and two indexes into it. Only the last segment
 * of a log is appended to. A segment found on disk is looked at when it is first used, so that a start does not read it.
 */
import { join } from 'node:path'
import type { Log } from '../../base/log.ts'
import type { BatchHeader } from '../../protocol/record-batch.ts'
import { BatchCursor } from './batch-cursor.ts'
import { rethrowUnlessDisk } from './disk-errors.ts'
import { segmentFileName, type SegmentSuffix } from './file-names.ts'
import type { LogSettings } from './log-settings.ts'
import type { EndedTransaction } from './producer-state.ts'
import { OffsetIndex } from './offset-index.ts'
import { LogFile, type OpenFiles } from './open-files.ts'
import { TimeIndex } from './time-index.ts'
import { TransactionIndex } from './transaction-index.ts'
import { readWhole } from './whole-file.ts'

/** Offsets in the indexes are 32-bit differences to the segment's base. */
export const relativeOffsetMax = 2 ** 31 - 1

/** What the segments of one log share. */
export interface SegmentHome {
  readonly files: OpenFiles
  readonly folder: string
  readonly log: Log
  readonly settings: LogSettings
}

export interface SegmentBirth {
  readonly isNew: boolean
  readonly createdMs: number
  readonly jitterMs: number
  /** Put behind the names of its files while it is not part of the log. */
  readonly ending?: string
}

export class Segment {
  readonly baseOffset: number
  readonly log: LogFile
  readonly offsets: OffsetIndex
  readonly times: TimeIndex
  /** Of the transactions whose markers lie in this segment. */
  readonly aborted: TransactionIndex
  /** Bytes of whole entries. What a failed write left behind them does not count. */
  size = 0
  /** The largest timestamp and the last offset of the batch that holds it; -1 if none. */
  maxTimestampMs = -1
  maxTimestampOffset = -1
  /** Its records are damaged somewhere: the indexes cannot be made again from them. */
  isBroken = false
  /** Appended to since its files were last synced. */
  isDirty = false
  /** Nothing of the indexes is in memory only. True of what was found on disk until it is looked at. */
  isSealed: boolean
  /** When the first batch says it was written; undefined in an empty segment. */
  firstTimestampMs: number | undefined
  /** From which offset on a transaction was open when the segment was begun, Infinity if none was; -1 where that is not known any more. */
  firstOpenAtBase = -1
  readonly createdMs: number
  /** So much is taken off `segment.ms`. */
  readonly jitterMs: number
  #home: SegmentHome
  #isLoaded: boolean
  #indexesAreDirty = false
  /** There may be something behind the whole entries. */
  #isTorn = false
  #sinceEntryBytes = 0

  /** `isNew`: no such files exist yet. */
  constructor(home: SegmentHome, baseOffset: number, { isNew, createdMs, jitterMs, ending = '' }: SegmentBirth) {
    const { files, folder } = home
    const path = (suffix: SegmentSuffix): string => join(folder, segmentFileName(baseOffset, suffix) + ending)
    this.#home = home
    this.baseOffset = baseOffset
    this.log = new LogFile(files, path('.log'))
    this.offsets = new OffsetIndex(files, path('.index'), baseOffset)
    this.times = new TimeIndex(files, path('.timeindex'), baseOffset)
    this.aborted = new TransactionIndex(files, path('.txnindex'), baseOffset, isNew)
    this.createdMs = createdMs
    this.jitterMs = jitterMs
    this.#isLoaded = isNew
    this.isSealed = !isNew
  }

  /** Finds out how long the files are and takes the indexes over; ones that are missing or cannot be true are built again. Throws system errors. */
  load(): this {
    if (this.#isLoaded) return this
    this.size = this.log.disk.stat(this.log.path)?.size ?? 0
    this.#readFirstTimestamp()
    this.isSealed = this.#adoptIndexes()
    if (this.isSealed) this.#takeMaxTimestamp()
    else this.rebuildIndexes()
    this.#isLoaded = true
    return this
  }

  #adoptIndexes(): boolean {
    const { disk } = this.log
    const [offsets, times] = [this.offsets, this.times].map((index) => readWhole(disk, index.entries.file.path))
    if (this.size > 0 && (offsets === undefined || times === undefined)) return false
    const isSane = this.offsets.adopt(offsets ?? noBytes, this.size) && this.times.adopt(times ?? noBytes)
    return isSane && this.#lastEntriesHold()
  }

  /** Reads the headers of the whole file and makes both indexes anew; the next sync or stop seals them. Throws system errors. */
  rebuildIndexes(): void {
    this.restartIndexes(undefined)
    const cursor = new BatchCursor(this.log, 0, this.size)
    let endOffset = this.baseOffset
    while (cursor.next() && this.mayHold(cursor, endOffset)) {
      endOffset = cursor.lastOffset + 1
      if (cursor.magic === 2) this.noteBatch(cursor.position, cursor.header())
    }
  }

  /** Says what was found wrong with its files. */
  warn(says: string): void {
    this.#home.log.warn(says)
  }

  /** Whether an entry can follow on `endOffset`. No checksum covers a base offset: it must ascend (compaction leaves gaps) and fit the indexes. */
  mayHold(entry: BatchCursor, endOffset: number): boolean {
    const { baseOffset, lastOffset } = entry
    return baseOffset >= endOffset && lastOffset >= baseOffset && lastOffset - this.baseOffset <= relativeOffsetMax
  }

  /** What its records take, without a look into them. Throws system errors. */
  get sizeOnDisk(): number {
    return this.#isLoaded ? this.size : (this.log.disk.stat(this.log.path)?.size ?? 0)
  }

  /** Forgets the index entries from the given one on, before the batches behind it are noted again. Gives where to begin. */
  restartIndexes(from: { offset: number; position: number } | undefined): number {
    this.isSealed = false
    this.offsets.truncate((from?.offset ?? -1) + 1, Infinity)
    this.times.truncate((from?.offset ?? -1) + 1)
    this.#takeMaxTimestamp()
    this.#sinceEntryBytes = 0
    return from?.position ?? 0
  }

  /** Must another segment be begun before entries of so many bytes, which end at `lastOffset` and are as new as `maxTimestampMs`? */
  mustRoll(bytes: number, lastOffset: number, maxTimestampMs: number, nowMs: number): boolean {
    if (this.size === 0) return false
    const rules = this.#home.settings
    const ageMs = (maxTimestampMs >= 0 ? maxTimestampMs : nowMs) - (this.firstTimestampMs ?? this.createdMs)
    return (
      this.size + bytes > rules.segmentBytes ||
      ageMs > rules.segmentMs - this.jitterMs ||
      this.offsets.isFull(rules.segmentIndexBytes) ||
      this.times.isFull(rules.segmentIndexBytes) ||
      lastOffset - this.baseOffset > relativeOffsetMax
    )
  }

  /** Writes entries behind the last one. After an error the file is as before: what was written of them is cut off, at once or before the next write. */
  write(entries: Buffer): void {
    if (this.#isTorn) this.cutTail()
    this.#isTorn = true
    try {
      this.log.write(entries, 0, entries.length, this.size)
    } catch (thrown) {
      this.#tryToCutTail()
      throw thrown
    }
    this.#isTorn = false
    this.size += entries.length
    this.isDirty = true
  }

  /** Cuts the file to its whole entries. */
  cutTail(): void {
    if (this.log.exists()) this.log.truncate(this.size)
    this.#isTorn = false
  }

  #tryToCutTail(): void {
    try {
      this.cutTail()
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
    }
  }

  /** Notes a batch that stands at `position`, and gives it index entries when enough bytes have passed since the last ones. */
  noteBatch(position: number, batch: BatchHeader): void {
    this.isSealed = false
    if (position === 0) this.firstTimestampMs = batch.maxTimestamp >= 0 ? batch.maxTimestamp : undefined
    // what compaction emptied says a time that no record has
    if (batch.count > 0 && batch.maxTimestamp > this.maxTimestampMs) {
      this.maxTimestampMs = batch.maxTimestamp
      this.maxTimestampOffset = batch.lastOffset
    }
    if (this.#sinceEntryBytes > this.#home.settings.indexIntervalBytes) {
      this.offsets.append(batch.lastOffset, position)
      this.times.append(this.maxTimestampMs, this.maxTimestampOffset)
      this.#sinceEntryBytes = 0
    }
    this.#sinceEntryBytes += batch.sizeInBytes
  }

  /** Notes a transaction whose marker lies in this segment. Throws system errors, and has noted it all the same. */
  noteEnded(transaction: EndedTransaction): void {
    if (transaction.outcome === 'abort') this.aborted.append(transaction)
  }

  /** Gives the time index its final entry, the segment's largest timestamp, and writes out what the indexes still hold in memory. Throws system errors. */
  seal(): void {
    if (this.isSealed || (this.size === 0 && !this.log.exists())) return
    if (this.maxTimestampMs >= 0) this.times.append(this.maxTimestampMs, this.maxTimestampOffset)
    this.offsets.entries.seal()
    this.times.entries.seal()
    this.isSealed = true
    this.isDirty = true
    this.#indexesAreDirty = true
  }

  /** Off the thread. The indexes only once they are sealed: recovery builds what they miss behind the recovery point. */
  async sync(): Promise<void> {
    const indexes = this.#indexesAreDirty ? [this.offsets.entries.file, this.times.entries.file] : []
    this.isDirty = false
    this.#indexesAreDirty = false
    const existing = [this.log, ...indexes].filter((file) => file.exists())
    await Promise.all([...existing.map((file) => file.sync()), this.aborted.sync()])
  }

  /** Its files were renamed or removed: nothing is to be synced any more. */
  abandon(): void {
    this.isDirty = false
    for (const file of [this.log, this.offsets.entries.file, this.times.entries.file, this.aborted.file]) file.abandon()
  }

  close(): void {
    this.log.close()
    this.offsets.entries.close()
    this.times.entries.close()
    this.aborted.close()
  }

  #takeMaxTimestamp(): void {
    const last = this.times.last()
    this.maxTimestampMs = last?.timestampMs ?? -1
    this.maxTimestampOffset = last?.offset ?? -1
  }

  /** The last entries must be true of the batches they name; what lies before them was written earlier. */
  #lastEntriesHold(): boolean {
    const [last, latest] = [this.offsets.last(), this.times.last()]
    if (last !== undefined && this.#batchAt(last.position)?.lastOffset !== last.offset) return false
    // a segment that was closed has an entry, if its records have times; a power cut may have taken it
    if (latest === undefined) return this.firstTimestampMs === undefined
    const cursor = new BatchCursor(this.log, this.offsets.find(latest.offset)?.position ?? 0, this.size, 4096)
    while (cursor.next()) {
      if (cursor.lastOffset < latest.offset) continue
      const isTold = cursor.magic < 2 || cursor.header().maxTimestamp === latest.timestampMs
      return cursor.lastOffset === latest.offset && isTold
    }
    return false
  }

  /** A cursor on the entry at this position, if one stands there. */
  #batchAt(position: number): BatchCursor | undefined {
    const cursor = new BatchCursor(this.log, position, this.size, 4096)
    return cursor.next() ? cursor : undefined
  }

  #readFirstTimestamp(): void {
    const cursor = this.size === 0 ? undefined : this.#batchAt(0)
    if (cursor === undefined || cursor.magic < 2) return
    const { maxTimestamp } = cursor.header()
    if (maxTimestamp >= 0) this.firstTimestampMs = maxTimestamp
  }
}

const noBytes = Buffer.alloc(0)
