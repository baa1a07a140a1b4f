/** One followed file: its identity, its open handle, how far it was read, and how far what was read has settled. */
import type { Event, Headers } from '../../src/flow/event.ts'
import { LineReader, type LineReaderOptions } from '../../src/formats/line-reader.ts'
import type { Disk, DiskStat } from '../../src/io/disk.ts'
import type { FileGroup } from './file-groups.ts'
import { Fingerprint, type StoredPrint } from './fingerprint.ts'
import { afterHole } from './hole.ts'

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
  readonly print: Fingerprint
  readonly #options: TailFileOptions
  readonly #reader: LineReader
  #path: string
  #headers: Headers
  #fd: number | undefined
  /** The file when its end was last reached; before that, one that no file equals. */
  #endSeen: Pick<DiskStat, 'size' | 'modifiedMs'> = { size: -1, modifiedMs: -1 }
  /** Everything before it has settled: what the position file says. */
  settled: number
  /** Everything before it was delivered. */
  delivered: number
  /** No matching name leads to it any more; it is read to its end and then forgotten. */
  departed = false
  /** When it was last seen to grow, on the monotonic clock. */
  activeMs: number
  /** What was last said to be wrong with it. */
  trouble = ''

  constructor(start: TailFileStart, options: TailFileOptions, nowMs: number) {
    this.inode = start.inode
    this.group = start.group
    this.print = new Fingerprint(start.print)
    this.#options = options
    this.#path = start.path
    this.#headers = options.headersOf(start.group, start.path)
    this.settled = start.position
    this.delivered = start.position
    this.activeMs = nowMs
    const { disk, reading } = options
    const onLongLine = (position: number): void => options.onLongLine(this.#path, position)
    this.#reader = new LineReader({ ...reading, disk, onLongLine, intact: () => this.#hasPrint() }, start.position)
  }

  /** The name it was last known by. */
  get path(): string {
    return this.#path
  }

  get position(): number {
    return this.#reader.position
  }

  get isOpen(): boolean {
    return this.#fd !== undefined
  }

  /** Its end was reached, and nothing has been seen since that would lie behind it. */
  get atEnd(): boolean {
    return this.#endSeen.size >= 0
  }

  /** Nothing that was delivered is still on its way. */
  get isSettled(): boolean {
    return this.settled === this.delivered
  }

  /** Bytes behind the last whole line, when its end was last reached. */
  get unfinished(): number {
    return Math.max(0, this.#endSeen.size - this.position)
  }

  /** The same file under another matching name. */
  renamed(path: string): void {
    this.#path = path
    this.#headers = this.#options.headersOf(this.group, path)
  }

  /**
   * Opens it, by another name where the one it is known by no longer leads to it. False, and not open, when another file has come to bear the name
   * since it was looked at. Throws the disk's errors.
   */
  open(at = this.#path): boolean {
    if (this.#fd !== undefined) return true
    const { disk } = this.#options
    const fd = disk.open(at, 'r')
    if (disk.fstat(fd).inode === this.inode) this.#fd = fd
    else disk.close(fd)
    return this.isOpen
  }

  close(): void {
    if (this.#fd !== undefined) this.#options.disk.close(this.#fd)
    this.#fd = undefined
    this.#reader.release()
  }

  /** The open file's size and time. Throws when it is not open. */
  stat(): DiskStat {
    return this.#options.disk.fstat(this.#fd ?? -1)
  }

  /** Whether a file that looks like this may have something to read. */
  differs(stat: DiskStat): boolean {
    const { size, modifiedMs } = this.#endSeen
    return stat.size !== size || stat.modifiedMs !== modifiedMs
  }

  /** Its end was reached when it looked like `stat`. Lets the memory of the last chunk go. */
  reachedEnd(stat: DiskStat, nowMs: number): void {
    if (stat.size !== this.#endSeen.size) this.activeMs = nowMs
    this.#endSeen = { size: stat.size, modifiedMs: stat.modifiedMs }
    this.#reader.release()
  }

  /** Whether the open file is still the one that was read up to `position`: not cut, not begun anew, not another under the same inode. */
  isIntact(): boolean {
    return this.#fd === undefined || (this.stat().size >= this.position && this.#hasPrint())
  }

  /** Whether it still begins as it did: right after a read from `position` that found something, all there is to ask, since it was not cut before that. */
  #hasPrint(): boolean {
    return this.#fd === undefined || this.print.matches(this.#options.disk, this.#fd)
  }

  /** The next whole lines, at most `max`; none at the end of what is there, or when the file is no longer intact. */
  next(max: number): Event[] {
    return this.#fd === undefined ? [] : this.#reader.next(this.#fd, max, this.#headers)
  }

  /** What stands behind the last whole line, right after `next` found no more. */
  rest(): Event | undefined {
    return this.#reader.rest(this.#headers)
  }

  /** The same open file begun anew: cut, or written afresh. This object keeps what its unsettled events need and reads no more. */
  anew(nowMs: number): TailFile {
    const { inode, group, path } = this
    const position = this.#fd === undefined ? 0 : afterHole(this.#options.disk, this.#fd, this.position)
    const fresh = new TailFile({ inode, group, path, position }, this.#options, nowMs)
    fresh.#fd = this.#fd
    this.#fd = undefined
    this.#reader.release()
    return fresh
  }
}
