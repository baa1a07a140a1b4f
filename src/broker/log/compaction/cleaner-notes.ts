/**
 * Up to where each log of a folder is clean: Kafka's file `cleaner-offset-checkpoint`. Without it everything is cleaned once more, and nothing but a topic's own
 * settings says that it is compacted.
 */
import { reasonOf } from '../../../base/faults.ts'
import type { Log } from '../../../base/log.ts'
import type { Disk } from '../../../io/disk.ts'
import { OffsetCheckpoint } from '../checkpoints.ts'
import { rethrowUnlessDisk } from '../disk-errors.ts'
import { partitionFolderName } from '../file-names.ts'
import type { PartitionLog } from '../partition-log.ts'

export const cleanerCheckpointFile = 'cleaner-offset-checkpoint'

/** One of `log.dirs`. */
export interface CleanedFolder {
  readonly path: string
  readonly logs: Iterable<PartitionLog>
}

export class CleanerNotes {
  readonly #folder: CleanedFolder
  readonly #log: Log
  readonly #file: OffsetCheckpoint
  /** By the log itself: one that is deleted and made again begins without a note. */
  readonly #offsets = new WeakMap<PartitionLog, number>()

  constructor(disk: Disk, folder: CleanedFolder, log: Log) {
    this.#folder = folder
    this.#log = log
    this.#file = new OffsetCheckpoint(disk, folder.path, cleanerCheckpointFile)
    const found = this.#read()
    for (const each of folder.logs) {
      const offset = found.get(partitionFolderName(each.topic, each.partition))
      if (offset !== undefined) this.#offsets.set(each, offset)
    }
  }

  get(log: PartitionLog): number | undefined {
    return this.#offsets.get(log)
  }

  /** A note that cannot be written costs a second cleaning and nothing else. */
  async note(log: PartitionLog, offset: number): Promise<void> {
    this.#offsets.set(log, offset)
    await this.#write()
  }

  /** Names the logs that are to be compacted and were not cleaned yet: without their settings nothing else would say that they are. */
  async nameAll(): Promise<void> {
    const unnamed = Array.from(this.#folder.logs).filter((log) => log.settings.isCompacted && !this.#offsets.has(log))
    for (const log of unnamed) this.#offsets.set(log, 0)
    if (unnamed.length > 0) await this.#write()
  }

  async #write(): Promise<void> {
    try {
      await this.#file.write(this.#entries())
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      this.#log.debug(`${this.#file.path} could not be written.`, { reason: reasonOf(thrown) })
    }
  }

  #entries(): { topic: string; partition: number; offset: number }[] {
    return Array.from(this.#folder.logs).flatMap((log) => {
      const offset = this.#offsets.get(log)
      return offset === undefined ? [] : [{ topic: log.topic, partition: log.partition, offset }]
    })
  }

  #read(): ReadonlyMap<string, number> {
    try {
      const found = this.#file.read()
      if (found !== undefined) return found
      this.#log.warn(`${this.#file.path} is damaged; it will be made anew.`)
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      this.#log.warn(`${this.#file.path} cannot be read; it will be made anew.`, { reason: reasonOf(thrown) })
    }
    return new Map()
  }
}
