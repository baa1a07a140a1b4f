/** Which files belong to the source: each group is a folder and a regular expression on the file's name. No folder below is looked into. */
import { each, regex, row } from '../../src/config/setting-kinds.ts'
import type { Headers } from '../../src/flow/event.ts'
import { isDiskError } from '../../src/formats/disk-error.ts'
import type { Disk, DiskStat } from '../../src/io/disk.ts'

/** What a `filegroups.<g>` setting says. */
export interface GroupPath {
  readonly folder: string
  readonly pattern: RegExp
  /** As it was written. */
  readonly text: string
}

export interface FileGroup extends GroupPath {
  readonly name: string
  /** The group's static headers; every file's headers begin with them. */
  readonly headers: Headers
}

/** A file that a group's pattern matches now. */
export interface FoundFile {
  readonly group: FileGroup
  readonly path: string
  readonly stat: DiskStat
}

const nameRule = regex({ doc: 'The file name', whole: true, required: true })

const groupPath = (text: string): GroupPath => {
  if (!text.startsWith('/')) throw new Error(`'${text}' is not an absolute path`)
  const slash = text.lastIndexOf('/')
  if (slash === text.length - 1) throw new Error(`'${text}' names a folder; a pattern for the file names must follow`)
  return { folder: text.slice(0, slash) || '/', pattern: nameRule.parse(text.slice(slash + 1)), text }
}

/** The setting `filegroups.*`. */
export const groupPaths = each(
  row<GroupPath, { readonly doc: string }>('path and pattern', groupPath, {
    doc: 'Folder of the group and, after the last `/`, a regular expression that whole file names must match.',
  }),
)

const joinPath = (folder: string, name: string): string => (folder === '/' ? `/${name}` : `${folder}/${name}`)

/** Folders change their time in steps; one that changed so recently may change again within the same step. */
const settledAfterMs = 2000

interface Listing {
  readonly modifiedMs: number
  readonly names: readonly string[]
  /** The folder's time was old enough to be trusted: the names hold until it changes. */
  readonly lasting: boolean
}

export interface FileGroupsOptions {
  readonly disk: Disk
  readonly now: () => number
  /** A folder is read again only when its time says that names came or went. */
  readonly cache: boolean
  /** Files that are never followed, whatever the patterns say: the source's own. */
  readonly isOwn: (path: string) => boolean
  /** A folder can't be listed (`problem`), or can again (undefined). Called when that changes. */
  readonly onFolder: (folder: string, problem: string | undefined) => void
}

/** Lists the groups' files. */
export class FileGroups {
  readonly groups: readonly FileGroup[]
  readonly #options: FileGroupsOptions
  readonly #listings = new Map<FileGroup, Listing>()
  readonly #troubles = new Map<string, string>()

  constructor(groups: readonly FileGroup[], options: FileGroupsOptions) {
    this.groups = groups
    this.#options = options
  }

  /** Every matching file, per group the one that was written to longest ago first. */
  find(): FoundFile[] {
    return this.groups.flatMap((group) =>
      this.#names(group)
        .map((name) => joinPath(group.folder, name))
        .filter((path) => !this.#options.isOwn(path))
        .map((path) => this.#found(group, path))
        .filter((file) => file !== undefined)
        .sort((a, b) => a.stat.modifiedMs - b.stat.modifiedMs || (a.path < b.path ? -1 : 1)),
    )
  }

  /** Whether the last `find` could list the folder: only then does a missing file mean something. */
  isListed(folder: string): boolean {
    return !this.#troubles.has(folder)
  }

  /** The path of the file with that inode in a folder, whatever its name. */
  withInode(folder: string, inode: number): string | undefined {
    const { disk } = this.#options
    const paths = disk.list(folder).map((name) => joinPath(folder, name))
    return paths.find((path) => {
      const stat = statOf(disk, path)
      return stat?.inode === inode && stat.isFile
    })
  }

  #names(group: FileGroup): readonly string[] {
    const { disk, now, cache } = this.#options
    try {
      const modifiedMs = disk.stat(group.folder)?.modifiedMs ?? 0
      const known = this.#listings.get(group)
      if (cache && known?.lasting === true && known.modifiedMs === modifiedMs) return known.names
      const names = disk.list(group.folder).filter((name) => group.pattern.test(name))
      this.#folder(group.folder, undefined)
      this.#listings.set(group, { modifiedMs, names, lasting: modifiedMs > 0 && now() - modifiedMs > settledAfterMs })
      return names
    } catch (thrown) {
      if (!isDiskError(thrown)) throw thrown
      this.#listings.delete(group)
      this.#folder(group.folder, thrown.code)
      return []
    }
  }

  #folder(folder: string, problem: string | undefined): void {
    if (this.#troubles.get(folder) === problem) return
    if (problem === undefined) this.#troubles.delete(folder)
    else this.#troubles.set(folder, problem)
    this.#options.onFolder(folder, problem)
  }

  #found(group: FileGroup, path: string): FoundFile | undefined {
    const stat = statOf(this.#options.disk, path)
    return stat?.isFile === true ? { group, path, stat } : undefined
  }
}

/** A name that can't be looked at (a dangling link, a folder without permission) is as good as none. */
const statOf = (disk: Disk, path: string): DiskStat | undefined => {
  try {
    return disk.stat(path)
  } catch (thrown) {
    if (!isDiskError(thrown)) throw thrown
    return undefined
  }
}
