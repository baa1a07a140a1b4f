/**
 * What one write did to the files, so that all of it can be taken back: a batch that fails half-way is written again as a whole, and must not
 * be in any file twice.
 */
import { dirname } from 'node:path'
import type { Disk } from '../../src/io/disk.ts'
import type { InUseFile, Mark } from './in-use-file.ts'

/** Whose file it is: a bucket, and which of its files is open. */
export interface FileOwner {
  file: InUseFile | undefined
}

interface Touched<B extends FileOwner> {
  readonly bucket: B
  readonly file: InUseFile
  /** How far the file was; undefined for one that did not exist. */
  readonly before: Mark | undefined
}

export class Change<B extends FileOwner> {
  readonly #touched = new Map<InUseFile, Touched<B>>()
  readonly #full: InUseFile[] = []

  /** Files that reached a limit, in order. */
  get full(): readonly InUseFile[] {
    return this.#full
  }

  /** Files that got something, and whose they are. */
  get touched(): Iterable<{ readonly bucket: B; readonly file: InUseFile }> {
    return this.#touched.values()
  }

  /** Resolves when all of it is on the disk itself, the names of new files included. */
  async sync(disk: Disk): Promise<void> {
    const touched = [...this.#touched.values()]
    await Promise.all(touched.map(({ file }) => file.sync()))
    const created = touched.filter(({ before }) => before === undefined)
    for (const folder of new Set(created.map(({ file }) => dirname(file.path)))) disk.syncFolder(folder)
  }

  creates(bucket: B, file: InUseFile): void {
    this.#touched.set(file, { bucket, file, before: undefined })
  }

  /** To be called before anything is appended. */
  touches(bucket: B, file: InUseFile): void {
    if (!this.#touched.has(file)) this.#touched.set(file, { bucket, file, before: file.mark })
  }

  fills(file: InUseFile): void {
    this.#full.push(file)
  }

  /** Everything as it was before the write; the files that it made are gone. */
  undo(disk: Disk): void {
    for (const { bucket, file, before } of [...this.#touched.values()].toReversed()) {
      if (before === undefined) {
        file.suspend()
        disk.remove(file.path)
        if (bucket.file === file) bucket.file = undefined
      } else {
        file.rollBack(before)
        bucket.file = file
      }
    }
  }
}
