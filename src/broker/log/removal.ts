/**
 * Removes files and folders that were put out of sight (deleted segments, deleted partitions) some time later, when nobody can be reading them any
 * more, and a few at a time: files of gigabytes take the system a while. What is left when the process ends is removed at the next start.
 */
import { sep } from 'node:path'
import { reasonOf } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import type { Disk } from '../../io/disk.ts'
import { rethrowUnlessDisk } from './disk-errors.ts'

/** Paths removed in one go, and the pause before the next ones. */
const atOnce = 8
const pauseMs = 5
/** After what time the paths that the disk refuses to remove are tried again, all of them. */
const retryMs = 60_000
/** Refused paths that are remembered; those beyond stay until the next start. */
export const REFUSED_PATHS_MAX = 10_000

export class Removal implements Disposable {
  readonly #disk: Disk
  readonly #clock: Clock
  readonly #log: Log
  readonly #waiting = new Set<Disposable>()
  readonly #due: string[] = []
  /** Paths that the disk refused to remove, each of which was said once. */
  readonly #refused = new Set<string>()
  /** Log folders that have failed: nothing in them is touched any more. */
  readonly #abandoned = new Set<string>()
  #isRemoving = false
  #isRetrySet = false
  #saidTooMany = false

  constructor(disk: Disk, clock: Clock, log: Log) {
    this.#disk = disk
    this.#clock = clock
    this.#log = log
  }

  /** Removes them after a while. */
  remove(paths: readonly string[], delayMs: number): void {
    if (paths.length === 0) return
    this.#after(delayMs, () => this.#begin(paths))
  }

  /** The log folder has failed: what lies in it is left to the next start. */
  abandon(folder: string): void {
    this.#abandoned.add(folder + sep)
    for (const path of this.#refused) if (this.#isAbandoned(path)) this.#refused.delete(path)
  }

  /** Nothing is removed any more. */
  [Symbol.dispose](): void {
    for (const timer of this.#waiting) timer[Symbol.dispose]()
    this.#waiting.clear()
    this.#due.length = 0
  }

  #begin(paths: Iterable<string>): void {
    for (const path of paths) this.#due.push(path)
    if (!this.#isRemoving) this.#removeSome()
  }

  #removeSome(): void {
    for (const path of this.#due.splice(0, atOnce)) if (!this.#isAbandoned(path)) this.#tryToRemove(path)
    this.#isRemoving = this.#due.length > 0
    if (this.#isRemoving) this.#after(pauseMs, () => this.#removeSome())
    else if (this.#refused.size > 0) this.#retryLater()
  }

  #tryToRemove(path: string): void {
    try {
      this.#disk.remove(path)
      this.#refused.delete(path)
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      this.#remember(path, thrown)
    }
  }

  #remember(path: string, thrown: unknown): void {
    if (this.#refused.has(path)) return
    const reason = reasonOf(thrown)
    if (this.#refused.size < REFUSED_PATHS_MAX) {
      this.#refused.add(path)
      return this.#log.warn(`${path} could not be removed; it is tried again.`, { reason })
    }
    if (this.#saidTooMany) return
    this.#saidTooMany = true
    this.#log.warn(
      `${path} could not be removed, nor could ${REFUSED_PATHS_MAX} others: this one, and what follows, stays until the broker is started again.`,
      { reason },
    )
  }

  /** One timer for all of them. */
  #retryLater(): void {
    if (this.#isRetrySet) return
    this.#isRetrySet = true
    this.#after(retryMs, () => {
      this.#isRetrySet = false
      this.#begin(this.#refused)
    })
  }

  #isAbandoned(path: string): boolean {
    for (const folder of this.#abandoned) if (path.startsWith(folder)) return true
    return false
  }

  #after(ms: number, action: () => void): void {
    const timer = this.#clock.after(ms, () => {
      this.#waiting.delete(timer)
      action()
    })
    this.#waiting.add(timer)
  }
}
