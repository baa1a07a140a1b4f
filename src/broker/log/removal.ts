/**
 * Removes files and folders that were put out of sight (deleted segments, deleted partitions) some time later, when nobody can be reading them any
 * more, and a few at a time: files of gigabytes take the system a while. What is left when the process ends is removed at the next start.
 */
import { reasonOf } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import type { Disk } from '../../io/disk.ts'
import { rethrowUnlessDisk } from './disk-errors.ts'

/** Paths removed in one go, and the pause before the next ones. */
const atOnce = 8
const pauseMs = 5
/** After what time something that the disk refuses to remove is tried again. */
const retryMs = 60_000

export class Removal implements Disposable {
  readonly #disk: Disk
  readonly #clock: Clock
  readonly #log: Log
  readonly #waiting = new Set<Disposable>()
  readonly #due: string[] = []
  /** Paths that the disk refused to remove, which is said once. */
  readonly #lamented = new Set<string>()
  #isRemoving = false

  constructor(disk: Disk, clock: Clock, log: Log) {
    this.#disk = disk
    this.#clock = clock
    this.#log = log
  }

  /** Removes them after a while. */
  remove(paths: readonly string[], delayMs: number): void {
    if (paths.length === 0) return
    this.#after(delayMs, () => {
      this.#due.push(...paths)
      if (!this.#isRemoving) this.#removeSome()
    })
  }

  /** Nothing is removed any more. */
  [Symbol.dispose](): void {
    for (const timer of this.#waiting) timer[Symbol.dispose]()
    this.#waiting.clear()
    this.#due.length = 0
  }

  #removeSome(): void {
    for (const path of this.#due.splice(0, atOnce)) {
      try {
        this.#disk.remove(path)
        this.#lamented.delete(path)
      } catch (thrown) {
        rethrowUnlessDisk(thrown)
        this.#refused(path, thrown)
      }
    }
    this.#isRemoving = this.#due.length > 0
    if (this.#isRemoving) this.#after(pauseMs, () => this.#removeSome())
  }

  #refused(path: string, thrown: unknown): void {
    if (!this.#lamented.has(path))
      this.#log.warn(`${path} could not be removed; it is tried again.`, { reason: reasonOf(thrown) })
    this.#lamented.add(path)
    this.remove([path], retryMs)
  }

  #after(ms: number, action: () => void): void {
    const timer = this.#clock.after(ms, () => {
      this.#waiting.delete(timer)
      action()
    })
    this.#waiting.add(timer)
  }
}
