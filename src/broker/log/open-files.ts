/**
 * The log's files, opened when first needed. With thousands of partitions not all can stay open: beyond the limit those used longest ago are
 * closed, and opened again on their next use.
 */
import type { Disk } from '../../io/disk.ts'
import { systemCode } from '../../base/faults.ts'

/** How many files of the log may be open at once, unless said otherwise. Connections need descriptors, too. */
export const openFilesMax = 4096

export class OpenFiles {
  readonly disk: Disk
  #limit: number
  #open = new Set<LogFile>()
  #uses = 0

  constructor(disk: Disk, limit = openFilesMax) {
    this.disk = disk
    this.#limit = limit
  }

  get count(): number {
    return this.#open.size
  }

  /** The number of this use: the smaller a file's, the longer it has been idle. */
  use(): number {
    return ++this.#uses
  }

  opened(file: LogFile): void {
    this.#open.add(file)
    if (this.#open.size > this.#limit) this.#closeIdle(file)
  }

  closed(file: LogFile): void {
    this.#open.delete(file)
  }

  /** An eighth at a time, so that the sorting is paid for by many opens. Files that are being synced stay. */
  #closeIdle(keep: LogFile): void {
    const idle = [...this.#open].filter((file) => file !== keep && !file.isPinned)
    idle.sort((a, b) => a.lastUse - b.lastUse)
    for (const file of idle.slice(0, Math.max(1, this.#limit >> 3))) file.close()
  }
}

export class LogFile {
  path: string
  lastUse = 0
  #files: OpenFiles
  #fd = -1
  #pins = 0
  #closeWhenUnpinned = false

  constructor(files: OpenFiles, path: string) {
    this.#files = files
    this.path = path
  }

  get disk(): Disk {
    return this.#files.disk
  }

  get isPinned(): boolean {
    return this.#pins > 0
  }

  exists(): boolean {
    return this.#fd !== -1 || this.disk.stat(this.path) !== undefined
  }

  /** The open descriptor of the existing file; good until the next call on any file. Throws ENOENT. */
  fd(): number {
    this.lastUse = this.#files.use()
    if (this.#fd === -1) this.#opened(this.disk.open(this.path, 'r+'))
    return this.#fd
  }

  /** Like `fd`, and creates the file if it is missing. */
  fdCreating(): number {
    try {
      return this.fd()
    } catch (thrown) {
      if (systemCode(thrown) !== 'ENOENT') throw thrown
    }
    this.#opened(this.disk.open(this.path, 'wx+'))
    return this.#fd
  }

  #opened(fd: number): void {
    this.#fd = fd
    this.#files.opened(this)
  }

  /** Bytes read, fewer than `length` only at the end of the file. */
  read(into: Buffer, offset: number, length: number, position: number): number {
    const fd = this.fd()
    let got = 0
    while (got < length) {
      const more = this.disk.read(fd, into, offset + got, length - got, position + got)
      if (more === 0) break
      got += more
    }
    return got
  }

  /** Writes all of `length`, or throws with an unknown part of it written. Creates the file if it is missing. */
  write(from: Buffer, offset: number, length: number, position: number): void {
    const fd = this.fdCreating()
    for (let done = 0; done < length;) done += this.disk.write(fd, from, offset + done, length - done, position + done)
  }

  truncate(length: number): void {
    this.disk.truncate(this.fd(), length)
  }

  size(): number {
    return this.disk.fstat(this.fd()).size
  }

  /** Off the thread; the file stays open meanwhile. */
  async sync(): Promise<void> {
    const fd = this.fd()
    this.#pins++
    try {
      await this.disk.sync(fd)
    } finally {
      this.#pins--
      if (this.#pins === 0 && this.#closeWhenUnpinned) this.close()
    }
  }

  /** Once a running sync has ended. */
  close(): void {
    if (this.#fd === -1) return
    this.#closeWhenUnpinned = this.isPinned
    if (this.isPinned) return
    const fd = this.#fd
    this.#fd = -1
    this.#files.closed(this)
    this.disk.close(fd)
  }
}
