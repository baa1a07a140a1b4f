/**
 * The log's files, opened when first needed. With thousands of partitions not all can stay open: beyond the limit those used longest ago are
 * closed, and opened again on their next use.
 */
import type { Disk, OpenFlag } from '../../io/disk.ts'
import { openFilesAllowed } from '../../io/processes.ts'
import { systemCode } from '../../base/faults.ts'
import { Ring } from '../../base/ring.ts'

/** How many files of the log may be open at once, unless said otherwise: half of what the process may have, for connections need descriptors, too. */
const openFilesMax = Math.min(4096, (openFilesAllowed() ?? 8192) >> 1)
const tooMany = new Set(['EMFILE', 'ENFILE'])

/** Syncs that run at once: the system has few threads for them, and a file that is being synced cannot be closed to make room. */
const syncsMax = 32

export class OpenFiles {
  readonly disk: Disk
  #limit: number
  #open = new Set<LogFile>()
  #uses = 0
  #syncs = 0
  readonly #waiting = new Ring<() => void>()

  constructor(disk: Disk, limit: number = openFilesMax) {
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

  /** Opens, making room where the process may not have more files open. Throws system errors. */
  open(file: LogFile, flag: OpenFlag): number {
    if (this.#open.size >= this.#limit) this.#closeIdle()
    const fd = this.#openMakingRoom(file.path, flag)
    this.#open.add(file)
    return fd
  }

  #openMakingRoom(path: string, flag: OpenFlag): number {
    try {
      return this.disk.open(path, flag)
    } catch (thrown) {
      if (!tooMany.has(systemCode(thrown) ?? '') || this.#open.size === 0) throw thrown
    }
    this.#limit = Math.max(1, this.#open.size - (this.#open.size >> 2))
    this.#closeIdle()
    return this.disk.open(path, flag)
  }

  /** Runs a sync when fewer than `syncsMax` others do. */
  async sync(action: () => Promise<void>): Promise<void> {
    while (this.#syncs >= syncsMax) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#syncs++
    try {
      await action()
    } finally {
      this.#syncs--
      this.#waiting.shift()?.()
    }
  }

  closed(file: LogFile): void {
    this.#open.delete(file)
  }

  /** An eighth at a time, so that the sorting is paid for by many opens. Files that are being synced stay. */
  #closeIdle(): void {
    const idle = [...this.#open].filter((file) => !file.isPinned)
    idle.sort((a, b) => a.lastUse - b.lastUse)
    const excess = this.#open.size - this.#limit
    for (const file of idle.slice(0, Math.max(1, this.#limit >> 3, excess))) file.close()
  }
}

export class LogFile {
  path: string
  lastUse = 0
  #files: OpenFiles
  #fd = -1
  #pins = 0
  #closeWhenUnpinned = false
  #isAbandoned = false

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
    if (this.#fd === -1) this.#fd = this.#files.open(this, 'r+')
    return this.#fd
  }

  /** Like `fd`, and creates the file if it is missing. */
  fdCreating(): number {
    try {
      return this.fd()
    } catch (thrown) {
      if (systemCode(thrown) !== 'ENOENT') throw thrown
    }
    this.#fd = this.#files.open(this, 'wx+')
    return this.#fd
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

  /** Waits for the disk. */
  syncNow(): void {
    this.disk.syncNow(this.fd())
  }

  size(): number {
    return this.disk.fstat(this.fd()).size
  }

  /** Off the thread, a little later where many are under way; the file stays open meanwhile. */
  sync(): Promise<void> {
    return this.#files.sync(() => this.#sync())
  }

  async #sync(): Promise<void> {
    if (this.#isAbandoned) return
    const fd = this.fd()
    this.#pins++
    try {
      await this.disk.sync(fd)
    } finally {
      this.#pins--
      if (this.#pins === 0 && this.#closeWhenUnpinned) this.close()
    }
  }

  /** Closes it for good: it has lost its name, and syncs that still wait for their turn have nothing to do. */
  abandon(): void {
    this.#isAbandoned = true
    this.close()
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
