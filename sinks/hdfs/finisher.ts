/**
 * Ends files: writes what the format wants at the end, closes, and gives the file its final name. The events in it are stored already, so a
 * failure here fails no write: it is tried again at intervals, and what is left at the end is finished at the next start.
 */
import { dirname } from 'node:path'
import { reasonOf, systemCode } from '../../src/base/faults.ts'
import type { Context } from '../../src/flow/context.ts'
import type { InUseFile } from './in-use-file.ts'

export interface FinisherOptions {
  /** Tries for a file; Infinity for no limit. */
  readonly tries: number
  readonly retryIntervalMs: number
  /** Force the data, and then the name, onto the disk. */
  readonly sync: boolean
}

/** Files that may wait for another try; beyond that the oldest is given up until the next start. */
const waitingMax = 10_000

interface Unfinished {
  readonly file: InUseFile
  tries: number
  isLast: boolean
  timer: Disposable | undefined
}

export class Finisher {
  readonly #options: FinisherOptions
  readonly #context: Context
  /** Files whose last try failed. */
  readonly #waiting = new Set<Unfinished>()
  /** Tries under way. */
  readonly #trying = new Set<Promise<void>>()

  constructor(options: FinisherOptions, context: Context) {
    this.#options = options
    this.#context = context
  }

  /** Ends the file, now or later. Resolves after the first try, and never rejects. */
  finish(file: InUseFile): Promise<void> {
    return this.#try({ file, tries: 0, isLast: false, timer: undefined })
  }

  /** One last try for everything that waits. */
  async finishAll(): Promise<void> {
    await Promise.all(this.#trying)
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const unfinished of waiting) {
      unfinished.timer?.[Symbol.dispose]()
      unfinished.isLast = true
      await this.#try(unfinished)
    }
  }

  #try(unfinished: Unfinished): Promise<void> {
    const trying = this.#attempt(unfinished)
    this.#trying.add(trying)
    void trying.finally(() => this.#trying.delete(trying))
    return trying
  }

  async #attempt(unfinished: Unfinished): Promise<void> {
    const { file } = unfinished
    const { counters, log } = this.#context
    unfinished.tries++
    try {
      if (unfinished.tries === 1) file.end()
      if (this.#options.sync) await file.sync()
      file.suspend()
      this.#rename(file)
      counters.add('ConnectionClosedCount', 1)
      if (unfinished.tries > 1) log.info(`${file.finalPath} has its name after ${unfinished.tries} tries.`)
    } catch (thrown) {
      if (unfinished.tries === 1) log.warn(`${file.path} could not be closed and renamed: ${reasonOf(thrown)}.`)
      this.#release(file)
      this.#later(unfinished)
    }
  }

  #rename({ path, finalPath }: InUseFile): void {
    const { disk } = this.#context
    if (path === finalPath) return
    try {
      disk.rename(path, finalPath)
    } catch (thrown) {
      // Somebody else gave it the name: the start of another agent, say.
      if (systemCode(thrown) !== 'ENOENT' || disk.stat(finalPath) === undefined) throw thrown
    }
    if (this.#options.sync) disk.syncFolder(dirname(finalPath))
  }

  /** A file that waits holds no descriptor. */
  #release(file: InUseFile): void {
    try {
      file.suspend()
    } catch (thrown) {
      this.#context.log.debug(`Closing ${file.path} failed: ${reasonOf(thrown)}.`)
    }
  }

  #later(unfinished: Unfinished): void {
    const { tries, retryIntervalMs } = this.#options
    const { clock, log } = this.#context
    if (unfinished.isLast || unfinished.tries >= tries) {
      log.error(`${unfinished.file.path} keeps its in-use name: it is finished at the next start.`)
      return
    }
    this.#waiting.add(unfinished)
    unfinished.timer = clock.after(retryIntervalMs, () => {
      this.#waiting.delete(unfinished)
      void this.#try(unfinished)
    })
    for (const oldest of this.#waiting) {
      if (this.#waiting.size <= waitingMax) break
      oldest.timer?.[Symbol.dispose]()
      this.#waiting.delete(oldest)
      log.error(`${oldest.file.path} keeps its in-use name: more than ${waitingMax} files wait to be renamed.`)
    }
  }
}
