/**
 * The open handles, at most so many: an open file can be renamed or deleted and is still read to its end, so files are opened as soon as they
 * are seen and kept open as long as there is room. When there is none, the file that was used longest ago and has nothing unread gives way.
 */
import type { TailFile } from './tail-file.ts'

/** Told of every open file, so that it can be watched under its name. */
export interface HandleEvents {
  opened(file: TailFile): void
  closed(file: TailFile): void
}

export class Handles {
  readonly #max: number
  readonly #events: HandleEvents
  /** In the order of their last use. */
  readonly #open = new Set<TailFile>()

  constructor(max: number, events: HandleEvents) {
    this.#max = max
    this.#events = events
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
    this.#events.opened(file)
  }

  close(file: TailFile): void {
    if (!this.#open.delete(file)) return
    this.#events.closed(file)
    file.close()
  }

  /** The file has another name now. */
  rename(file: TailFile, path: string): void {
    if (file.isOpen) this.#events.closed(file)
    file.renamed(path)
    if (file.isOpen) this.#events.opened(file)
  }

  /** The handle goes over from a file to the same file begun anew. */
  replace(file: TailFile, fresh: TailFile): void {
    if (!this.#open.delete(file)) return
    this.#events.closed(file)
    this.#open.add(fresh)
    this.#events.opened(fresh)
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
