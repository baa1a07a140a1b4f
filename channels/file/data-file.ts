/**
 * One data file: a header that says which file it is and where its ordinals begin, and put records one after the other. It is appended to by the process
 * that created it and by no other: every start begins a new one, so that what a crash left behind is never written over. Throws system errors.
 */
import { join } from 'node:path'
import { crc32c } from '../../src/base/checksums.ts'
import type { Disk } from '../../src/io/disk.ts'
import { writeWhole } from '../../src/io/write-whole.ts'
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

/** Where a record was found. */
export interface FoundRecord extends RecordHeader {
  readonly position: number
}

export class DataFile {
  readonly id: number
  readonly folder: string
  readonly path: string
  readonly firstOrdinal: number
  /** After the last ordinal; what is beyond the records that were found never was acknowledged. */
  endOrdinal: number
  size: number
  /** All its events were taken for good, and it is gone, or is to go. */
  isDone = false
  readonly #disk: Disk
  #fd: number | undefined

  private constructor(disk: Disk, folder: string, id: number, firstOrdinal: number, size: number) {
    this.#disk = disk
    this.folder = folder
    this.id = id
    this.path = join(folder, dataFileName(id))
    this.firstOrdinal = firstOrdinal
    this.endOrdinal = firstOrdinal
    this.size = size
  }

  /** Makes a new, empty one that lasts, header and name: only the newest file can be without a header after a loss of power. */
  static create(disk: Disk, folder: string, id: number, firstOrdinal: number): DataFile {
    const file = new DataFile(disk, folder, id, firstOrdinal, 0)
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

  /** Opens one that is there; undefined when its header is not whole, as after a crash while it was made. */
  static open(disk: Disk, folder: string, id: number): DataFile | undefined {
    const path = join(folder, dataFileName(id))
    const fd = disk.open(path, 'r')
    try {
      const header = Buffer.alloc(fileHeaderBytes)
      const got = disk.read(fd, header, 0, fileHeaderBytes, 0)
      const firstOrdinal = Number(header.readBigUInt64BE(ordinalAt))
      if (got === fileHeaderBytes && headerOf(id, firstOrdinal).equals(header)) {
        const file = new DataFile(disk, folder, id, firstOrdinal, disk.fstat(fd).size)
        file.#fd = fd
        return file
      }
    } catch (thrown) {
      disk.close(fd)
      throw thrown
    }
    disk.close(fd)
    return undefined
  }

  /** Appends all of `bytes`, or throws; after it has thrown nothing more may be appended. */
  append(bytes: Buffer): void {
    writeWhole(this.#disk, this.#opened(), bytes, this.size)
    this.size += bytes.length
  }

  sync(): Promise<void> {
    return this.#disk.sync(this.#opened())
  }

  /** Up to `length` bytes from `position` on; fewer only at the end of the file. */
  read(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, this.size - position)))
    let got = 0
    while (got < bytes.length) {
      const more = this.#disk.read(this.#opened(), bytes, got, bytes.length - got, position + got)
      if (more === 0) break
      got += more
    }
    return bytes.subarray(0, got)
  }

  close(): void {
    if (this.#fd === undefined) return
    const fd = this.#fd
    this.#fd = undefined
    this.#disk.close(fd)
  }

  remove(): void {
    this.isDone = true
    this.close()
    this.#disk.unlink(this.path)
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
