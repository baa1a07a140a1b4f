/**
 * One data file: a header that says which file it is and where its ordinals begin, and put records one after the other. It is appended to by the process
 * that created it and by no other: every start begins a new one, so that what a crash left behind is never written over. Throws system errors.
 */
import { join } from 'node:path'
import type { Disk } from '../../src/io/disk.ts'
import { writeWhole } from '../../src/io/write-whole.ts'
import { dataFileName, fileHeaderBytes, fileHeaderOf, hasMagic, readFileHeader } from './data-file-header.ts'
import { isDiskAlive } from './disk-alive.ts'
import { PatientReads } from './patient-reads.ts'
import type { RecordBuffer } from './put-record.ts'
import { RecordForm } from './record-form.ts'
import { RecordScan } from './record-scan.ts'

/** A file on its disk. */
interface FilePlace {
  readonly folder: string
  readonly id: number
  readonly size: number
  readonly fd?: number
}

/** What a file's header says, or else its first whole record, and then where that is. */
interface First {
  readonly ordinal: number
  readonly form: RecordForm
  readonly wholeAt?: number
}

/** Which channel a new file belongs to, and which place it has in it. */
export interface NewFile {
  readonly channel: number
  readonly id: number
  readonly firstOrdinal: number
}

export class DataFile {
  readonly id: number
  readonly folder: string
  readonly path: string
  /** Of its first whole record where the header is damaged. */
  readonly firstOrdinal: number
  /** Where that record begins; undefined where the header is whole. */
  readonly firstWholeAt: number | undefined
  /** Of its records. */
  readonly form: RecordForm
  /** After the last ordinal; what is beyond the records that were found never was acknowledged. */
  endOrdinal: number
  size: number
  /** All its events were taken for good, and it is gone, or is to go. */
  isDone = false
  readonly reads: PatientReads
  readonly #disk: Disk
  #fd: number | undefined

  private constructor(disk: Disk, { folder, id, size, fd }: FilePlace, first: First) {
    this.#disk = disk
    this.folder = folder
    this.id = id
    this.path = join(folder, dataFileName(id))
    this.firstOrdinal = first.ordinal
    this.firstWholeAt = first.wholeAt
    this.form = first.form
    this.endOrdinal = first.ordinal
    this.size = size
    this.#fd = fd
    this.reads = new PatientReads({
      read: (into, position) => this.#fill(into, position),
      isDiskAlive: () => isDiskAlive(disk, this.path, this.size),
    })
  }

  /** Something stood before the first whole record, and nothing says which ordinals it had. */
  get hasDamagedStart(): boolean {
    return (this.firstWholeAt ?? 0) > fileHeaderBytes
  }

  /** Makes a new, empty one that lasts, header and name: only the newest file can be without a header after a loss of power. */
  static create(disk: Disk, folder: string, { channel, id, firstOrdinal }: NewFile): DataFile {
    const form = new RecordForm(2, channel, id)
    const file = new DataFile(disk, { folder, id, size: 0 }, { ordinal: firstOrdinal, form })
    file.reads.retryByCaller()
    file.#fd = disk.open(file.path, 'wx+')
    try {
      file.append(fileHeaderOf({ version: 2, id, firstOrdinal, channel }))
      disk.syncNow(file.#fd)
      disk.syncFolder(folder)
    } catch (thrown) {
      file.remove()
      throw thrown
    }
    return file
  }

  /**
   * Opens one that is there, by its first whole record where the header is damaged: of `channel`, or of version 1. Undefined where it has neither, as after
   * a crash while it was made, or the header of another file.
   */
  static open(disk: Disk, folder: string, id: number, channel?: number): DataFile | undefined {
    const fd = disk.open(join(folder, dataFileName(id)), 'r')
    let file: DataFile | undefined
    try {
      // Asked before the header is read: a file that a live agent is making has nothing behind it then.
      const place = { folder, id, size: disk.fstat(fd).size, fd }
      const first = DataFile.#firstOf(disk, place, channel)
      if (first !== undefined) file = new DataFile(disk, place, first)
      return file
    } finally {
      if (file === undefined) disk.close(fd)
    }
  }

  static #firstOf(disk: Disk, place: FilePlace, channel: number | undefined): First | undefined {
    const { id } = place
    const old = new RecordForm(1, 0, id)
    const bytes = new DataFile(disk, place, { ordinal: 0, form: old }).read(0, fileHeaderBytes)
    const header = readFileHeader(bytes)
    if (header !== undefined) {
      const { firstOrdinal: ordinal, version } = header
      return header.id === id ? { ordinal, form: new RecordForm(version, header.channel, id) } : undefined
    }
    const forms = channel === undefined || hasMagic(bytes, 1) ? [old] : [new RecordForm(2, channel, id), old]
    for (const form of forms) {
      const probe = new DataFile(disk, place, { ordinal: 0, form })
      const record = new RecordScan(probe, 0, () => undefined, true).find()
      // Nothing but its place keeps bytes of an event from passing for one of version 1, which this file is perhaps not of.
      const isBelieved = form === forms[0] || record?.position === fileHeaderBytes
      if (record !== undefined && isBelieved) return { ordinal: record.firstOrdinal, form, wholeAt: record.position }
    }
    return undefined
  }

  /** Appends records, which it seals for their place in this file, or throws; after it has thrown nothing more may be appended. */
  put(records: RecordBuffer): void {
    this.append(records.sealed(this.form, this.size))
  }

  /** Appends all of `bytes`, or throws; after it has thrown nothing more may be appended. */
  append(bytes: Buffer): void {
    writeWhole(this.#disk, this.#opened(), bytes, this.size)
    this.size += bytes.length
  }

  sync(): Promise<void> {
    return this.#disk.sync(this.#opened())
  }

  /** Up to `length` bytes from `position` on; fewer only at the end of the file; in `scratch` where that has room. Zeros where the disk cannot read them, ever. */
  read(position: number, length: number, scratch?: Buffer): Buffer {
    const wanted = Math.max(0, Math.min(length, this.size - position))
    const hasRoom = scratch !== undefined && scratch.length >= wanted
    const bytes = hasRoom ? scratch.subarray(0, wanted) : Buffer.allocUnsafeSlow(wanted)
    return bytes.subarray(0, this.reads.read(bytes, position))
  }

  close(): void {
    if (this.#fd === undefined) return
    const fd = this.#fd
    this.#fd = undefined
    this.#disk.close(fd)
  }

  /** One that the disk could not read in places is kept under another name: another day it may, or what is left of it may be copied. */
  remove(): void {
    this.isDone = true
    this.close()
    if (!this.reads.hasDead) return this.#disk.unlink(this.path)
    let aside = `${this.path}.damaged`
    for (let i = 2; this.#disk.stat(aside) !== undefined; i++) aside = `${this.path}-${i}.damaged`
    this.#disk.rename(this.path, aside)
  }

  #fill(into: Buffer, position: number): number {
    let got = 0
    while (got < into.length) {
      const more = this.#disk.read(this.#opened(), into, got, into.length - got, position + got)
      if (more === 0) break
      got += more
    }
    return got
  }

  #opened(): number {
    return (this.#fd ??= this.#disk.open(this.path, 'r'))
  }
}
