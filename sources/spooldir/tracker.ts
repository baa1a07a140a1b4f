/**
 * What the source remembers between runs, as a small JSON file in the tracker folder: files that were begun and not retired, how far they have
 * settled, and which were set aside. Files that are retired need no memory.
 */
import { reasonOf } from '../../src/base/faults.ts'
import type { Log } from '../../src/base/log.ts'
import { replaceFile } from '../../src/formats/json-file.ts'
import { readWhole } from '../../src/io/read-whole.ts'
import type { Disk, DiskStat } from '../../src/io/disk.ts'
import type { SpoolFile } from './spool-file.ts'

export interface TrackedFile {
  readonly file: string
  readonly inode: number
  readonly size: number
  readonly modifiedMs: number
  readonly pos: number
  readonly aside?: string
  readonly held?: boolean
}

const isTracked = (entry: unknown): entry is TrackedFile => {
  const { file, inode, size, modifiedMs, pos } = (entry ?? {}) as Partial<Record<keyof TrackedFile, unknown>>
  return typeof file === 'string' && [inode, size, modifiedMs, pos].every((n) => typeof n === 'number' && n >= 0)
}

export class Tracker {
  readonly #disk: Disk
  readonly #path: string
  readonly #log: Log
  readonly #stored = new Map<string, TrackedFile>()

  constructor(disk: Disk, path: string, log: Log) {
    this.#disk = disk
    this.#path = path
    this.#log = log
  }

  /** Reads what an earlier run left. A broken file is said and kept aside: its files are then read again from their beginning. */
  load(): void {
    const bytes = readWhole(this.#disk, this.#path)
    if (bytes === undefined) return
    try {
      const found: unknown = JSON.parse(bytes.toString())
      if (!Array.isArray(found)) throw new Error('it holds no JSON array')
      for (const entry of found.filter((one) => isTracked(one))) this.#stored.set(entry.file, entry)
    } catch (thrown) {
      this.#disk.rename(this.#path, `${this.#path}.broken`)
      this.#log.error(
        `${this.#path} is broken: ${reasonOf(thrown)}. Files that were begun are read again from their beginning, so events may repeat.`,
      )
    }
  }

  /** Where Flume stood in a file; ours counts if there is one. */
  adopt(entry: TrackedFile): void {
    if (!this.#stored.has(entry.file)) this.#stored.set(entry.file, entry)
  }

  /** Drops what is known of files that are no more: retired between two saves, or taken away. */
  prune(): void {
    for (const [path] of this.#stored) if (this.#disk.stat(path) === undefined) this.#stored.delete(path)
  }

  /** What is remembered of a file that looks like `stat` now; undefined when it is not the one remembered. One that has grown since still is. */
  recall(path: string, stat: DiskStat): TrackedFile | undefined {
    const entry = this.#stored.get(path)
    if (entry === undefined || entry.inode !== stat.inode) return undefined
    if (entry.held === true) return entry
    if (stat.size < entry.size) return undefined
    return stat.size === entry.size && stat.modifiedMs !== entry.modifiedMs ? undefined : entry
  }

  /** The file is in work: what is known of it from now on comes with `save`. */
  forget(path: string): void {
    this.#stored.delete(path)
  }

  /** Stores what is known of the files in work, and what an earlier run knew of files not seen again so far. Throws the disk's errors. */
  save(files: Iterable<SpoolFile>): void {
    const entries = Array.from(files, ({ path, seen, settled, aside, isHeld }) => {
      const { inode, size, modifiedMs } = seen
      return {
        file: path,
        inode,
        size,
        modifiedMs,
        pos: settled,
        ...(aside === undefined ? {} : { aside, held: isHeld }),
      }
    })
    replaceFile(this.#disk, this.#path, Buffer.from(JSON.stringify([...entries, ...this.#stored.values()])))
  }
}
