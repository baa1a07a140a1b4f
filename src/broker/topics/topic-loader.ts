/**
 * Makes topics of the partition folders that lie in the log folders at the start. Creating a topic makes the folder of partition 0 last, deleting it
 * takes that folder away first: so what has no partition 0 was never whole, or was on its way out.
 */
import { join } from 'node:path'
import type { Disk } from '../../io/disk.ts'
import { rethrowUnlessDisk } from '../log/disk-errors.ts'
import type { LogFolder } from '../log/log-folder.ts'
import { readTopicId } from './topic-files.ts'

export interface FoundPartition {
  readonly folder: LogFolder
  readonly partition: number
}

export interface FoundTopic {
  readonly name: string
  /** Undefined where no folder of the topic says it. */
  readonly id: string | undefined
  readonly partitions: readonly FoundPartition[]
}

export interface Found {
  readonly topics: readonly FoundTopic[]
  /** Folders of topics that were being deleted, and those that were given up as they were created; to be removed. */
  readonly leftOver: readonly string[]
}

/**
 * Looks at what the folders hold; reads one small file for each topic and changes nothing. `isComplete`: there is no folder that cannot be read, in which
 * a partition that is missing here may lie.
 */
export const findTopics = (disk: Disk, folders: readonly LogFolder[], isComplete: boolean): Found => {
  const leftOver = folders.flatMap((folder) => folder.foundDeleted.map((name) => join(folder.path, name)))
  const deletedIds = new Set(leftOver.map((path) => idAt(disk, path)))
  const topics: FoundTopic[] = []
  for (const [name, partitions] of byTopic(folders)) {
    partitions.sort((a, b) => a.partition - b.partition)
    const id = idOf(disk, name, partitions)
    const isWhole = partitions[0]?.partition === 0
    // of another broker's topics some partitions may never have been here
    const isOurs = !partitions.some(({ folder }) => folder.isForeign)
    const isGone =
      isComplete && isOurs && !isWhole && ((id !== undefined && deletedIds.has(id)) || isEmpty(disk, name, partitions))
    if (isGone) leftOver.push(...partitions.map(({ folder, partition }) => folder.folderOf(name, partition)))
    else topics.push({ name, id, partitions })
  }
  return { topics, leftOver }
}

const byTopic = (folders: readonly LogFolder[]): Map<string, FoundPartition[]> => {
  const topics = new Map<string, FoundPartition[]>()
  for (const folder of folders) {
    for (const { topic, partition } of folder.found) {
      const partitions = topics.get(topic)
      if (partitions === undefined) topics.set(topic, [{ folder, partition }])
      else if (!partitions.some((p) => p.partition === partition)) partitions.push({ folder, partition })
    }
  }
  return topics
}

const idOf = (disk: Disk, name: string, partitions: readonly FoundPartition[]): string | undefined => {
  for (const { folder, partition } of partitions) {
    const id = idAt(disk, folder.folderOf(name, partition))
    if (id !== undefined) return id
  }
  return undefined
}

/** What cannot be read says nothing; its partition is looked at when it is loaded. */
const idAt = (disk: Disk, path: string): string | undefined => {
  try {
    return readTopicId(disk, path)
  } catch (thrown) {
    rethrowUnlessDisk(thrown)
    return undefined
  }
}

/** Whether no partition ever got a record. */
const isEmpty = (disk: Disk, name: string, partitions: readonly FoundPartition[]): boolean => {
  try {
    return partitions.every(({ folder, partition }) =>
      disk.list(folder.folderOf(name, partition)).every((file) => !file.endsWith('.log')),
    )
  } catch (thrown) {
    rethrowUnlessDisk(thrown)
    return false
  }
}
