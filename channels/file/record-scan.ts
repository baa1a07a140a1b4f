/** The walk over the records of a data file, whole ones only, whatever stands between them. */
import type { RecordForm, RecordHeader } from './record-form.ts'
import { fileHeaderBytes } from './data-file-header.ts'

/** What is walked through. */
export interface RecordFile {
  readonly size: number
  readonly form: RecordForm
  /** Up to `length` bytes from `position` on; fewer only at the end. They lie in `scratch` where that has room. */
  read(position: number, length: number, scratch?: Buffer): Buffer
}

/** Where a record was found. */
export interface FoundRecord extends RecordHeader {
  readonly position: number
}

const scanBytes = 1024 * 1024

/**
 * Walks over the records of a file from `position` on. What is damaged is stepped over, and told to `damaged`: the whole record where its header can be
 * believed, and byte by byte to the next record else. Reads a megabyte at a time, and as much more as one record needs.
 */
export class RecordScan<F extends RecordFile = RecordFile> {
  readonly file: F
  readonly #damaged: (position: number, length: number) => void
  #chunk: Buffer = Buffer.alloc(0)
  /** Of the chunk's first byte. */
  #chunkAt = 0
  position: number
  /** Where what was stepped over and not told yet begins. */
  #damagedFrom: number | undefined
  readonly #isReused: boolean
  #scratch: Buffer | undefined

  /** With `isReused` the bytes of one chunk are written over by the next. */
  constructor(file: F, position: number, damaged: (position: number, length: number) => void, isReused = false) {
    this.#isReused = isReused
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

  get isAtEnd(): boolean {
    return this.position >= this.file.size
  }

  /**
   * The record at or after `position`, which it moves there; undefined at the end, and where none was found in `bytesMax`: then it goes on from there when
   * it is called again. Call `skip` to go on behind a record.
   */
  find(bytesMax = Infinity): FoundRecord | undefined {
    const from = (this.#damagedFrom ??= this.position)
    const until = this.position + bytesMax
    let found: RecordHeader | undefined
    while (!this.isAtEnd && found === undefined && this.position < until) {
      const header = this.#header()
      if (header === undefined) this.#toNextMagic(until)
      else if (this.#isWhole(header)) found = header
      else if (this.file.form.isHeaderChecked) this.skip(header)
      else this.#toNextMagic(until)
    }
    if (found === undefined && !this.isAtEnd) return undefined
    this.#damagedFrom = undefined
    if (this.position > from) this.#damaged(from, this.position - from)
    return found === undefined ? undefined : { ...found, position: this.position }
  }

  skip({ sizeInBytes }: RecordHeader): void {
    this.position = Math.min(this.position + sizeInBytes, this.file.size)
  }

  #header(): RecordHeader | undefined {
    const { form } = this.file
    return this.#have(form.headerBytes) ? form.header(this.#chunk, this.at, this.position) : undefined
  }

  #isWhole(header: RecordHeader): boolean {
    return this.#have(header.sizeInBytes) && this.file.form.isWhole(this.#chunk, this.at, this.position, header)
  }

  /** Moves to the next place behind this one where a record might begin; to the end where there is none, or beyond `until`. */
  #toNextMagic(until: number): void {
    const { magic } = this.file.form
    this.position++
    while (this.#have(magic.length)) {
      if (this.position >= until) return
      const at = this.#chunk.indexOf(magic, this.at)
      if (at >= 0) {
        this.position = this.#chunkAt + at
        return
      }
      this.position = this.#chunkAt + this.#chunk.length - (magic.length - 1)
    }
    this.position = this.file.size
  }

  /** Whether `length` bytes stand from `position` on; reads them if they were not. */
  #have(length: number): boolean {
    if (this.position + length > this.file.size) return false
    if (this.at >= 0 && this.at + length <= this.#chunk.length) return true
    const bytes = Math.max(length, scanBytes)
    if (this.#isReused && (this.#scratch?.length ?? 0) < bytes) this.#scratch = Buffer.allocUnsafeSlow(bytes)
    this.#chunk = this.file.read(this.position, bytes, this.#scratch)
    this.#chunkAt = this.position
    return this.#chunk.length >= length
  }
}
