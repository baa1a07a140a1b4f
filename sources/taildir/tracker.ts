/** The files that are followed, by inode: what a look at the folders changes in them. Reading is not its affair. */
import type { FileGroups, FoundFile } from './file-groups.ts'
import type { StoredPosition } from './position-store.ts'
import { TailFile, type TailFileOptions, type TailFileStart } from './tail-file.ts'
import { folderOf } from '../../src/formats/json-file.ts'

/** Inodes are unique within a file system only, and two groups may stand on two. */
const keyOf = (folder: string, inode: number): string => `${inode} ${folder}`

export class Tracker {
  readonly #groups: FileGroups
  readonly #options: TailFileOptions
  readonly #files = new Map<string, TailFile>()
  readonly #stored = new Map<string, StoredPosition>()
  /** Files that are new at the first look begin at their end. */
  #skipToEnd: boolean

  constructor(groups: FileGroups, stored: readonly StoredPosition[], skipToEnd: boolean, options: TailFileOptions) {
    this.#groups = groups
    this.#options = options
    this.#skipToEnd = skipToEnd
    for (const position of stored) this.#stored.set(keyOf(folderOf(position.file), position.inode), position)
  }

  get files(): IterableIterator<TailFile> {
    return this.#files.values()
  }

  /** Looks at the folders. Returns the files that may have something to read. */
  scan(): TailFile[] {
    const seen = new Set<TailFile>()
    const toRead: TailFile[] = []
    for (const found of this.#groups.find()) {
      const file = this.#take(found)
      if (seen.has(file)) continue
      seen.add(file)
      if (found.stat.size !== file.position || found.stat.modifiedMs !== file.readMtimeMs) toRead.push(file)
    }
    this.#skipToEnd = false
    return toRead
  }

  /** A file that is no longer intact begins anew: same name and handle's inode, position 0. */
  restart(file: TailFile): TailFile {
    file.close()
    return this.#track({ inode: file.inode, path: file.path, group: file.group, position: 0 })
  }

  #take(found: FoundFile): TailFile {
    const key = keyOf(found.group.folder, found.stat.inode)
    const known = this.#files.get(key)
    if (known !== undefined) {
      if (known.path !== found.path) known.renamed(found.path)
      return known
    }
    const stored = this.#stored.get(key)
    const start = { inode: found.stat.inode, path: found.path, group: found.group }
    if (stored !== undefined) return this.#track({ ...start, position: stored.pos, print: stored.print })
    return this.#track({ ...start, position: this.#skipToEnd ? found.stat.size : 0 })
  }

  #track(start: TailFileStart): TailFile {
    const file = new TailFile(start, this.#options)
    this.#files.set(keyOf(start.group.folder, start.inode), file)
    return file
  }
}
