/**
 * What there is of topics, noted in every log folder of a broker that has several (`topics.json`): when one of them cannot be read, the others tell
 * which partitions lie in it, and they are offline instead of unknown. Nobody creates such a topic a second time then.
 */
import { join } from 'node:path'
import { rethrowUnlessDisk } from '../log/disk-errors.ts'
import { readWhole, replaceWhole } from '../log/whole-file.ts'
import type { Disk } from '../../io/disk.ts'
import type { Topic } from './topic-types.ts'

const listFile = 'topics.json'
const version = 1

export interface ListedTopic {
  readonly name: string
  readonly id: string
  readonly partitions: number
  readonly configs: ReadonlyMap<string, string>
}

interface Content {
  /** Of two lists the one with the greater number is newer. */
  readonly revision: number
  readonly topics: readonly ListedTopic[]
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const topicOf = (value: unknown): ListedTopic | undefined => {
  const { name, id, partitions, configs } = isRecord(value) ? value : {}
  if (typeof name !== 'string' || typeof id !== 'string' || !Number.isSafeInteger(partitions) || !isRecord(configs))
    return undefined
  const given = Object.entries(configs).map(([setting, text]): [string, string] => [setting, String(text)])
  return { name, id, partitions: Number(partitions), configs: new Map(given) }
}

/** What a folder's file says; undefined when there is none, or none that can be read. */
const read = (disk: Disk, folder: string): Content | undefined => {
  try {
    const content: unknown = JSON.parse(readWhole(disk, join(folder, listFile))?.toString() ?? 'null')
    if (!isRecord(content) || content['version'] !== version || !Array.isArray(content['topics'])) return undefined
    return { revision: Number(content['revision']), topics: content['topics'].flatMap((one) => topicOf(one) ?? []) }
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined
    rethrowUnlessDisk(thrown)
    return undefined
  }
}

export class TopicList {
  /** By name, as they were when the list was last written. */
  readonly found: ReadonlyMap<string, ListedTopic>
  readonly #disk: Disk
  #revision: number

  /** Reads the newest list of these folders. */
  constructor(disk: Disk, folders: readonly string[]) {
    const contents = folders.flatMap((folder) => read(disk, folder) ?? [])
    const newest = contents.toSorted((a, b) => b.revision - a.revision)[0]
    this.#disk = disk
    this.#revision = newest?.revision ?? 0
    this.found = new Map(newest?.topics.map((topic) => [topic.name, topic]))
  }

  /** Writes what there is now. Rejects with system errors, and has then done what it could. */
  async write(folders: readonly string[], topics: Iterable<Topic>): Promise<void> {
    const listed = Array.from(topics, ({ name, id, partitions, configs }) => ({
      name,
      id,
      partitions: partitions.length,
      configs: Object.fromEntries(configs),
    }))
    const text = `${JSON.stringify({ version, revision: ++this.#revision, topics: listed })}\n`
    const written = await Promise.allSettled(
      folders.map((folder) => replaceWhole(this.#disk, join(folder, listFile), text)),
    )
    for (const each of written) if (each.status === 'rejected') throw each.reason
  }
}
