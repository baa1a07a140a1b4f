/**
 * The open handles, at most so many: an open file can be renamed or deleted and is still read to its end, so files are opened as soon as they
 * are seen and kept open as long as there is room. When there is none, the file that was used longest ago and has nothing unread gives way.
 */
import type { TailFile } from './tail-file.ts'
import type { WatchedFiles } from './watched-files.ts'

export class Handles {
  readonly #max: number
  readonly #watched: WatchedFiles
  /** In the order of their last use. */
  readonly #open = new Set<TailFile>()

  constructor(max: number, watched: WatchedFiles) {
    this.#max = max
    this.#watched = watched
  }

  get isFull(): boolean {
    return this.#open.size >= this.#max
  }

  /** Opens the file, at `path` where its own name no longer leads to it. False when the name leads to another file by now. Throws the disk's errors. */
  open(file: TailFile, path = file.path): boolean {
    if (this.#open.delete(file)) {
      this.#open.add(file)
      return true
    }
    if (this.isFull) this.#giveWay()
    if (!file.open(path)) return false
    this.#open.add(file)
    this.#watched.opened(file)
    return true
  }

  close(file: TailFile): void {
    if (!this.#open.delete(file)) return
    file.close()
    this.#watched.closed(file)
  }

  /** The file has another name now. */
  rename(file: TailFile, path: string): void {
    const from = file.path
    file.renamed(path)
    this.#watched.renamed(file, from)
  }

  /** The handle goes over from a file to the same file begun anew. */
  replace(file: TailFile, fresh: TailFile): void {
    if (!this.#open.delete(file)) return
    this.#open.add(fresh)
    this.#watched.opened(fresh)
  }

  closeAll(): void {
    for (const file of this.#open) this.close(file)
  }

  /**
   * A departed file can't be opened again: it gives way only when it is read and nothing else is, and one that is unread never does. The limit is
   * then exceeded by as many as rotation took away faster than they could be read.
   */
  #giveWay(): void {
    const open = [...this.#open]
    const choice =
      open.find((file) => file.atEnd && !file.departed) ??
      open.find((file) => file.atEnd) ??
      open.find((file) => !file.departed)
    if (choice !== undefined) this.close(choice)
  }
}
