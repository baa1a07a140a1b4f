/** One followed file: its identity, its open handle, how far it was read, and how far what was read has settled. */
import type { Event, Headers } from '../../src/flow/event.ts'
import { LineReader, type LineReaderOptions } from '../../src/formats/line-reader.ts'
import type { Disk } from '../../src/io/disk.ts'
import type { FileGroup } from './file-groups.ts'
import { Fingerprint, type StoredPrint } from './fingerprint.ts'

export interface TailFileOptions {
  readonly disk: Disk
  readonly reading: Omit<LineReaderOptions, 'disk' | 'intact' | 'onLongLine'>
  /** The headers of a file's events. */
  readonly headersOf: (group: FileGroup, path: string) => Headers
  readonly onLongLine: (path: string, position: number) => void
}

export interface TailFileStart {
  readonly inode: number
  readonly path: string
  readonly group: FileGroup
  readonly position: number
  readonly print?: StoredPrint | undefined
}

export class TailFile {
  readonly inode: number
  readonly group: FileGroup
  readonly #options: TailFileOptions
  readonly #reader: LineReader
  readonly print: Fingerprint
  #path: string
  #headers: Headers
  #fd: number | undefined
  /** Everything before it has settled: what the position file says. */
  settled: number
  /** No matching name leads to it any more; it is read to its end through its handle. */
  departed = false
  /** When it last gave events or changed, on the monotonic clock. */
  activeMs = 0
  /** Its time when it was last read to the end. */
  readMtimeMs = -1

  constructor(start: TailFileStart, options: TailFileOptions) {
    this.inode = start.inode
    this.group = start.group
    this.#options = options
    this.#path = start.path
    this.#headers = options.headersOf(start.group, start.path)
    this.print = new Fingerprint(start.print)
    this.settled = start.position
    this.#reader = new LineReader(
      {
        ...options.reading,
        disk: options.disk,
        intact: () => this.isIntact(),
        onLongLine: (position) => options.onLongLine(this.#path, position),
      },
      start.position,
    )
  }

  get path(): string {
    return this.#path
  }

  get position(): number {
    return this.#reader.position
  }

  get isOpen(): boolean {
    return this.#fd !== undefined
  }

  /** The same file under another name. */
  renamed(path: string): void {
    this.#path = path
    this.#headers = this.#options.headersOf(this.group, path)
  }

  /** Throws the disk's errors. */
  open(): void {
    this.#fd ??= this.#options.disk.open(this.#path, 'r')
  }

  close(): void {
    if (this.#fd === undefined) return
    this.#options.disk.close(this.#fd)
    this.#fd = undefined
    this.#reader.release()
  }

  get size(): number {
    return this.#fd === undefined ? 0 : this.#options.disk.fstat(this.#fd).size
  }

  /** Whether the open file is still the one that was read up to `position`: not cut, not begun anew, not another under the same inode. */
  isIntact(): boolean {
    if (this.#fd === undefined) return true
    return this.size >= this.position && this.print.matches(this.#options.disk, this.#fd)
  }

  /** The next whole lines, at most `max`; none at the end of what is there, or when the file is no longer intact. */
  next(max: number): Event[] {
    return this.#fd === undefined ? [] : this.#reader.next(this.#fd, max, this.#headers)
  }
}
