/** The folders of a topic's partitions: made, found again, and put away, over all log folders. */
import { basename, dirname, join } from 'node:path'
import { assert } from '../../base/assert.ts'
import { reasonOf, systemCode } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import type { Disk } from '../../io/disk.ts'
import type { Random } from '../../io/random.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import { rethrowUnlessDisk } from '../log/disk-errors.ts'
import { deletedFolderName, parsePartitionFolderName } from '../log/file-names.ts'
import type { LogFolder } from '../log/log-folder.ts'
import type { LogFolders } from '../log/log-folders.ts'
import type { LogSettings } from '../log/log-settings.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { KeptSettings } from './kept-settings.ts'
import { replaceTopicConfigs, syncTopicFiles, writeTopicId } from './topic-files.ts'
import type { FoundTopic } from './topic-loader.ts'
import type { Given } from './topic-config.ts'
import type { Topic } from './topic-types.ts'
import { WishedFolders } from './wished-folders.ts'

/** So much of a topic's settings is said of each partition that is created: clients may have written anything into them. */
const SAID_CHARACTERS_MAX = 1000

export interface PartitionFolderPorts {
  readonly disk: Disk
  readonly log: Log
  readonly random: Random
  /** What server.properties gives. */
  readonly given: Given
}

export interface Growth {
  /** How many partitions there are, and how many there shall be. */
  readonly from: number
  readonly count: number
  readonly configs: Given
  readonly settings: LogSettings
}

export class PartitionFolders {
  readonly wished = new WishedFolders()
  readonly settings: KeptSettings
  readonly #disk: Disk
  readonly #log: Log
  readonly #folders: LogFolders
  readonly #random: Random

  constructor(ports: PartitionFolderPorts, folders: LogFolders) {
    const { disk, log, random } = ports
    this.settings = new KeptSettings(ports, folders)
    this.#disk = disk
    this.#log = log
    this.#random = random
    this.#folders = folders
  }

  /**
   * Makes the folders of a new topic. That of partition 0 comes last, and what goes wrong before is taken back: without it there is no topic.
   * Throws system errors.
   */
  make(name: string, id: string, count: number, configs: Given, settings: LogSettings): PartitionLog[] {
    const places = this.#placesFor(name, 0, count)
    const made: string[] = []
    try {
      for (const [partition, folder] of Array.from(places.entries()).toReversed()) {
        const path = folder.folderOf(name, partition)
        this.putAway(path)
        folder.beginAnew(name, partition)
        made.push(path)
        this.#disk.makeFolder(path)
        if (partition === 0) this.settings.write(folder, name, configs)
        writeTopicId(this.#disk, path, id)
      }
    } catch (thrown) {
      for (const path of made) this.#disk.remove(path)
      throw thrown
    }
    const created = places.map((folder, partition) => folder.adopt(name, partition, settings))
    this.#sayCreated(created, configs)
    return created
  }

  /** Makes the folders of partitions that a topic gets later, in order: what a crash leaves is a topic with fewer of them. Throws system errors. */
  grow(name: string, id: string, { from, count, configs, settings }: Growth): PartitionLog[] {
    const places = this.#placesFor(name, from, count)
    const made: string[] = []
    try {
      for (const [i, folder] of places.entries()) {
        const path = folder.folderOf(name, from + i)
        this.putAway(path)
        folder.beginAnew(name, from + i)
        made.push(path)
        this.#disk.makeFolder(path)
        writeTopicId(this.#disk, path, id)
      }
    } catch (thrown) {
      for (const path of made) this.#disk.remove(path)
      throw thrown
    }
    const created = places.map((folder, i) => folder.adopt(name, from + i, settings))
    this.#sayCreated(created, configs)
    return created
  }

  #sayCreated(created: readonly PartitionLog[], configs: Given): void {
    const given = Array.from(configs, ([name, value]) => `${name}=${value}`).join(', ')
    const properties = given.slice(0, SAID_CHARACTERS_MAX).replaceAll(/\p{Cc}+/gu, ' ')
    for (const { topic, partition, folder } of created)
      this.#log.info(`Created log for partition ${topic}-${partition} in ${folder} with properties {${properties}}.`)
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

  /**
   * Opens the partitions of a found topic, `least` or more. Where one is missing between others, an empty one takes its place, unless it may lie in a folder
   * that cannot be read: then it is offline.
   */
  load({ name, id: stored, partitions }: FoundTopic, id: string, settings: LogSettings, least: number): PartitionLog[] {
    const found = new Map(partitions.map(({ folder, partition }) => [partition, folder]))
    const count = Math.max(least, (partitions.at(-1)?.partition ?? -1) + 1)
    return Array.from({ length: count }, (_, partition) => {
      const folder = found.get(partition)
      if (folder === undefined) return this.#missing(name, partition, id, settings)
      return this.#loadOne(folder, name, partition, settings, stored === undefined ? id : undefined)
    })
  }

  /** What cannot be read now can perhaps not be written either; the records are what counts. */
  #giveId(path: string, id: string): void {
    try {
      writeTopicId(this.#disk, path, id)
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      this.#log.warn(`The id of the topic cannot be kept in ${path}.`, { reason: reasonOf(thrown) })
    }
  }

  /** A partition whose folder cannot be read is offline; the others go on. */
  #loadOne(
    folder: LogFolder,
    name: string,
    partition: number,
    settings: LogSettings,
    id: string | undefined,
  ): PartitionLog {
    try {
      if (id !== undefined) this.#giveId(folder.folderOf(name, partition), id)
      return folder.load(name, partition, settings)
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      this.#log.error(`${name}-${partition} in ${folder.path} cannot be read, and is offline.`, {
        reason: reasonOf(thrown),
      })
      return folder.absent(name, partition, settings, folder.path)
    }
  }

  /**
   * Puts out of sight what is left in a place that no topic has, so that the one that gets it next has it for itself; gives the path that is left to be removed.
   * Throws system errors.
   */
  putAway(path: string): string {
    const place = parsePartitionFolderName(basename(path))
    if (place === undefined || this.#disk.stat(path) === undefined) return path
    const hidden = join(dirname(path), deletedFolderName(place.topic, place.partition, this.#random.bytes(16).toString('hex'))) // prettier-ignore
    this.#disk.rename(path, hidden)
    return hidden
  }

  /** The same for many; those that the disk keeps where they are stay until the next start. */
  clearAway(paths: readonly string[]): string[] {
    return paths.flatMap((path) => {
      try {
        return this.putAway(path)
      } catch (thrown) {
        rethrowUnlessDisk(thrown)
        this.#log.warn(`${path} is left of a topic and cannot be removed.`, { reason: reasonOf(thrown) })
        return []
      }
    })
  }

  /** Puts a partition out of sight; gives the path that is left to be removed. Throws system errors. */
  hide(log: PartitionLog): string | undefined {
    const path = this.#folders.of(log)?.hide(log)
    if (path !== undefined)
      this.#log.info(
        `Log for partition ${log.topic}-${log.partition} is renamed to ${path} and is scheduled for deletion`,
      )
    return path
  }

  /** Makes what was created and deleted last. Throws system errors. */
  async sync(topics: readonly string[]): Promise<void> {
    for (const folder of this.#folders.online) {
      const firsts = topics
        .map((topic) => folder.folderOf(topic, 0))
        .filter((path) => this.#disk.stat(path) !== undefined)
      for (const path of firsts) await this.#syncUnlessGone(path)
      await folder.sync()
    }
  }

  /** A topic that is deleted meanwhile has nothing to be kept. */
  async #syncUnlessGone(path: string): Promise<void> {
    try {
      await syncTopicFiles(this.#disk, path)
    } catch (thrown) {
      if (systemCode(thrown) !== 'ENOENT' || this.#disk.stat(path) !== undefined) throw thrown
    }
  }

  #missing(name: string, partition: number, id: string, settings: LogSettings): PartitionLog {
    const [folder] = this.#places(1)
    const [elsewhere] = this.#folders.unreadable
    assert(folder !== undefined, 'a topic without a log folder')
    if (elsewhere !== undefined) return folder.absent(name, partition, settings, elsewhere)
    const path = folder.folderOf(name, partition)
    this.#log.warn(`${name}-${partition} is missing, and begins again, empty, in ${folder.path}.`)
    folder.beginAnew(name, partition)
    this.#disk.makeFolder(path)
    writeTopicId(this.#disk, path, id)
    return folder.adopt(name, partition, settings)
  }

  /** Where those partitions go from `from` to `count`: where they were wished, else as `#places` says. */
  #placesFor(name: string, from: number, count: number): LogFolder[] {
    return this.#places(count - from).map((folder, i) => this.wished.take(name, from + i) ?? folder)
  }

  /** For each partition the log folder that then has the fewest. */
  #places(count: number): LogFolder[] {
    const loads = this.#folders.online.map((folder) => ({ folder, count: folder.count }))
    if (loads.length === 0) throw new KafkaFault('KAFKA_STORAGE_ERROR', 'No log folder can be used')
    return Array.from({ length: count }, () => {
      const fewest = loads.reduce((a, b) => (b.count < a.count ? b : a))
      fewest.count++
      return fewest.folder
    })
  }
}
