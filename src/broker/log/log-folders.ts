/**
 * All folders of `log.dirs`. One that cannot be used, at the start or later, takes its own partitions with it and nothing else; a broker without any
 * has failed.
 */
import { dirname, join } from 'node:path'
import { Fault, reasonOf } from '../../base/faults.ts'
import type { PartitionFolderName } from './file-names.ts'
import { isFailure } from './folder-health.ts'
import type { LogFolder } from './log-folder.ts'
import type { LogFolderOptions } from './log-folder-options.ts'
import type { Meta } from './meta-properties.ts'
import type { PartitionLog } from './partition-log.ts'
import { openLogFolder } from './open-log-folder.ts'

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
  /** Copies of partitions whose move did not come to its end; to be removed. */
  readonly unfinished: readonly string[]
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
    this.unfinished = this.#settleMoves()
    for (const path of unreadable)
      options.log.error(`${path} cannot be used, and its partitions are offline until the broker is started again.`, {
        reason,
      })
  }

  /**
   * A copy that lies beside its partition was not finished. One that is alone is whole: the partition was put away before the copy was to get its name.
   * As long as a folder cannot be read, nobody knows.
   */
  #settleMoves(): string[] {
    const isLive = ({ topic, partition }: PartitionFolderName): boolean =>
      this.all.some(({ found }) => found.some((one) => one.topic === topic && one.partition === partition))
    const unfinished: string[] = []
    for (const folder of this.all)
      for (const future of folder.isForeign ? [] : folder.foundFutures)
        if (isLive(future)) unfinished.push(join(folder.path, future.name))
        else if (this.unreadable.length === 0) folder.promote(future)
    return unfinished
  }

  /** There are more folders than one, or should be. */
  get areSeveral(): boolean {
    return this.all.length + this.unreadable.length > 1
  }

  /** The one in which a log lies; undefined when it could not be opened. */
  of(log: PartitionLog): LogFolder | undefined {
    return this.all.find(({ path }) => path === dirname(log.folder))
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
