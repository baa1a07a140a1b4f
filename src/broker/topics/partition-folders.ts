/** The folders of a topic's partitions: made, found again, and put away, over all log folders. */
import { dirname } from 'node:path'
import { reasonOf } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import type { Disk } from '../../io/disk.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import { rethrowUnlessDisk } from '../log/disk-errors.ts'
import type { LogFolder } from '../log/log-folder.ts'
import type { LogSettings } from '../log/log-settings.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import {
  readTopicConfigs,
  replaceTopicConfigs,
  syncTopicFiles,
  writeTopicConfigs,
  writeTopicId,
} from './topic-files.ts'
import type { FoundTopic } from './topic-loader.ts'
import type { Given } from './topic-config.ts'
import type { Topic } from './topic-types.ts'

export interface Growth {
  /** How many partitions there are, and how many there shall be. */
  readonly from: number
  readonly count: number
  readonly settings: LogSettings
}

export class PartitionFolders {
  readonly #disk: Disk
  readonly #log: Log
  readonly #folders: readonly LogFolder[]

  constructor(disk: Disk, log: Log, folders: readonly LogFolder[]) {
    this.#disk = disk
    this.#log = log
    this.#folders = folders
  }

  /**
   * Makes the folders of a new topic. That of partition 0 comes last, and what goes wrong before is taken back: without it there is no topic.
   * Throws system errors.
   */
  make(name: string, id: string, count: number, configs: Given, settings: LogSettings): PartitionLog[] {
    const places = this.#places(count)
    const made: string[] = []
    try {
      for (const [partition, folder] of Array.from(places.entries()).toReversed()) {
        const path = folder.folderOf(name, partition)
        made.push(path)
        this.#disk.makeFolder(path)
        if (partition === 0) writeTopicConfigs(this.#disk, path, configs)
        writeTopicId(this.#disk, path, id)
      }
    } catch (thrown) {
      for (const path of made) this.#disk.remove(path)
      throw thrown
    }
    return places.map((folder, partition) => folder.adopt(name, partition, settings))
  }

  /** Makes the folders of partitions that a topic gets later, in order: what a crash leaves is a topic with fewer of them. Throws system errors. */
  grow(name: string, id: string, { from, count, settings }: Growth): PartitionLog[] {
    const places = this.#places(count - from)
    const made: string[] = []
    try {
      for (const [i, folder] of places.entries()) {
        const path = folder.folderOf(name, from + i)
        made.push(path)
        this.#disk.makeFolder(path)
        writeTopicId(this.#disk, path, id)
      }
    } catch (thrown) {
      for (const path of made) this.#disk.remove(path)
      throw thrown
    }
    return places.map((folder, i) => folder.adopt(name, from + i, settings))
  }

  /** The settings that a found topic overrides. */
  configsOf({ name, partitions }: FoundTopic): Given {
    const [first] = partitions
    const configs = first && readTopicConfigs(this.#disk, first.folder.folderOf(name, first.partition))
    if (configs === undefined)
      this.#log.warn(`The settings of topic ${name} are damaged; it goes on with the defaults.`)
    return configs ?? new Map()
  }

  /** Replaces the settings of a topic on disk. Rejects with KAFKA_STORAGE_ERROR. */
  async replaceConfigs({ name, partitions }: Topic, configs: Given): Promise<void> {
    try {
      await replaceTopicConfigs(this.#disk, partitions[0]?.folder ?? '', configs)
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      throw new KafkaFault(
        'KAFKA_STORAGE_ERROR',
        `The settings of topic ${name} cannot be written: ${reasonOf(thrown)}`,
      )
    }
  }

  /** Opens the partitions of a found topic. Where one is missing between others, an empty one takes its place. */
  load({ name, id: stored, partitions }: FoundTopic, id: string, settings: LogSettings): PartitionLog[] {
    const logs: PartitionLog[] = []
    for (const { folder, partition } of partitions) {
      while (logs.length < partition) logs.push(this.#fill(folder, name, logs.length, id, settings))
      if (stored === undefined) writeTopicId(this.#disk, folder.folderOf(name, partition), id)
      logs.push(folder.load(name, partition, settings))
    }
    return logs
  }

  /** Puts a partition out of sight; gives the path that is left to be removed. Throws system errors. */
  hide(log: PartitionLog): string | undefined {
    return this.#folders.find(({ path }) => path === dirname(log.folder))?.hide(log)
  }

  /** Makes what was created and deleted last. Throws system errors. */
  async sync(topics: readonly string[]): Promise<void> {
    for (const folder of this.#folders) {
      const firsts = topics
        .map((topic) => folder.folderOf(topic, 0))
        .filter((path) => this.#disk.stat(path) !== undefined)
      for (const path of firsts) await syncTopicFiles(this.#disk, path)
      await folder.sync()
    }
  }

  #fill(folder: LogFolder, name: string, partition: number, id: string, settings: LogSettings): PartitionLog {
    const path = folder.folderOf(name, partition)
    this.#log.warn(`${name}-${partition} is missing, and begins again, empty, in ${folder.path}.`)
    this.#disk.makeFolder(path)
    writeTopicId(this.#disk, path, id)
    return folder.adopt(name, partition, settings)
  }

  /** For each partition the log folder that then has the fewest. */
  #places(count: number): LogFolder[] {
    const loads = this.#folders.map((folder) => ({ folder, count: folder.count }))
    return Array.from({ length: count }, () => {
      const fewest = loads.reduce((a, b) => (b.count < a.count ? b : a))
      fewest.count++
      return fewest.folder
    })
  }
}
