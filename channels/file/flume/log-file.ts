/**
 * One log file of Flume, read only. A record is an operation (one byte), a length (four) and so many bytes; behind the last one the file is filled up with
 * 0x80. There is no checksum over a record and no mark where one begins, but every head is encoded alike: that is what a reader looks for behind damage.
 */
import type { Disk } from '../../../src/io/disk.ts'
import { commitKinds, type Pointer, pointerOf, readCommit, readHead, readTake, recordTypes } from './messages.ts'
import { Malformed, unlessMalformed, WireReader } from './wire.ts'

/** The operation and the length. */
export const frameBytes = 5
const operations = { none: 0x00, record: 0x7f, end: 0x80 } as const
/** How every record begins behind its frame: a head of 23 bytes whose first field is the type. */
const headMark = Buffer.from([0x17, 0x0d])
const typeAt = frameBytes + headMark.length
/** Frame, mark, and a type of four bytes. */
const markedBytes = typeAt + 4
/** Nothing longer is believed: Flume's files end before 2 GB. */
const recordBytesMax = 1 << 30

/** A record that was found, with what a replay needs of it. */
export interface LogRecord {
  readonly position: number
  readonly sizeInBytes: number
  /** Where it stands. */
  readonly pointer: Pointer
  readonly type: number
  readonly transactionId: number
  readonly writeOrderId: number
  /** Of a take: the event. */
  readonly taken: Pointer
  /** Of a commit: one of `commitKinds`. */
  readonly commitKind: number
}

export class LogFile implements Disposable {
  readonly id: number
  readonly folder: string
  readonly path: string
  readonly size: number
  readonly #disk: Disk
  readonly #fd: number

  /** Throws system errors. */
  constructor(disk: Disk, folder: string, name: string, id: number) {
    this.#disk = disk
    this.id = id
    this.folder = folder
    this.path = `${folder}/${name}`
    this.#fd = disk.open(this.path, 'r')
    this.size = disk.fstat(this.#fd).size
  }

  /** Up to `length` bytes; fewer only at the end of the file. */
  read(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, this.size - position)))
    let got = 0
    while (got < bytes.length) {
      const more = this.#disk.read(this.#fd, bytes, got, bytes.length - got, position + got)
      if (more === 0) break
      got += more
    }
    return bytes.subarray(0, got)
  }

  [Symbol.dispose](): void {
    this.#disk.close(this.#fd)
  }
}

/** The second part of a record, whose three parts must fill it exactly. */
export const recordBody = (
  bytes: Buffer,
  at: number,
  end: number,
): { head: ReturnType<typeof readHead>; body: WireReader } => {
  const record = new WireReader(bytes, at, end)
  const head = readHead(record)
  const body = record.delimited()
  record.delimited()
  if (record.at !== end) throw new Malformed('a record has more than its three parts')
  return { head, body }
}

const chunkBytes = 1024 * 1024

/** Where the bytes of a file that stand in memory begin. */
class Chunk {
  readonly #file: LogFile
  bytes: Buffer = Buffer.alloc(0)
  from = 0

  constructor(file: LogFile) {
    this.#file = file
  }

  /** Whether `length` bytes stand from `position` on; reads them if they were not. */
  have(position: number, length: number): boolean {
    if (position + length > this.#file.size) return false
    if (position >= this.from && position + length <= this.from + this.bytes.length) return true
    this.bytes = this.#file.read(position, Math.max(length, chunkBytes))
    this.from = position
    return this.bytes.length >= length
  }
}

export interface ScanReport {
  /** Bytes between records that are none. */
  damaged(file: LogFile, position: number, length: number): void
  /** Bytes behind the last record that are neither one nor the filling: what was being written at the end. */
  tail(file: LogFile, position: number): void
}

interface Found {
  readonly position: number
  readonly sizeInBytes: number
  readonly record: LogRecord | undefined
}

/** Walks over the records of a log file from `position` on. */
export class LogScan {
  readonly file: LogFile
  readonly #report: ScanReport
  readonly #chunk: Chunk
  position: number

  constructor(file: LogFile, position: number, report: ScanReport) {
    this.file = file
    this.#report = report
    this.#chunk = new Chunk(file)
    // A position that a damaged side file tells is looked at before it is believed.
    const isKnown = position <= file.size && (this.#isFilling(position) || this.#whole(position) !== undefined)
    this.position = isKnown ? position : 0
  }

  /** The next record, or undefined at the end. */
  next(): LogRecord | undefined {
    for (;;) {
      const from = this.position
      const found = this.#find(from)
      if (found === undefined) break
      if (found.position > from) this.#report.damaged(this.file, from, found.position - from)
      this.position = found.position + found.sizeInBytes
      if (found.record !== undefined) return found.record
    }
    if (this.position < this.file.size && !this.#isFilling(this.position)) this.#report.tail(this.file, this.position)
    this.position = this.file.size
    return undefined
  }

  /** The first record from `from` on, or one that was removed. */
  #find(from: number): Found | undefined {
    for (let at: number | undefined = from; at !== undefined; at = this.#nextMark(at + 1)) {
      const record = this.#whole(at)
      if (record !== undefined) return { position: at, sizeInBytes: record.sizeInBytes, record }
      const sizeInBytes = this.#removed(at)
      if (sizeInBytes !== undefined) return { position: at, sizeInBytes, record: undefined }
    }
    return undefined
  }

  #isFilling(position: number): boolean {
    return !this.#chunk.have(position, 1) || this.#chunk.bytes[position - this.#chunk.from] === operations.end
  }

  /** The size of a record that Flume's integrity tool has removed by its operation; undefined where there is none. */
  #removed(position: number): number | undefined {
    const size = this.#framed(position, operations.none)
    if (size === undefined) return undefined
    const behind = position + size
    return this.#isFilling(behind) || this.#whole(behind) !== undefined ? size : undefined
  }

  /** The size of what is framed at `position` with this operation, if all of it is in the file. */
  #framed(position: number, operation: number): number | undefined {
    const chunk = this.#chunk
    if (!chunk.have(position, markedBytes)) return undefined
    const at = position - chunk.from
    const length = chunk.bytes.readInt32BE(at + 1)
    if (chunk.bytes[at] !== operation || length <= 0 || length > recordBytesMax) return undefined
    if (chunk.bytes[at + frameBytes] !== headMark[0] || chunk.bytes[at + frameBytes + 1] !== headMark[1])
      return undefined
    return position + frameBytes + length <= this.file.size ? frameBytes + length : undefined
  }

  #whole(position: number): LogRecord | undefined {
    const sizeInBytes = this.#framed(position, operations.record)
    if (sizeInBytes === undefined || !this.#chunk.have(position, sizeInBytes)) return undefined
    const at = position - this.#chunk.from
    return unlessMalformed(() => {
      const { head, body } = recordBody(this.#chunk.bytes, at + frameBytes, at + sizeInBytes)
      const { type, transactionId, writeOrderId } = head
      const taken = type === recordTypes.take ? readTake(body) : pointerOf(0, 0)
      const commitKind = type === recordTypes.commit ? readCommit(body) : commitKinds.puts
      const pointer = pointerOf(this.file.id, position)
      return { position, sizeInBytes, pointer, type, transactionId, writeOrderId, taken, commitKind }
    })
  }

  /** The first place from `position` on where a record might begin. */
  #nextMark(position: number): number | undefined {
    const chunk = this.#chunk
    for (let at = position + frameBytes; chunk.have(at, headMark.length);) {
      const found = chunk.bytes.indexOf(headMark, at - chunk.from)
      if (found >= 0) return chunk.from + found - frameBytes
      at = chunk.from + chunk.bytes.length - (headMark.length - 1)
    }
    return undefined
  }
}
