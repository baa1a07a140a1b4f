/** Which files belong to the source: each group is a folder and a regular expression on the file's name. No folder below is looked into. */
import { each, regex, row } from '../../src/config/setting-kinds.ts'
import type { Headers } from '../../src/flow/event.ts'
import type { Disk, DiskStat } from '../../src/io/disk.ts'

/** What a `filegroups.<g>` setting says. */
export interface GroupPath {
  readonly folder: string
  readonly pattern: RegExp
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
  return { folder: text.slice(0, slash) || '/', pattern: nameRule.parse(text.slice(slash + 1)) }
}

/** The setting `filegroups.*`. */
export const groupPaths = each(
  row<GroupPath, { readonly doc: string }>('path and pattern', groupPath, {
    doc: 'Folder of the group and, after the last `/`, a regular expression that whole file names must match.',
  }),
)

export const joinPath = (folder: string, name: string): string => (folder === '/' ? `/${name}` : `${folder}/${name}`)

/** Folders change their time in steps; one that changed so recently may change again within the same step. */
const settledAfterMs = 2000

interface Listing {
  readonly modifiedMs: number
  readonly names: readonly string[]
  /** The folder's time was old enough to be trusted: the names hold until it changes. */
  readonly lasting: boolean
}

/** Lists the groups' files; with `cache`, a folder is read again only when its time says that names came or went. */
export class FileGroups {
  readonly groups: readonly FileGroup[]
  readonly #disk: Disk
  readonly #now: () => number
  readonly #cache: boolean
  readonly #listings = new Map<FileGroup, Listing>()

  constructor(groups: readonly FileGroup[], disk: Disk, now: () => number, cache: boolean) {
    this.groups = groups
    this.#disk = disk
    this.#now = now
    this.#cache = cache
  }

  /** Every matching file, per group the one that was written to longest ago first. A folder that can't be listed throws. */
  find(): FoundFile[] {
    return this.groups.flatMap((group) =>
      this.#names(group)
        .map((name) => this.#found(group, joinPath(group.folder, name)))
        .filter((file) => file !== undefined)
        .sort((a, b) => a.stat.modifiedMs - b.stat.modifiedMs || (a.path < b.path ? -1 : 1)),
    )
  }

  #names(group: FileGroup): readonly string[] {
    const modifiedMs = this.#disk.stat(group.folder)?.modifiedMs ?? 0
    const known = this.#listings.get(group)
    if (this.#cache && known?.lasting === true && known.modifiedMs === modifiedMs) return known.names
    const names = this.#disk.list(group.folder).filter((name) => group.pattern.test(name))
    const lasting = modifiedMs > 0 && this.#now() - modifiedMs > settledAfterMs
    this.#listings.set(group, { modifiedMs, names, lasting })
    return names
  }

  #found(group: FileGroup, path: string): FoundFile | undefined {
    const stat = this.#disk.stat(path)
    return stat?.isFile === true ? { group, path, stat } : undefined
  }
}
