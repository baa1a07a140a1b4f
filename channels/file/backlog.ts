/**
 * What is to be taken next, in the order of the puts. While the sinks keep up, batches go from the put to the take in memory and are never read. When more
 * is held than memory is given for, the newest stays on disk alone, and is read back, in order, once everything before it was taken.
 */
import { Ring } from '../../src/base/ring.ts'
import type { Batch, Event } from '../../src/flow/event.ts'
import type { DataFile } from './data-file.ts'
import type { DataFiles, Place } from './data-files.ts'
import { Ordinals, type Range } from './ordinals.ts'
import { eventsOf } from './put-record.ts'
import { type FoundRecord, RecordScan } from './record-scan.ts'

/** The events `from` to `to - 1` of a batch whose first has the ordinal `first`. */
export interface Slice {
  readonly first: number
  readonly batch: Batch
  readonly from: number
  readonly to: number
  /** What the whole batch takes. */
  readonly bytes: number
}

export const rangeOf = ({ first, from, to }: Slice): Range => ({ from: first + from, to: first + to })

const eventsIn = ({ batch, from, to }: Slice): Batch => (to - from === batch.length ? batch : batch.slice(from, to))

/** The events of several slices in one array. */
export const joined = (slices: readonly Slice[]): Batch => {
  const [only] = slices
  if (slices.length === 1 && only !== undefined) return eventsIn(only)
  return ([] as Event[]).concat(...slices.map(eventsIn))
}

/** A batch that was stored. */
export interface StoredBatch {
  readonly first: number
  readonly batch: Batch
  readonly bytes: number
  readonly place: Place
}

export interface BacklogOptions {
  readonly files: DataFiles
  readonly taken: Ordinals
  /** Bytes of batches kept in memory, before one more is left on disk alone. */
  readonly memoryBytesMax: number
  /** Bytes of records read from disk at once when memory runs empty; a megabyte where it is left out. */
  readonly readBytes?: number | undefined
  /** Events that turn out to be unreadable. */
  readonly lost: (range: Range) => void
}

/** Read at once when memory runs empty, unless the options say otherwise. */
const readBytesAtOnce = 1024 * 1024

export class Backlog {
  readonly #options: BacklogOptions
  readonly #readBytes: number
  readonly #ready = new Ring<Slice>()
  #readyBytes = 0
  /** What comes behind everything that is ready: its ordinal, and the scan that will find it on disk. */
  #next: number
  #scan: RecordScan<DataFile> | undefined
  /** After everything that was stored. */
  #end: number
  /** Ordinals that were given and never stored. */
  readonly #void = new Ordinals()
  #damage: { readonly position: number; readonly length: number } | undefined

  /** Everything from `next` to `end` is on disk. */
  constructor(options: BacklogOptions, next: number, end: number) {
    this.#options = options
    this.#readBytes = options.readBytes ?? readBytesAtOnce
    this.#next = next
    this.#end = end
  }

  /** Nothing is to be taken, open takes aside. */
  get isEmpty(): boolean {
    return this.#ready.length === 0 && this.#next >= this.#end
  }

  /** Not above the ordinal of what is taken next; undefined when nothing is to be taken. */
  get first(): number | undefined {
    const head = this.#ready.peek()
    if (head !== undefined) return head.first + head.from
    return this.isEmpty ? undefined : this.#options.taken.firstMissing(this.#next)
  }

  /** Adds what was stored, in order. */
  push({ first, batch, bytes, place }: StoredBatch): void {
    const followsReady = this.#next === this.#end
    this.#end = first + batch.length
    if (!followsReady || (this.#readyBytes + bytes > this.#options.memoryBytesMax && this.#readyBytes > 0)) {
      if (followsReady) this.#scan = this.#scanOf(place)
      return
    }
    this.#next = this.#end
    this.#pushReady({ first, batch, from: 0, to: batch.length, bytes })
  }

  /** These were given out and never stored. */
  skip(range: Range): void {
    this.#void.add(range)
    if (this.#next === this.#end) this.#next = range.to
    this.#end = range.to
  }

  /** Up to `max` events from the head, of batches that begin below the ordinal `before`; none when there is nothing. Throws system errors. */
  cut(max: number, before = Infinity): Slice[] {
    if (this.#ready.length === 0) this.#load()
    const slices: Slice[] = []
    let left = max
    for (let head = this.#ready.shift(); head !== undefined; head = this.#ready.shift()) {
      const events = head.to - head.from
      if (events > left || head.first >= before) {
        if (head.first >= before) left = 0
        const middle = head.from + left
        if (left > 0) slices.push({ ...head, to: middle })
        this.#ready.unshift({ ...head, from: middle })
        break
      }
      slices.push(head)
      this.#readyBytes -= head.to === head.batch.length ? head.bytes : 0
      left -= events
    }
    return slices
  }

  /** Slices of a take come back, each before everything that was put after it, whatever another take has brought back meanwhile. */
  back(slices: readonly Slice[]): void {
    const all = [...slices]
    const last = slices.at(-1)
    const end = last === undefined ? 0 : last.first + last.to
    for (let head = this.#ready.peek(); head !== undefined && head.first + head.from < end; head = this.#ready.peek()) {
      all.push(head)
      this.#shiftReady(head)
    }
    all.sort((a, b) => b.first + b.from - (a.first + a.from))
    for (const slice of all) this.#unshiftReady(slice)
  }

  #pushReady(slice: Slice): void {
    this.#ready.push(slice)
    if (slice.to === slice.batch.length) this.#readyBytes += slice.bytes
  }

  /** A batch counts for its bytes as long as its last event is ready. */
  #shiftReady(head: Slice): void {
    this.#ready.shift()
    if (head.to === head.batch.length) this.#readyBytes -= head.bytes
  }

  #unshiftReady(slice: Slice): void {
    const head = this.#ready.peek()
    if (slice.to === slice.batch.length) this.#readyBytes += slice.bytes
    if (head === undefined || head.first !== slice.first || head.from !== slice.to) return this.#ready.unshift(slice)
    this.#ready.shift()
    this.#ready.unshift({ ...slice, to: head.to })
  }

  #scanOf({ file, position }: Place): RecordScan<DataFile> {
    return new RecordScan(file, position, (at, length) => {
      this.#damage = { position: at, length }
    })
  }

  /** Reads on from disk until there is something ready, or nothing more is stored. */
  #load(): void {
    // A file goes with the last of its events, whatever else it has: nothing is looked for behind them.
    this.#next = Math.min(this.#end, this.#options.taken.firstMissing(this.#next))
    while (this.#next < this.#end && this.#readyBytes < this.#readBytes) {
      this.#scan ??= this.#scanAt(this.#next)
      if (this.#scan === undefined) return this.#loseRest()
      const record = this.#next < this.#scan.file.endOrdinal ? this.#record(this.#scan) : undefined
      if (record === undefined) this.#nextFile(this.#scan)
      else this.#take(this.#scan, record)
    }
    if (this.#next >= this.#end) this.#scan = undefined
  }

  /** No file is left where there should be one. */
  #loseRest(): void {
    const { quarantine } = this.#options.files
    for (const gap of this.#wanted({ from: this.#next, to: this.#end })) quarantine.missing(gap.from, gap.to)
    this.#lose(this.#end)
  }

  /** The scan of the file that `ordinal` is in, or of the first one behind it. */
  #scanAt(ordinal: number): RecordScan<DataFile> | undefined {
    const file = this.#options.files.fileOf(ordinal)
    if (file === undefined) return undefined
    if (file.firstOrdinal > ordinal && !file.hasDamagedStart) {
      const gaps = this.#wanted({ from: ordinal, to: file.firstOrdinal })
      for (const gap of gaps) this.#options.files.quarantine.missing(gap.from, gap.to)
      this.#lose(file.firstOrdinal)
    }
    return this.#scanOf({ file, position: 0 })
  }

  /** The next record of this file that was stored by now, and is not all behind us. */
  #record(scan: RecordScan): FoundRecord | undefined {
    for (let record = scan.find(); record !== undefined; record = scan.find()) {
      if (record.firstOrdinal >= this.#end) return undefined
      if (record.firstOrdinal + record.count > this.#next) return record
      scan.skip(record)
    }
    return undefined
  }

  #nextFile({ file, position }: RecordScan<DataFile>): void {
    const last = Math.min(file.endOrdinal, this.#end)
    if (this.#next < last) this.#loseIn(file, position, last)
    this.#scan = this.#next < this.#end ? this.#scanAt(this.#next) : undefined
  }

  #take(scan: RecordScan<DataFile>, record: FoundRecord): void {
    const { firstOrdinal: first, count, sizeInBytes: bytes, position } = record
    if (first > this.#next) this.#loseIn(scan.file, position, first)
    const range = { from: Math.max(first, this.#next), to: first + count }
    const wanted = this.#wanted(range)
    const batch = wanted.length === 0 ? [] : eventsOf(scan.bytes, scan.at, record)
    for (const { from, to } of wanted) this.#pushReady({ first, batch, from: from - first, to: to - first, bytes })
    this.#next = range.to
    scan.skip(record)
  }

  /** What of a range is still to be taken. */
  #wanted(range: Range): Range[] {
    return this.#options.taken.missing(range).flatMap((gap) => this.#void.missing(gap))
  }

  /** Events up to `to` are not where they should be. */
  #lose(to: number): void {
    for (const gap of this.#wanted({ from: this.#next, to })) this.#options.lost(gap)
    this.#next = to
  }

  #loseIn(file: DataFile, at: number, to: number): void {
    const isBehind = this.#damage === undefined && at >= file.size
    const { position, length } = this.#damage ?? { position: at, length: 0 }
    this.#damage = undefined
    const { files } = this.#options
    for (const gap of this.#wanted({ from: this.#next, to }))
      if (isBehind) files.quarantine.missing(gap.from, gap.to, files.missingBehind(file))
      else files.quarantine.events(file, position, length, gap.from, gap.to)
    this.#lose(to)
  }
}
