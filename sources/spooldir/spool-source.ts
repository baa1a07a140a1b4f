/** The source: looks whether its folder is there, takes the lock on its tracker folder, and goes on where an earlier run or Flume stopped. */
import { Fault } from '../../src/base/faults.ts'
import type { SourceContext } from '../../src/flow/context.ts'
import type { Deliver, Source } from '../../src/flow/source.ts'
import { takeLock } from '../../src/io/lock.ts'
import { flumeMetaName, readFlumeMeta } from './flume-meta.ts'
import type { SpoolSettings } from './settings.ts'
import { Spooling } from './spooling.ts'
import { Tracker } from './tracker.ts'

/** Both begin with a dot, so that neither is ever taken for a file to read. */
const trackerName = '.millrace-spool.json'
const lockName = '.millrace-spool.lock'

export class SpoolSource implements Source {
  readonly whenRefused = 'retry'
  readonly #settings: SpoolSettings
  readonly #context: SourceContext

  constructor(settings: SpoolSettings, context: SourceContext) {
    this.#settings = settings
    this.#context = context
  }

  async run(deliver: Deliver, signal: AbortSignal): Promise<void> {
    const { disk, log } = this.#context
    const { folder, trackerFolder } = this.#settings
    if (disk.stat(folder)?.isDirectory !== true) {
      throw new Fault('FOLDER_MISSING', { path: folder, setting: 'spoolDir' })
    }
    disk.makeFolder(trackerFolder)
    using _lock = takeLock(`${trackerFolder}/${lockName}`, { disk, own: 'a spoolDir and trackerDir' })
    const tracker = new Tracker(disk, `${trackerFolder}/${trackerName}`, log)
    tracker.load()
    await this.#takeOver(tracker)
    tracker.prune()
    log.info(`SpoolDirectorySource source starting with directory: ${folder}`)
    await new Spooling(this.#settings, this.#context, tracker, deliver, signal).run()
  }

  /** A file that Flume had begun is gone on with; Flume's own note of it is then out of date, and is removed once ours is stored. */
  async #takeOver(tracker: Tracker): Promise<void> {
    const { disk, log } = this.#context
    const path = `${this.#settings.trackerFolder}/${flumeMetaName}`
    const found = await readFlumeMeta(disk, path, log)
    if (found === undefined) return
    const stat = disk.stat(found.file)
    if (stat?.isFile === true && found.offset <= stat.size) {
      const { inode, size, modifiedMs } = stat
      tracker.adopt({ file: found.file, inode, size, modifiedMs, pos: found.offset })
      tracker.save([])
      log.info(`Going on with ${found.file} at byte ${found.offset}, where Flume's tracker says that it stopped.`)
    }
    disk.unlink(path)
  }
}
