/**
 * One data file: a header that says which file it is and where its ordinals begin, and put records one after the other. It is appended to by the process
 * that created it and by no other: every start begins a new one, so that what a crash left behind is never written over. Throws system errors.
 */
import { join } from 'node:path'
import { crc32c } from '../../src/base/checksums.ts'
import type { Disk } from '../../src/io/disk.ts'
import { writeWhole } from '../../src/io/write-whole.ts'
import { isDiskAlive } from './disk-alive.ts'
import { PatientReads } from './patient-reads.ts'
import { isWhole, readRecordHeader, recordHeaderBytes, recordMagic, type RecordHeader } from './put-record.ts'

/** `MILLFC1\n`. */
const fileMagic = Buffer.from('MILLFC1\n')
export const fileHeaderBytes = 32
const idAt = 8
const ordinalAt = 16
const checksumAt = 24

const namePattern = /^events-(\d{10})\.data$/

export const dataFileName = (id: number): string => `events-${String(id).padStart(10, '0')}.data`
/** The number in a data file's name, or undefined for another file. */
export const dataFileId = (name: string): number | undefined => {
  const digits = namePattern.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

const headerOf = (id: number, firstOrdinal: number): Buffer => {
  const header = Buffer.alloc(fileHeaderBytes)
  fileMagic.copy(header)
  header.writeBigUInt64BE(BigInt(id), idAt)
  header.writeBigUInt64BE(BigInt(firstOrdinal), ordinalAt)
  header.writeUInt32BE(crc32c(header.subarray(0, checksumAt)), checksumAt)
  return header
}

/** What a header says; undefined where it is damaged. */
const readHeader = (bytes: Buffer): { readonly id: number; readonly firstOrdinal: number } | undefined => {
  const id = Number(bytes.readBigUInt64BE(idAt))
  const firstOrdinal = Number(bytes.readBigUInt64BE(ordinalAt))
  if (!Number.isSafeInteger(id) || !Number.isSafeInteger(firstOrdinal)) return undefined
  return headerOf(id, firstOrdinal).equals(bytes) ? { id, firstOrdinal } : undefined
}

/** A file on its disk. */
interface FilePlace {
  readonly folder: string
  readonly id: number
  readonly size: number
  readonly fd?: number
}

/** Which event a file begins with, and, where only its first whole record tells, where that is. */
interface First {
  readonly ordinal: number
  readonly wholeAt?: number
}

/** Where a record was found. */
export interface FoundRecord extends RecordHeader {
  readonly position: number
}

export class DataFile {
  readonly id: number
  readonly folder: string
  readonly path: string
  /** Of its first whole record where the header is damaged. */
  readonly firstOrdinal: number
  /** Where that record begins; undefined where the header is whole. */
  readonly firstWholeAt: number | undefined
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
  static create(disk: Disk, folder: string, id: number, firstOrdinal: number): DataFile {
    const file = new DataFile(disk, { folder, id, size: 0 }, { ordinal: firstOrdinal })
    file.reads.retryByCaller()
    file.#fd = disk.open(file.path, 'wx+')
    try {
      file.append(headerOf(id, firstOrdinal))
      disk.syncNow(file.#fd)
      disk.syncFolder(folder)
    } catch (thrown) {
      file.remove()
      throw thrown
    }
    return file
  }

  /**
   * Opens one that is there, by its first whole record where the header is damaged. Undefined where it has neither, as after a crash while it was made, or
   * the header of another file.
   */
  static open(disk: Disk, folder: string, id: number): DataFile | undefined {
    const fd = disk.open(join(folder, dataFileName(id)), 'r')
    let file: DataFile | undefined
    try {
      // Asked before the header is read: a file that a live agent is making has nothing behind it then.
      const place = { folder, id, size: disk.fstat(fd).size, fd }
      const first = DataFile.#firstOf(disk, place)
      if (first !== undefined) file = new DataFile(disk, place, first)
      return file
    } finally {
      if (file === undefined) disk.close(fd)
    }
  }

  static #firstOf(disk: Disk, place: FilePlace): First | undefined {
    const probe = new DataFile(disk, place, { ordinal: 0 })
    const bytes = probe.read(0, fileHeaderBytes)
    const header = bytes.length === fileHeaderBytes ? readHeader(bytes) : undefined
    if (header !== undefined) return header.id === place.id ? { ordinal: header.firstOrdinal } : undefined
    const record = new RecordScan(probe, 0, () => undefined).find()
    return record === undefined ? undefined : { ordinal: record.firstOrdinal, wholeAt: record.position }
  }

  /** Appends all of `bytes`, or throws; after it has thrown nothing more may be appended. */
  append(bytes: Buffer): void {
    writeWhole(this.#disk, this.#opened(), bytes, this.size)
    this.size += bytes.length
  }

  sync(): Promise<void> {
    return this.#disk.sync(this.#opened())
  }

  /** Up to `length` bytes from `position` on; fewer only at the end of the file. Zeros where the disk cannot read them, ever. */
  read(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, this.size - position)))
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

const scanBytes = 1024 * 1024

/**
 * Walks over the records of a file from `position` on, whole ones only. What is damaged is stepped over, byte by byte to the next record that is
 * whole, and told to `damaged`. Reads a megabyte at a time, and as much more as one record needs.
 */
export class RecordScan {
  readonly file: DataFile
  readonly #damaged: (position: number, length: number) => void
  #chunk: Buffer = Buffer.alloc(0)
  /** Of the chunk's first byte. */
  #chunkAt = 0
  position: number

  constructor(file: DataFile, position: number, damaged: (position: number, length: number) => void) {
    this.file = file
    this.position = Math.max(fileHeaderBytes, position)
    this.#damaged = damaged
  }

  /** The bytes that the record found last stands in, and where it begins in them. */
  get bytes(): Buffer {
    return this.#chunk
  }

  get at(): number {
    return this.position - this.#chunkAt
  }

  /** The record at or after `position`, which it moves there; undefined at the end. Call `skip` to go on behind it. */
  find(): FoundRecord | undefined {
    const from = this.position
    for (;;) {
      const found = this.#whole()
      if (found !== undefined) {
        if (this.position > from) this.#damaged(from, this.position - from)
        return { ...found, position: this.position }
      }
      if (!this.#toNextMagic()) break
    }
    if (this.position > from) this.#damaged(from, this.position - from)
    return undefined
  }

  skip({ sizeInBytes }: RecordHeader): void {
    this.position += sizeInBytes
  }

  #whole(): RecordHeader | undefined {
    if (!this.#have(recordHeaderBytes)) return undefined
    const header = readRecordHeader(this.#chunk, this.at)
    if (header === undefined || !this.#have(header.sizeInBytes)) return undefined
    return isWhole(this.#chunk, this.at, header) ? header : undefined
  }

  /** Moves to the next place behind this one where a record might begin; false, and at the end, where there is none. */
  #toNextMagic(): boolean {
    const magic = Buffer.alloc(4)
    magic.writeUInt32BE(recordMagic)
    this.position++
    while (this.#have(magic.length)) {
      const at = this.#chunk.indexOf(magic, this.at)
      if (at >= 0) {
        this.position = this.#chunkAt + at
        return true
      }
      this.position = this.#chunkAt + this.#chunk.length - (magic.length - 1)
    }
    this.position = this.file.size
    return false
  }

  /** Whether `length` bytes stand from `position` on; reads them if they were not. */
  #have(length: number): boolean {
    if (this.position + length > this.file.size) return false
    if (this.at >= 0 && this.at + length <= this.#chunk.length) return true
    this.#chunk = this.file.read(this.position, Math.max(length, scanBytes))
    this.#chunkAt = this.position
    return this.#chunk.length >= length
  }
}
