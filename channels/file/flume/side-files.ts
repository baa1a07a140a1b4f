/**
 * What could not be read of Flume's log files, kept beside them so that a person may look at it. It has its name, which is free until then, once everything
 * else was copied: a copy that is broken off and begun anew, however often, leaves one file, and what an earlier take-over has kept is never written over.
 */
import type { Disk } from '../../../src/io/disk.ts'
import { writeWhole } from '../../../src/io/write-whole.ts'
import { asideOf } from './flume-channel.ts'

interface SideFile {
  readonly fd: number
  readonly folder: string
  readonly path: string
  size: number
}

export class SideFiles implements Disposable {
  readonly #disk: Disk
  /** By the number of their log file. */
  readonly #open = new Map<number, SideFile>()

  constructor(disk: Disk) {
    this.#disk = disk
  }

  /** Adds bytes of the log file `fileId`, which lies in `folder`. Throws system errors. */
  add(folder: string, fileId: number, bytes: Buffer): void {
    const file = this.#open.get(fileId) ?? this.#begin(folder, fileId)
    writeWhole(this.#disk, file.fd, bytes, file.size)
    file.size += bytes.length
  }

  /** All was copied: they stay. Throws system errors. */
  keep(): void {
    for (const [fileId, { fd, folder, path }] of this.#open) {
      this.#open.delete(fileId)
      this.#disk.close(fd)
      this.#disk.rename(path, this.#freeName(folder, fileId))
    }
  }

  /** What was not kept goes. */
  [Symbol.dispose](): void {
    for (const { fd, path } of this.#open.values()) {
      this.#disk.close(fd)
      this.#disk.remove(path)
    }
  }

  #begin(folder: string, fileId: number): SideFile {
    const path = `${asideOf(folder, fileId)}.part`
    const file = { fd: this.#disk.open(path, 'w'), folder, path, size: 0 }
    this.#open.set(fileId, file)
    return file
  }

  #freeName(folder: string, fileId: number): string {
    for (let number = 1; ; number++) {
      const path = asideOf(folder, fileId, number)
      if (this.#disk.stat(path) === undefined) return path
    }
  }
}
