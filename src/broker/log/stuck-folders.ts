/** Folders of deleted partitions that the disk kept under their names: they are put out of sight as soon as it lets them go, or a start would find a topic in them. */
import type { Disk } from '../../io/disk.ts'
import { rethrowUnlessDisk } from './disk-errors.ts'

export class StuckFolders {
  readonly #disk: Disk
  /** Where each is to go. */
  readonly #hidden = new Map<string, string>()

  constructor(disk: Disk) {
    this.#disk = disk
  }

  /** Puts a folder out of sight. Throws system errors, and remembers it. */
  hide(path: string, hidden: string): void {
    this.#hidden.set(path, hidden)
    this.#disk.rename(path, hidden)
    this.#hidden.delete(path)
  }

  /** Tries it again with those that are no partition's; gives what is left to be removed. */
  retry(isServed: (path: string) => boolean): string[] {
    return Array.from(this.#hidden).flatMap(([path, hidden]) => {
      try {
        if (!isServed(path) && this.#disk.stat(path) !== undefined) this.hide(path, hidden)
        else this.#hidden.delete(path)
        return this.#hidden.has(path) || this.#disk.stat(hidden) === undefined ? [] : [hidden]
      } catch (thrown) {
        rethrowUnlessDisk(thrown)
        return []
      }
    })
  }
}
