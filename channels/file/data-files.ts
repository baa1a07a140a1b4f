/**
 * All data files of a channel, in the order of their ordinals, over its data folders in turns. A file goes when the last of its events was taken for good, whatever lies
 * before it: one event that nobody takes keeps its own file and no other. Throws system errors.
 */
import { join } from 'node:path'
import { assert } from '../../src/base/assert.ts'
import { systemCode } from '../../src/base/faults.ts'
import type { Log } from '../../src/base/log.ts'
import type { Clock } from '../../src/io/clock.ts'
import type { Disk } from '../../src/io/disk.ts'
import { Progress } from '../../src/io/progress.ts'
import { DataFile } from './data-file.ts'
import { dataFileId, dataFileName, fileHeaderBytes } from './data-file-header.ts'
import { endOfRecords } from './file-end.ts'
import { holdsLost, putLostAside } from './lost-file.ts'
import { missingBehind } from './missing-file.ts'
import type { Ordinals } from './ordinals.ts'
import type { RecordBuffer } from './put-record.ts'
import { Quarantine } from './quarantine.ts'
import { RecordScan } from './record-scan.ts'

export interface DataFilesOptions {
  readonly disk: Disk
  readonly clock: Clock
  /** Its number. */
  readonly channel: number
  readonly folders: readonly string[]
  readonly fileBytesMax: number
  readonly log: Log
}

/** Where a record begins. */
export interface Place {
  readonly file: DataFile
  readonly position: number
}

const byOrdinal = (a: DataFile, b: DataFile): number => a.firstOrdinal - b.firstOrdinal || a.id - b.id

export class DataFiles {
  readonly quarantine: Quarantine
  readonly #options: DataFilesOptions
  readonly #progress: Progress
  #files: DataFile[] = []
  /** The file that is appended to; none from the start to the first put, and after a failure. */
  #current: DataFile | undefined
  #nextId = 1
  /** Files with this number or a higher one were made since the start. */
  #newId = 1

  constructor(options: DataFilesOptions) {
    this.#options = options
    this.#progress = new Progress(options.log, options.clock)
    this.quarantine = new Quarantine(options.disk, options.log)
  }

  get count(): number {
    return this.#files.length
  }

  get sizeInBytes(): number {
    return this.#files.reduce((sum, file) => sum + file.size, 0)
  }

  /** Where the next bytes go, unless the file is full. */
  get nextFolder(): string {
    return this.#current?.folder ?? this.#folderOf(this.#nextId)
  }

  get all(): readonly DataFile[] {
    return this.#files
  }

  /**
   * Finds the files, and in the newest one the end of what was put, which is not before `owedEnd`: what is missing up to there was acknowledged. Returns the
   * ordinal that comes next; the log is told of files without a header, and of a put that was cut off.
   */
  async load(owedEnd: number): Promise<number> {
    const { disk, folders, channel, log } = this.#options
    const found = folders.flatMap((folder) => this.#idsIn(folder).map((id) => ({ folder, id })))
    found.sort((a, b) => a.id - b.id)
    for (const { folder, id } of found) {
      const file = DataFile.open(disk, folder, id, channel)
      this.#nextId = id + 1
      if (file !== undefined) this.#add(file)
      else this.#putAside(join(folder, dataFileName(id)), id === found.at(-1)?.id)
    }
    this.#newId = this.#nextId
    // What a spillable channel wrote down when it was closed stands in files with higher numbers and lower ordinals.
    this.#files.sort(byOrdinal)
    for (const [i, file] of this.#files.entries())
      file.endOrdinal = await this.#endOf(file, this.#files[i + 1], owedEnd)
    for (const { reads } of this.#files) reads.retryByCaller()
    this.#putDoublesAside()
    if (this.#files.length > 0) log.debug(`${this.#files.length} data files, ${this.sizeInBytes} bytes.`)
    return this.#files.at(-1)?.endOrdinal ?? 0
  }

  /**
   * Turns to the folder that so many bytes more go to: that of the file that is appended to, or else the first of the others in their turns, that `hasRoom`.
   * A number whose folder has none is left out. False, and nothing is turned, where no folder has room.
   */
  turnToRoom(bytes: number, hasRoom: (folder: string) => boolean): boolean {
    const { folders } = this.#options
    if (this.#current !== undefined && !this.#isFull(bytes) && hasRoom(this.#current.folder)) return true
    const leftOut = folders.findIndex((_, i) => hasRoom(this.#folderOf(this.#nextId + i)))
    if (leftOut < 0) return false
    this.roll()
    this.#nextId += leftOut
    return true
  }

  /** Appends records that begin with `firstOrdinal` and go up to `endOrdinal`; returns where they begin. After an error the next call begins a new file. */
  append(records: RecordBuffer, firstOrdinal: number, endOrdinal: number): Place {
    if (this.#isFull(records.size)) this.roll()
    const file = (this.#current ??= this.#begin(firstOrdinal))
    const position = file.size
    try {
      file.put(records)
    } catch (thrown) {
      this.roll()
      throw thrown
    }
    file.endOrdinal = endOrdinal
    return { file, position }
  }

  /** Nothing more goes into the file that is appended to. */
  roll(): void {
    this.#current = undefined
  }

  /** The file whose ordinals `ordinal` is one of, or else the first one behind it. */
  fileOf(ordinal: number): DataFile | undefined {
    return this.#files.find((file) => file.endOrdinal > ordinal)
  }

  /** Which file should have what is not there behind the end of `file`, for a person. */
  missingBehind(file: DataFile): string {
    const next = this.#files[this.#files.indexOf(file) + 1]
    const nextId = next === undefined || next.id >= this.#newId ? undefined : next.id
    const { id, path, size } = file
    return missingBehind({ id, path, sizeInBytes: size }, nextId, (one) => join(this.#folderOf(one), dataFileName(one)))
  }

  /** What may still be filled on the disk of each folder, the most first; those with as much in their turns. Nothing where a disk does not say. */
  room(): { readonly folder: string; readonly bytes: number }[] {
    const folders = this.#options.folders.map((_, i) => this.#folderOf(this.#nextId + i))
    return folders.map((folder) => ({ folder, bytes: this.#roomIn(folder) })).toSorted((a, b) => b.bytes - a.bytes)
  }

  /** A new file that is none of the channel's yet: nothing looks at it, or removes it, before `adopt`. With a `folder`, numbers are left out up to its turn. */
  create(firstOrdinal: number, folder?: string): DataFile {
    const { disk, channel, folders } = this.#options
    const leftOut = folders.findIndex((_, i) => this.#folderOf(this.#nextId + i) === folder)
    const id = this.#nextId + Math.max(0, leftOut)
    this.#nextId = id + 1
    return DataFile.create(disk, this.#folderOf(id), { channel, id, firstOrdinal })
  }

  /** Files that were written elsewhere take their places among the others. */
  adopt(files: readonly DataFile[]): void {
    this.#files = [...this.#files, ...files].sort(byOrdinal)
  }

  /**
   * Removes the files all of whose events are in `taken`, or puts them aside where some are in `lost`; one that cannot be removed now is tried again later.
   * Never the one that is appended to.
   */
  removeTaken(taken: Ordinals, lost?: Ordinals): void {
    const kept: DataFile[] = []
    for (const file of this.#files) {
      // Nothing says which events stood in a damaged start.
      const from = file.hasDamagedStart ? 0 : file.firstOrdinal
      const isDone = file !== this.#current && taken.covers({ from, to: file.endOrdinal })
      if (!isDone || !this.#removed(file, lost)) kept.push(file)
    }
    this.#files = kept
  }

  close(): void {
    for (const file of this.#files) file.close()
    this.roll()
  }

  #idsIn(folder: string): number[] {
    return this.#options.disk.list(folder).flatMap((name) => dataFileId(name) ?? [])
  }

  #add(file: DataFile): void {
    if (file.firstWholeAt !== undefined)
      this.#options.log.error(`The header of data file ${file.path} is damaged; its records are read all the same.`)
    this.#files.push(file)
  }

  /** Nothing is put into a file before its header lasts: one that a crash left while it was made has no more than that. */
  #putAside(path: string, isNewest: boolean): void {
    const size = this.#options.disk.stat(path)?.size ?? 0
    this.quarantine.file(path, isNewest && size <= fileHeaderBytes)
  }

  /** Two files that begin with the same ordinal are of two disks that were away in turns: what the second has of it is not to be removed with the first. */
  #putDoublesAside(): void {
    const { disk, log } = this.#options
    this.#files = this.#files.filter((file, i) => {
      if (file.endOrdinal > file.firstOrdinal || this.#files[i + 1] === undefined) return true
      if (new RecordScan(file, 0, () => undefined, true).find() === undefined) return true
      putLostAside(disk, file, log)
      return false
    })
  }

  /** What is damaged before the end is told when it is to be taken. */
  async #endOf(file: DataFile, next: DataFile | undefined, owedEnd: number): Promise<number> {
    if (next !== undefined && !next.hasDamagedStart) return next.firstOrdinal
    const { ordinal: end, damage } = await endOfRecords(file, this.#progress)
    // What is damaged at the start of the next file belongs to that one, unless this one may have had it.
    if (next !== undefined) return damage === undefined ? Math.min(end, next.firstOrdinal) : next.firstOrdinal
    // Whether events were acknowledged in what cannot be read nobody knows, and their ordinals must not be given again.
    if (damage !== undefined && file.reads.deadBytes(damage.position, damage.length) > 0) throw file.reads.error
    if (end < owedEnd) return owedEnd
    if (damage !== undefined) this.quarantine.tail(file, damage.position, damage.length)
    return end
  }

  #isFull(bytes: number): boolean {
    const size = this.#current?.size ?? 0
    return size > fileHeaderBytes && size + bytes > this.#options.fileBytesMax
  }

  #begin(firstOrdinal: number): DataFile {
    const file = this.create(firstOrdinal)
    this.#files.push(file)
    return file
  }

  #roomIn(folder: string): number {
    try {
      return this.#options.disk.space(folder).usableBytes
    } catch (thrown) {
      if (systemCode(thrown) === undefined) throw thrown
      return 0
    }
  }

  #folderOf(id: number): string {
    const { folders } = this.#options
    const folder = folders[id % folders.length]
    assert(folder !== undefined, 'a file channel without a data folder')
    return folder
  }

  #removed(file: DataFile, lost?: Ordinals): boolean {
    const { disk, log } = this.#options
    try {
      if (lost !== undefined && holdsLost(file, lost)) putLostAside(disk, file, log)
      else file.remove()
      return true
    } catch (thrown) {
      if (systemCode(thrown) === 'ENOENT') return true
      if (systemCode(thrown) === undefined) throw thrown
      log.warn(`Data file ${file.path} cannot be removed yet: ${String(thrown)}.`)
      return false
    }
  }
}
