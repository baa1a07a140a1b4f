/**
 * All folders of `log.dirs`. One that cannot be used, at the start or later, takes its own partitions with it and nothing else; a broker without any
 * has failed.
 */
import { Fault, reasonOf } from '../../base/faults.ts'
import { isFailure } from './folder-health.ts'
import { openLogFolder, type LogFolder, type LogFolderOptions } from './log-folder.ts'
import type { Meta } from './meta-properties.ts'

export interface LogFoldersOptions extends Omit<LogFolderOptions, 'path' | 'failed'> {
  readonly folders: readonly string[]
  /** Called once, when no folder is left that can be used. */
  readonly allFailed?: (fault: Fault) => void
}

export class LogFolders {
  /** Those that could be opened, in the order of `log.dirs`. */
  readonly all: readonly LogFolder[]
  /** Paths of the others. */
  readonly unreadable: readonly string[]
  readonly #options: LogFoldersOptions

  /** Takes the folders for this process. Throws LOG_FOLDERS_FAILED, and the Faults of openLogFolder; nothing is held then. */
  constructor(options: LogFoldersOptions) {
    const opened: LogFolder[] = []
    const unreadable: string[] = []
    let reason = ''
    this.#options = options
    for (const path of options.folders) {
      try {
        opened.push(openLogFolder({ ...options, path, failed: () => this.#oneFailed() }))
      } catch (thrown) {
        reason = reasonOf(thrown)
        if (!isFailure(thrown)) {
          for (const folder of opened) folder.release()
          throw thrown
        }
        unreadable.push(path)
      }
    }
    this.all = opened
    this.unreadable = unreadable
    if (opened.length === 0) throw allFailed(options.folders, reason)
    for (const path of unreadable)
      options.log.error(`${path} cannot be used, and its partitions are offline until the broker is started again.`, {
        reason,
      })
  }

  /** There are more folders than one, or should be. */
  get areSeveral(): boolean {
    return this.all.length + this.unreadable.length > 1
  }

  get online(): readonly LogFolder[] {
    return this.all.filter((folder) => !folder.isOffline)
  }

  /** Writes whose folders they are, and begins to look after them. */
  async begin(identity: Meta): Promise<void> {
    for (const folder of this.all) {
      try {
        await folder.identify(identity)
        folder.start()
      } catch (thrown) {
        if (!isFailure(thrown)) throw thrown
        folder.fail(thrown)
      }
    }
    if (this.online.length === 0) throw allFailed(this.#options.folders, 'none can be written')
  }

  /** Resolves when it would survive a power cut where each log begins now. Rejects with system errors. */
  async keepLogStarts(): Promise<void> {
    for (const folder of this.online) await folder.keepLogStarts()
  }

  /** Lets them go without a word: they were never begun. */
  release(): void {
    for (const folder of this.all) folder.release()
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((folder) => folder.close()))
  }

  #oneFailed(): void {
    if (this.online.length === 0) this.#options.allFailed?.(allFailed(this.#options.folders, 'all have failed'))
  }
}

const allFailed = (folders: readonly string[], reason: string): Fault =>
  new Fault('LOG_FOLDERS_FAILED', { paths: folders.join(', '), reason })
