/**
 * A file channel of ours looked at from outside: what its files hold, record by record. Nothing is written and nothing is locked, so a live agent is not
 * disturbed; what is read then is one moment's state, in which the newest record may be half there. The command-line tools stand on it.
 */
import { basename, dirname, join } from 'node:path'
import { systemCode } from '../../src/base/faults.ts'
import type { Event } from '../../src/flow/event.ts'
import type { Disk } from '../../src/io/disk.ts'
import { channelOf } from './channel-signs.ts'
import { DataFile } from './data-file.ts'
import { dataFileId, dataFileName, fileHeaderBytes } from './data-file-header.ts'
import { readMarker } from './flume/marker.ts'
import { missingFiles } from './missing-file.ts'
import { Ordinals, type Range } from './ordinals.ts'
import { eventsOf } from './put-record.ts'
import { type FoundRecord, RecordScan } from './record-scan.ts'
import { type JournalState, owedEnd, readJournal } from './takes-journal.ts'

/** A place in a file that is no record. */
export interface DamagedBytes {
  readonly path: string
  readonly position: number
  readonly length: number
}

export interface DataFileState {
  readonly id: number
  readonly path: string
  readonly sizeInBytes: number
  readonly modifiedMs: number
  readonly firstOrdinal: number
  /** After its last whole record. */
  readonly endOrdinal: number
  readonly events: number
  /** Of them, those that were not taken. */
  readonly held: number
  readonly hasDamagedHeader: boolean
  readonly damaged: readonly DamagedBytes[]
  /** In the newest file, behind its last record and all that the journal knows of: `tailWords` says what it may be. */
  readonly tail: DamagedBytes | undefined
}

export interface ChannelState {
  readonly files: readonly DataFileState[]
  /** Data files with neither a whole header nor a whole record. */
  readonly headless: readonly string[]
  /** Undefined where there is no journal: then everything counts as held. */
  readonly journal: JournalState | undefined
  readonly held: number
  /** Events that were put and not taken, and are in no record. */
  readonly missing: number
  /** Which data files should have them, where it is not damage that shows in one: a line each. */
  readonly missingFiles: readonly string[]
  readonly oldest: { readonly ordinal: number; readonly path: string; readonly headers: Event['headers'] } | undefined
  readonly nextOrdinal: number
}

export interface StoppedFolders {
  readonly dataFolders: readonly string[]
  readonly checkpointFolder: string | undefined
}

interface DataFilePlace {
  readonly folder: string
  readonly id: number
}

const dataFilesIn = (disk: Disk, folder: string): DataFilePlace[] =>
  disk.stat(folder)?.isDirectory === true
    ? disk.list(folder).flatMap((name) => {
        const id = dataFileId(name)
        return id === undefined ? [] : [{ folder, id }]
      })
    : []

export class StoppedChannel {
  readonly #disk: Disk
  readonly #folders: StoppedFolders
  readonly #journal: ChannelState['journal']
  readonly #taken: Ordinals
  readonly #owedEnd: number
  readonly #channel: number | undefined

  /** Throws CHANNEL_MIXED and system errors. */
  constructor(disk: Disk, folders: StoppedFolders) {
    this.#disk = disk
    this.#folders = folders
    this.#channel = channelOf(disk, folders)
    const { checkpointFolder } = folders
    this.#journal = checkpointFolder === undefined ? undefined : readJournal(disk, checkpointFolder)
    this.#taken = new Ordinals(this.#journal?.taken.ranges)
    this.#owedEnd = this.#journal === undefined ? 0 : owedEnd(this.#journal)
    const marker = checkpointFolder === undefined ? undefined : readMarker(disk, checkpointFolder)
    // What an unfinished take-over has copied counts for nothing yet.
    if (marker?.state === 'copying') this.#taken.add({ from: marker.end, to: Number.MAX_SAFE_INTEGER })
  }

  /** Reads every record. */
  look(): ChannelState {
    const files: DataFileState[] = []
    const headless: string[] = []
    const seen = new Ordinals()
    let oldest: ChannelState['oldest']
    for (const { path, file, isNewest } of this.#files()) {
      if (file === undefined) {
        headless.push(path)
        continue
      }
      const state = this.#look(file, isNewest, (record, scan) => {
        const range = { from: record.firstOrdinal, to: record.firstOrdinal + record.count }
        seen.add(range)
        const [gap] = this.#taken.missing(range)
        if (gap === undefined || (oldest !== undefined && oldest.ordinal <= gap.from)) return
        const headers = eventsOf(scan.bytes, scan.at, record)[gap.from - range.from]?.headers ?? {}
        oldest = { ordinal: gap.from, path, headers }
      })
      files.push(state)
    }
    const held = files.reduce((sum, file) => sum + file.held, 0)
    const nextOrdinal = Math.max(
      seen.ranges.at(-1)?.to ?? 0,
      this.#journal?.end ?? 0,
      this.#journal?.taken.ranges.at(-1)?.to ?? 0,
    )
    this.#addTaken()
    const missing = this.#missing(seen)
    const lines = this.#missingFiles(files, headless, seen)
    return { files, headless, journal: this.#journal, held, missing, missingFiles: lines, oldest, nextOrdinal }
  }

  /** What is held, in order, a record's events at once. Damaged records are told and left out. */
  *batches(damaged: (place: DamagedBytes) => void): Generator<Event[]> {
    for (const { path, file } of this.#files()) {
      if (file === undefined) continue
      const scan = new RecordScan(file, 0, (position, length) => damaged({ path, position, length }))
      for (let record = scan.find(); record !== undefined; record = scan.find()) {
        const first = record.firstOrdinal
        const held = this.#taken.missing({ from: first, to: first + record.count })
        if (held.length > 0) {
          const events = eventsOf(scan.bytes, scan.at, record)
          yield held.flatMap(({ from, to }) => events.slice(from - first, to - first))
        }
        scan.skip(record)
      }
    }
  }

  /** In the order of their ordinals. Each file is closed when the next is asked for. One that a live agent has removed meanwhile is left out. */
  *#files(): Generator<{ path: string; file: DataFile | undefined; isNewest: boolean }> {
    const found = this.#folders.dataFolders
      .flatMap((folder) => dataFilesIn(this.#disk, folder))
      .map((one) => ({ ...one, firstOrdinal: this.#firstOrdinalOf(one) }))
    const newest = Math.max(...found.map(({ id }) => id))
    for (const one of found.toSorted((a, b) => a.firstOrdinal - b.firstOrdinal || a.id - b.id)) {
      const file = this.#opened(one)
      if (file === 'gone') continue
      try {
        yield { path: join(one.folder, dataFileName(one.id)), file, isNewest: one.id === newest }
      } finally {
        file?.close()
      }
    }
  }

  #firstOrdinalOf(place: DataFilePlace): number {
    const file = this.#opened(place)
    if (file === undefined || file === 'gone') return -1
    file.close()
    return file.firstOrdinal
  }

  /** Undefined where it has neither a whole header nor a whole record. */
  #opened({ folder, id }: DataFilePlace): DataFile | 'gone' | undefined {
    try {
      return DataFile.open(this.#disk, folder, id, this.#channel)
    } catch (thrown) {
      if (systemCode(thrown) === 'ENOENT') return 'gone'
      throw thrown
    }
  }

  #look(file: DataFile, isNewest: boolean, each: (record: FoundRecord, scan: RecordScan) => void): DataFileState {
    const damaged: DamagedBytes[] = []
    const { path, size, firstOrdinal } = file
    const scan = new RecordScan(file, 0, (position, length) => damaged.push({ path, position, length }))
    let [events, held, end] = [0, 0, firstOrdinal]
    for (let record = scan.find(); record !== undefined; record = scan.find()) {
      events += record.count
      end = record.firstOrdinal + record.count
      const range = { from: record.firstOrdinal, to: record.firstOrdinal + record.count }
      for (const { from, to } of this.#taken.missing(range)) held += to - from
      each(record, scan)
      scan.skip(record)
    }
    const last = damaged.at(-1)
    const isAtEnd = last !== undefined && last.position + last.length >= size
    const tail = isNewest && isAtEnd && end >= this.#owedEnd ? damaged.pop() : undefined
    const modifiedMs = this.#disk.stat(path)?.modifiedMs ?? 0
    const hasDamagedHeader = file.firstWholeAt !== undefined
    const { id } = file
    return {
      id,
      path,
      hasDamagedHeader,
      sizeInBytes: size,
      modifiedMs,
      firstOrdinal,
      endOrdinal: end,
      events,
      held,
      damaged,
      tail,
    }
  }

  /** A live agent has taken, and removed, some of what was not there any more when the files were read. */
  #addTaken(): void {
    const { checkpointFolder } = this.#folders
    const now = checkpointFolder === undefined ? undefined : readJournal(this.#disk, checkpointFolder)
    for (const range of now?.taken.ranges ?? []) this.#taken.add(range)
  }

  /** Between what is there and not taken, as far as both ends are known. */
  #missing(seen: Ordinals): number {
    const first = this.#journal === undefined ? seen.ranges[0]?.from : this.#taken.firstMissing(0)
    const end = Math.max(seen.ranges.at(-1)?.to ?? 0, this.#owedEnd)
    return this.#missingIn(seen, { from: first ?? 0, to: end })
  }

  #missingIn(seen: Ordinals, range: Range): number {
    const gaps = seen.missing(range).flatMap((gap) => this.#taken.missing(gap))
    return gaps.reduce((sum, { from, to }) => sum + (to - from), 0)
  }

  /** None where there is no journal: a file that is not there may have gone as all its events were taken. */
  #missingFiles(files: readonly DataFileState[], headless: readonly string[], seen: Ordinals): string[] {
    if (this.#journal === undefined) return []
    const found = files.map((file) => {
      const last = file.tail ?? file.damaged.at(-1)
      const hasDamagedEnd = last !== undefined && last.position + last.length >= file.sizeInBytes
      const hasDamagedStart = file.hasDamagedHeader && file.damaged[0]?.position === fileHeaderBytes
      return { ...file, hasDamagedEnd, hasDamagedStart }
    })
    return missingFiles(found, {
      unreadable: headless.flatMap((path) => dataFileId(basename(path)) ?? []),
      end: this.#owedEnd,
      missingIn: (range) => this.#missingIn(seen, range),
      pathOf: (id) => this.#pathsOf(id, files),
    })
  }

  /** Data folders take turns: two numbers in a row in one say that it is the only one. Else there may be another, in which no file is left. */
  #pathsOf(id: number, files: readonly DataFileState[]): string {
    const paths = new Set(files.map((file) => file.path))
    const isOnly = files.some((file) => paths.has(join(dirname(file.path), dataFileName(file.id + 1))))
    const places = this.#folders.dataFolders.map((folder) => join(folder, dataFileName(id))).join(' or ')
    return isOnly ? places : `${places}, unless another dataDir had it`
  }
}
