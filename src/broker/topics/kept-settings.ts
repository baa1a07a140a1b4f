/**
 * The settings that topics override, as the folder of partition 0 keeps them. The cleaner's checkpoint names the partitions that were compacted or are to be; it
 * lies beside their folders, so where such a topic has no settings any more, they were lost.
 */
import { join } from 'node:path'
import type { Log } from '../../base/log.ts'
import type { Disk } from '../../io/disk.ts'
import { OffsetCheckpoint } from '../log/checkpoints.ts'
import { cleanerCheckpointFile } from '../log/compaction/cleaner-notes.ts'
import { rethrowUnlessDisk } from '../log/disk-errors.ts'
import { partitionFolderName } from '../log/file-names.ts'
import type { LogFolder } from '../log/log-folder.ts'
import { readWhole } from '../log/whole-file.ts'
import { internalConfigs } from './take-over.ts'
import { topicValues, type Given } from './topic-config.ts'
import { hasTopicConfigs, readTopicConfigs, writeTopicConfigs } from './topic-files.ts'
import type { ListedTopic } from './topic-list.ts'
import type { FoundPartition, FoundTopic } from './topic-loader.ts'
import { isInternal } from './topic-name.ts'

export interface KeptSettingsPorts {
  readonly disk: Disk
  readonly log: Log
  /** What server.properties gives. */
  readonly given: Given
}

interface Folders {
  readonly online: readonly LogFolder[]
  readonly unreadable: readonly string[]
}

export class KeptSettings {
  readonly #ports: KeptSettingsPorts
  readonly #folders: Folders
  /** Names of partition folders that the checkpoints had at the start. */
  readonly #compacted = new Map<LogFolder, ReadonlySet<string>>()

  constructor(ports: KeptSettingsPorts, folders: Folders) {
    this.#ports = ports
    this.#folders = folders
  }

  /** The settings that a found topic overrides; `listed` is what a list of topics says of it. */
  of({ name, partitions }: FoundTopic, listed?: ListedTopic): Given {
    const first = partitions.find(({ partition }) => partition === 0) ?? this.#whole(partitions)
    const configs = first && this.#read(first.folder.folderOf(name, first.partition))
    if (configs !== undefined && !this.#areLost(name, partitions, configs)) return configs
    if (listed !== undefined) return listed.configs
    const goesOn = isInternal(name) ? 'those that the broker gives it' : 'the defaults, and keeps all records'
    this.#ports.log.warn(
      `The settings of topic ${name} are lost, damaged or cannot be read; it goes on with ${goesOn}.`,
    )
    return isInternal(name) ? internalConfigs : new Map([['retention.ms', '-1'], ['retention.bytes', '-1']]) // prettier-ignore
  }

  /** Writes those of a new topic down, before its folder counts. Where its name was a compacted topic's, they must not seem lost. Throws system errors. */
  write(folder: LogFolder, name: string, configs: Given): void {
    const { disk } = this.#ports
    const isForced = configs.size === 0 && this.#folders.online.some(({ path }) => isNamed(disk, path, name))
    writeTopicConfigs(disk, folder.folderOf(name, 0), configs, isForced)
  }

  /** Without partition 0 and without a folder in which it may lie, any other says that there are none. */
  #whole([first]: readonly FoundPartition[]): FoundPartition | undefined {
    return this.#folders.unreadable.length === 0 ? first : undefined
  }

  #read(path: string): Given | undefined {
    try {
      return readTopicConfigs(this.#ports.disk, path)
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      return undefined
    }
  }

  /** Whether there must have been settings where there are none: of a topic of the broker's own, or one that is compacted, and not by default. */
  #areLost(name: string, partitions: readonly FoundPartition[], configs: Given): boolean {
    if (configs.size > 0) return false
    const { disk, given } = this.#ports
    const isCompacted = ({ folder, partition }: FoundPartition): boolean =>
      this.#foundIn(folder).has(partitionFolderName(name, partition))
    const mustHave = isInternal(name) || partitions.some(isCompacted)
    if (!mustHave || topicValues(configs, given)['cleanup.policy'].includes('compact')) return false
    return !partitions.some(({ folder, partition }) => hasTopicConfigs(disk, folder.folderOf(name, partition)))
  }

  #foundIn(folder: LogFolder): ReadonlySet<string> {
    const names = this.#compacted.get(folder) ?? namesIn(this.#ports.disk, folder.path)
    this.#compacted.set(folder, names)
    return names
  }
}

/** The partitions that the cleaner's checkpoint in this log folder names; none where it cannot be read. */
const namesIn = (disk: Disk, path: string): ReadonlySet<string> => {
  try {
    return new Set(new OffsetCheckpoint(disk, path, cleanerCheckpointFile).read()?.keys())
  } catch (thrown) {
    rethrowUnlessDisk(thrown)
    return new Set()
  }
}

/** Whether it names a partition of the topic. Without a look at all the others: topics may be created by the thousand. */
const isNamed = (disk: Disk, path: string, topic: string): boolean => {
  try {
    return readWhole(disk, join(path, cleanerCheckpointFile))?.includes(`\n${topic} `) ?? false
  } catch (thrown) {
    rethrowUnlessDisk(thrown)
    return false
  }
}
