/**
 * The files that are followed: what a look at the folders changes in them. A file is its inode within its folder plus the print of its first
 * bytes; names come and go. A file whose name no longer matches has departed: it is read to its end and forgotten once it is idle.
 */
import type { Log } from '../../src/base/log.ts'
import { isDiskError } from '../../src/formats/disk-error.ts'
import { folderOf } from '../../src/formats/json-file.ts'
import type { FileGroup, FileGroups, FoundFile } from './file-groups.ts'
import type { Handles } from './handles.ts'
import type { StoredPosition } from './position-store.ts'
import { TailFile, type TailFileOptions, type TailFileStart } from './tail-file.ts'

export interface TrackerOptions {
  readonly groups: FileGroups
  readonly handles: Handles
  readonly stored: readonly StoredPosition[]
  /** Files that are new at the first look begin at their end. */
  readonly skipToEnd: boolean
  /** A file that has not changed for so long is closed, and forgotten if it has departed. */
  readonly idleMs: number
  /** What stands behind the last line end of a file goes out when the file has not changed for so long. */
  readonly lastLineMs: number
  readonly nowMs: () => number
  readonly log: Log
  readonly tailing: TailFileOptions
  /** The set of files, or one's name or position, has changed other than by reading. */
  readonly onChange: () => void
  /** A file can't be opened or read. */
  readonly onTrouble: (file: TailFile, thrown: unknown) => void
}

/** Inodes are unique within a file system only, and two groups may stand on two. */
const keyOf = (folder: string, inode: number): string => `${inode} ${folder}`

export class Tracker {
  readonly #options: TrackerOptions
  readonly #files = new Map<string, TailFile>()
  /** Positions of an earlier run whose files have not been seen yet. */
  readonly #unseen = new Map<string, StoredPosition>()
  #skipToEnd: boolean

  constructor(options: TrackerOptions) {
    this.#options = options
    this.#skipToEnd = options.skipToEnd
    for (const stored of options.stored) this.#unseen.set(keyOf(folderOf(stored.file), stored.inode), stored)
  }

  /** Everything worth storing: positions of followed files, and those of files whose folder could not be listed so far. */
  positions(): StoredPosition[] {
    const followed = [...this.#files.values()].map((file) => ({
      inode: file.inode,
      pos: file.settled,
      file: file.path,
      print: file.print.toStored(),
    }))
    return [...followed, ...this.#unseen.values()]
  }

  /** Looks at the folders, opens what is new, closes what is idle. Returns the files that may have something to read, in reading order. */
  scan(): TailFile[] {
    const { groups } = this.#options
    const found = groups.find()
    const seen = new Set<TailFile>()
    const due: TailFile[] = []
    for (const one of found) {
      const file = this.#take(one)
      if (seen.has(file)) continue
      seen.add(file)
      if (this.#isDue(file, file.differs(one.stat))) due.push(file)
    }
    this.#resume()
    for (const file of this.#files.values()) {
      if (!file.departed && !seen.has(file) && groups.isListed(file.group.folder)) this.#depart(file)
    }
    const departed = [...this.#files.values()].filter((file) => file.departed)
    const leaving = departed.filter((file) => file.isOpen && this.#isDue(file, this.hasNews(file)))
    this.#closeIdle()
    this.#skipToEnd = false
    return [...leaving, ...due]
  }

  /** Whether the file, if it is still there, may have something to read. */
  hasNews(file: TailFile): boolean {
    const stat = this.#guarded(file, () => (file.isOpen ? file.stat() : this.#options.tailing.disk.stat(file.path)))
    if (stat !== undefined) return stat.inode === file.inode && file.differs(stat)
    this.#options.handles.close(file)
    if (file.departed) this.#depart(file)
    return false
  }

  /** Whether what stands behind the file's last line end has waited long enough. */
  isRestDue(file: TailFile): boolean {
    return file.unfinished > 0 && this.#options.nowMs() - file.activeMs >= this.#options.lastLineMs
  }

  /** A file that is no longer intact is read anew, under the same name and handle; undefined for one that has departed. */
  restart(file: TailFile): TailFile | undefined {
    const { handles, log, nowMs } = this.#options
    if (file.departed) {
      this.#forget(file)
      return undefined
    }
    const { path, inode, position } = file
    const size = file.isOpen ? file.stat().size : 0
    if (size < position) {
      log.info(`Pos ${position} is larger than file size! Restarting from pos 0, file: ${path}, inode: ${inode}`)
    } else log.info(`Other content than before under this inode: restarting from pos 0, file: ${path}, inode: ${inode}`)
    const fresh = file.anew(nowMs())
    handles.replace(file, fresh)
    this.#files.set(keyOf(fresh.group.folder, inode), fresh)
    this.#options.onChange()
    return fresh
  }

  #isDue(file: TailFile, differs: boolean): boolean {
    if (differs) this.#openEarly(file)
    return differs || this.isRestDue(file)
  }

  /** Opens a file before its turn, while there is room: then no rotation can take it away unread. */
  #openEarly(file: TailFile): void {
    const { handles } = this.#options
    if (file.isOpen || handles.isFull) return
    this.#guarded(file, () => handles.open(file))
  }

  #take({ group, path, stat }: FoundFile): TailFile {
    const key = keyOf(group.folder, stat.inode)
    const known = this.#files.get(key)
    if (known !== undefined) {
      if (known.path !== path) this.#rename(known, path)
      known.departed = false
      return known
    }
    const stored = this.#unseen.get(key)
    this.#unseen.delete(key)
    const start = { inode: stat.inode, path, group }
    if (stored !== undefined && (stored.print !== undefined || stored.file === path)) {
      return this.#track({ ...start, position: stored.pos, print: stored.print })
    }
    if (stored !== undefined) this.#sayMissing(stored)
    return this.#track({ ...start, position: this.#skipToEnd ? stat.size : 0 })
  }

  #track(start: TailFileStart): TailFile {
    const file = new TailFile(start, this.#options.tailing, this.#options.nowMs())
    this.#files.set(keyOf(start.group.folder, start.inode), file)
    this.#options.onChange()
    return file
  }

  #rename(file: TailFile, path: string): void {
    this.#options.log.info(`File ${file.path} was renamed to ${path}, inode: ${file.inode}; reading goes on.`)
    this.#options.handles.rename(file, path)
    this.#options.onChange()
  }

  /** No matching name leads to the file any more. Where no handle is open, its new name is looked for: it may have grown since. */
  #depart(file: TailFile): void {
    file.departed = true
    if (file.isOpen) return
    const { groups, handles } = this.#options
    const path = this.#guarded(file, () => groups.withInode(file.group.folder, file.inode))
    if (path === undefined) return this.#forget(file)
    this.#guarded(file, () => handles.open(file, path))
    if (!file.isOpen) this.#forget(file)
  }

  /** Positions of an earlier run whose files match no more: renamed while nobody looked, perhaps with unread lines, or deleted. */
  #resume(): void {
    const { groups } = this.#options
    for (const [key, stored] of this.#unseen) {
      const folder = folderOf(stored.file)
      const group = groups.groups.find((g) => g.folder === folder)
      if (group !== undefined && !groups.isListed(folder)) continue
      this.#unseen.delete(key)
      this.#options.onChange()
      if (group === undefined || !this.#resumed(group, stored)) this.#sayMissing(stored)
    }
  }

  #resumed(group: FileGroup, stored: StoredPosition): boolean {
    if (stored.print === undefined) return false
    const file = this.#track({ ...stored, path: stored.file, group, position: stored.pos })
    this.#depart(file)
    if (file.isOpen && file.isIntact()) return true
    this.#forget(file)
    return false
  }

  #closeIdle(): void {
    const { handles, idleMs, nowMs, log } = this.#options
    const now = nowMs()
    for (const file of this.#files.values()) {
      if (file.departed && !file.isOpen && file.isSettled) this.#forget(file)
      if (!file.isOpen || !file.atEnd || now - file.activeMs < idleMs || this.isRestDue(file)) continue
      if (this.hasNews(file) || (file.departed && !file.isSettled)) continue
      log.info(`Closed file: ${file.path}, inode: ${file.inode}, pos: ${file.position}`)
      if (file.departed) this.#forget(file)
      else handles.close(file)
    }
  }

  #forget(file: TailFile): void {
    this.#options.handles.close(file)
    if (this.#files.delete(keyOf(file.group.folder, file.inode))) this.#options.onChange()
  }

  #sayMissing({ file, inode, pos }: StoredPosition): void {
    this.#options.log.info(`Missing file: ${file}, inode: ${inode}, pos: ${pos}`)
  }

  /** The outcome of an operation on a file, or undefined with the trouble said. */
  #guarded<T>(file: TailFile, operation: () => T): T | undefined {
    try {
      return operation()
    } catch (thrown) {
      if (!isDiskError(thrown)) throw thrown
      this.#options.onTrouble(file, thrown)
      return undefined
    }
  }
}
