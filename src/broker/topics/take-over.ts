/**
 * What is done with a folder that Apache Kafka had last. Its records, indexes, producers, epochs, checkpoints and topic ids are taken as they are. What a
 * topic overrides does not lie in its folder: KRaft's metadata log, if it is there, says it; what ZooKeeper knows is not here. A topic of which nothing is known
 * keeps all its records until somebody says otherwise: better a disk that fills than a retention of a week for what was meant to stay for ever.
 */
import { join } from 'node:path'
import { rethrowBroken } from '../../base/assert.ts'
import { reasonOf } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import type { Disk } from '../../io/disk.ts'
import { OffsetCheckpoint } from '../log/checkpoints.ts'
import { cleanerCheckpointFile } from '../log/compaction/cleaner-notes.ts'
import { partitionFolderName } from '../log/file-names.ts'
import { metadataFolder } from '../log/file-names.ts'
import type { LogFolder } from '../log/log-folder.ts'
import { readKraftSettings } from './kraft-settings.ts'
import { topicSetting } from './topic-settings.ts'
import { hasTopicConfigs, syncTopicFiles, writeTopicConfigs } from './topic-files.ts'
import type { FoundTopic } from './topic-loader.ts'
import type { Given } from './topic-config.ts'
import { isInternal } from './topic-name.ts'

/** Kafka's own, for both internal topics. */
export const internalConfigs: Given = new Map([
  ['cleanup.policy', 'compact'],
  ['compression.type', 'producer'],
  ['segment.bytes', '104857600'],
])
const compacted: Given = new Map([['cleanup.policy', 'compact']])
const kept: Given = new Map([
  ['retention.ms', '-1'],
  ['retention.bytes', '-1'],
])

/** Topics named in one warning. */
const namedMax = 10

export class TakeOver {
  readonly #disk: Disk
  readonly #log: Log
  readonly #folders: readonly LogFolder[]
  /** Names of partition folders that Kafka compacted. */
  readonly #cleaned = new Set<string>()
  readonly #kraft = new Map<string, Given>()
  readonly #kept: string[] = []
  /** Folders of partitions in which something was written. */
  readonly #written: string[] = []

  constructor(disk: Disk, log: Log, folders: readonly LogFolder[]) {
    this.#disk = disk
    this.#log = log
    this.#folders = folders.filter((folder) => folder.isForeign)
    for (const folder of this.#folders) this.#look(folder)
  }

  /** The settings with which a topic goes on that another broker had, written down; undefined for one that has settings of ours, or was ours all the time. */
  configsOf({ name, partitions }: FoundTopic): Given | undefined {
    const [first] = partitions
    if (first === undefined || !first.folder.isForeign) return undefined
    const folder = first.folder.folderOf(name, first.partition)
    if (hasTopicConfigs(this.#disk, folder)) return undefined
    const configs = this.#settingsOf(name, partitions)
    writeTopicConfigs(this.#disk, folder, configs)
    this.#written.push(folder)
    return configs
  }

  /** Makes last what was written, before the folder is marked as ours, and says what was taken over and what was not. Rejects with system errors. */
  async settle(): Promise<void> {
    for (const folder of this.#written) await syncTopicFiles(this.#disk, folder)
    this.#say()
  }

  #say(): void {
    for (const folder of this.#folders)
      this.#log.warn(
        `${folder.path} was written by another broker and is taken over: records, offsets of groups, producers and topic ids are kept. ` +
          'What lay outside the folder (access rules, quotas, users, settings of brokers) is not known here.',
      )
    if (this.#kept.length === 0) return
    const more = this.#kept.length > namedMax ? ` and ${this.#kept.length - namedMax} more` : ''
    this.#log.warn(
      `The settings of ${this.#kept.slice(0, namedMax).join(', ')}${more} lay in ZooKeeper and are lost. So that nothing is deleted that was meant to stay, ` +
        'these topics got retention.ms=-1 and retention.bytes=-1: give them the settings that they shall have (kafka-configs.sh --alter).',
    )
  }

  #settingsOf(name: string, partitions: FoundTopic['partitions']): Given {
    const known = this.#kraft.get(name)
    if (known !== undefined) return new Map([...(isInternal(name) ? internalConfigs : []), ...known])
    if (isInternal(name)) return internalConfigs
    if (partitions.some(({ partition }) => this.#cleaned.has(partitionFolderName(name, partition)))) return compacted
    this.#kept.push(name)
    return kept
  }

  #look(folder: LogFolder): void {
    try {
      const found =
        new OffsetCheckpoint(this.#disk, folder.path, cleanerCheckpointFile).read() ?? new Map<string, number>()
      for (const name of found.keys()) this.#cleaned.add(name)
      const metadata = join(folder.path, metadataFolder)
      if (this.#disk.stat(metadata) === undefined) return
      for (const [topic, settings] of readKraftSettings(this.#disk, metadata)) this.#kraft.set(topic, usable(settings))
    } catch (thrown) {
      rethrowBroken(thrown)
      this.#log.warn(`What ${folder.path} says of the settings of its topics cannot be read.`, {
        reason: reasonOf(thrown),
      })
    }
  }
}

/** Those that have a meaning here, with values that they can take. */
const usable = (settings: ReadonlyMap<string, string>): Given =>
  new Map(
    Array.from(settings).filter(([name, value]) => {
      try {
        return topicSetting(name)?.parse(value) !== undefined
      } catch (thrown) {
        rethrowBroken(thrown)
        return false
      }
    }),
  )
