/** Removes the folders of deleted partitions, some time after they were put out of sight, and a few at a time: files of gigabytes take the system a while. */
import { reasonOf } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import type { Disk } from '../../io/disk.ts'
import { rethrowUnlessDisk } from '../log/disk-errors.ts'

/** Folders removed in one go, and the pause before the next ones. */
const atOnce = 8
const pauseMs = 5

export class FolderRemoval implements Disposable {
  readonly #disk: Disk
  readonly #clock: Clock
  readonly #log: Log
  readonly #waiting = new Set<Disposable>()
  readonly #due: string[] = []
  #isRemoving = false

  constructor(disk: Disk, clock: Clock, log: Log) {
    this.#disk = disk
    this.#clock = clock
    this.#log = log
  }

  /** Removes the folder after a while. What is left when the process ends is removed after the next start. */
  remove(path: string, delayMs: number): void {
    this.#after(delayMs, () => {
      this.#due.push(path)
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
      } catch (thrown) {
        rethrowUnlessDisk(thrown)
        this.#log.warn(`${path} could not be removed; the next start tries again.`, { reason: reasonOf(thrown) })
      }
    }
    this.#isRemoving = this.#due.length > 0
    if (this.#isRemoving) this.#after(pauseMs, () => this.#removeSome())
  }

  #after(ms: number, action: () => void): void {
    const timer = this.#clock.after(ms, () => {
      this.#waiting.delete(timer)
      action()
    })
    this.#waiting.add(timer)
  }
}
