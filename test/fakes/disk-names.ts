/** The folder tree of the fake disk: the names as programs see them, and as they would be after the power failed. */
import { dirname, normalize } from 'node:path'
import type { DiskStat } from '../../src/io/disk.ts'
import type { FakeFile } from './disk-file.ts'
import type { SeededRandom } from './random.ts'

export type Node = FakeFile | 'folder'
type Names = Map<string, Node>

/** A change of names, journalled: a file system keeps their order, and a synced folder makes all up to its last one durable. */
interface NameChange {
  readonly folders: readonly string[]
  apply(names: Names): void
}

export const statOf = (node: Node): DiskStat => {
  if (node === 'folder') return { size: 0, inode: 0, modifiedMs: 0, isFile: false, isDirectory: true }
  return { size: node.size, inode: node.inode, modifiedMs: node.modifiedMs, isFile: true, isDirectory: false }
}

export const systemError = (code: string, call: string, path: string): Error =>
  Object.assign(new Error(`${code}: ${call} '${path}'`), { code, syscall: call, path })

const below = (folder: string, path: string): boolean => path.startsWith(folder === '/' ? '/' : `${folder}/`)

export class FakeNames {
  #names: Names = new Map([['/', 'folder']])
  #durable: Names = new Map([['/', 'folder']])
  /** Of each volume. */
  readonly #journals: Map<string, NameChange[]>
  /** Bytes that the files in a folder may hold. */
  readonly #capacities: ReadonlyMap<string, number>

  /** `volumes` are folders whose file systems are their own; they are there from the start. */
  constructor(volumes: readonly string[] = [], capacities: ReadonlyMap<string, number> = new Map()) {
    this.#capacities = capacities
    this.#journals = new Map(['/', ...volumes].map((volume) => [volume, []]))
    for (const names of [this.#names, this.#durable]) for (const volume of volumes) names.set(volume, 'folder')
  }

  get(path: string): Node | undefined {
    return this.#names.get(normalize(path))
  }

  all(): IterableIterator<[string, Node]> {
    return this.#names.entries()
  }

  /** Where `path` lies, what may be filled: of its folder's own capacity, or of `capacityBytes`, which all others share. */
  space(path: string, capacityBytes: number): { totalBytes: number; usableBytes: number } {
    const folder = this.#limitedOf(normalize(path))
    const totalBytes = Math.min(this.#capacities.get(folder ?? '') ?? capacityBytes, 2 ** 50)
    let size = 0
    for (const [name, node] of this.#names) if (node !== 'folder' && this.#limitedOf(name) === folder) size += node.size
    return { totalBytes, usableBytes: Math.max(0, totalBytes - size) }
  }

  /** What of that may be filled; nothing is counted where there is no limit at all. */
  free(path: string, capacityBytes: number): number {
    const isLimited = capacityBytes !== Infinity || this.#capacities.size > 0
    return isLimited ? this.space(path, capacityBytes).usableBytes : Infinity
  }

  #limitedOf(path: string): string | undefined {
    return [...this.#capacities.keys()].find((folder) => path === folder || below(folder, path))
  }

  list(path: string): string[] {
    const folder = normalize(path)
    const found = this.#names.get(folder)
    if (found !== 'folder') throw systemError(found === undefined ? 'ENOENT' : 'ENOTDIR', 'scandir', path)
    const children = [...this.#names.keys()].filter((name) => name !== '/' && dirname(name) === folder)
    return children.map((name) => name.slice(folder === '/' ? 1 : folder.length + 1))
  }

  add(path: string, node: Node): void {
    const name = normalize(path)
    if (this.#names.get(dirname(name)) !== 'folder') throw systemError('ENOENT', 'open', path)
    this.#make({ folders: [dirname(name)], apply: (names) => void names.set(name, node) })
  }

  makeFolder(path: string): void {
    const name = normalize(path)
    const found = this.#names.get(name)
    if (found === 'folder') return
    if (found !== undefined) throw systemError('EEXIST', 'mkdir', path)
    this.makeFolder(dirname(name))
    this.add(name, 'folder')
  }

  rename(from: string, to: string): void {
    const [source, target] = [normalize(from), normalize(to)]
    const node = this.#names.get(source)
    if (node === undefined || this.#names.get(dirname(target)) !== 'folder') throw systemError('ENOENT', 'rename', from)
    if (this.#names.get(target) === 'folder' && this.list(target).length > 0)
      throw systemError('ENOTEMPTY', 'rename', to)
    this.#make({
      folders: [dirname(source), dirname(target)],
      apply(names) {
        for (const [name, moved] of names) {
          if (name !== source && !below(source, name)) continue
          names.delete(name)
          names.set(target + name.slice(source.length), moved)
        }
      },
    })
  }

  /** With all that is below; the caller has checked that it may go. */
  remove(path: string): void {
    const gone = normalize(path)
    this.#make({
      folders: [dirname(gone)],
      apply(names) {
        for (const name of names.keys()) if (name === gone || below(gone, name)) names.delete(name)
      },
    })
  }

  sync(path: string): void {
    const folder = normalize(path)
    const journal = this.#journalOf(folder)
    this.#settle(journal, journal.findLastIndex((change) => change.folders.includes(folder)) + 1)
  }

  /** Keeps what was synced and a random part of what came after, in the order that each volume has. */
  losePower(random: SeededRandom): void {
    for (const journal of this.#journals.values()) {
      this.#settle(journal, random.below(journal.length + 1))
      journal.length = 0
    }
    this.#names = new Map(this.#durable)
  }

  #make(change: NameChange): void {
    change.apply(this.#names)
    this.#journalOf(change.folders[0] ?? '/').push(change)
  }

  #settle(journal: NameChange[], count: number): void {
    for (const change of journal.splice(0, count)) change.apply(this.#durable)
  }

  #journalOf(folder: string): NameChange[] {
    for (const [volume, journal] of this.#journals)
      if (volume !== '/' && (folder === volume || below(volume, folder))) return journal
    return this.#journals.get('/') ?? []
  }
}
