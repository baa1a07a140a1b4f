/**
 * Which files are watched: those that were opened, also when they were closed again for being quiet, so that the first new line wakes the
 * source. At most so many; then a closed one gives way to the next that is opened, and is found by looking.
 */
import type { TailFile } from './tail-file.ts'
import type { Watch } from './watch.ts'

export class WatchedFiles {
  readonly #watch: Watch
  readonly #max: number
  /** By the path that is watched, the one opened longest ago first. */
  readonly #files = new Map<string, TailFile>()

  constructor(watch: Watch, max: number) {
    this.#watch = watch
    this.#max = max
  }

  /** The file that is watched under a path. */
  at(path: string): TailFile | undefined {
    return this.#files.get(path)
  }

  opened(file: TailFile): void {
    const { path } = file
    const before = this.#files.get(path)
    this.#files.delete(path)
    if (before !== file) {
      if (before !== undefined) this.#watch.remove(path)
      else if (this.#files.size >= this.#max) this.#giveWay()
      this.#watch.add(path)
    }
    this.#files.set(path, file)
  }

  /** A file that is only quiet stays watched; one that has departed no longer has the path. */
  closed(file: TailFile): void {
    if (file.departed) this.#drop(file.path, file)
  }

  renamed(file: TailFile, from: string): void {
    this.#drop(from, file)
    if (file.isOpen) this.opened(file)
  }

  #drop(path: string, file: TailFile): void {
    if (this.#files.get(path) !== file) return
    this.#files.delete(path)
    this.#watch.remove(path)
  }

  #giveWay(): void {
    for (const [path, file] of this.#files) if (!file.isOpen) return this.#drop(path, file)
  }
}
