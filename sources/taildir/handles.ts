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

  /** Opens the file, at `path` where its own name no longer leads to it. Throws the disk's errors. */
  open(file: TailFile, path = file.path): void {
    if (this.#open.delete(file)) return void this.#open.add(file)
    if (this.isFull) this.#giveWay()
    file.open(path)
    this.#open.add(file)
    this.#watched.opened(file)
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

  /** A departed file can't be opened again, so it gives way only where nothing else can. */
  #giveWay(): void {
    let choice: TailFile | undefined
    for (const file of this.#open) {
      if (!file.atEnd) continue
      choice ??= file
      if (!file.departed) {
        choice = file
        break
      }
    }
    if (choice !== undefined) return this.close(choice)
    const [oldest] = this.#open
    if (oldest !== undefined) this.close(oldest)
  }
}
