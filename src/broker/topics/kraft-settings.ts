/**
 * The settings of topics as a KRaft broker keeps them: records of the partition `__cluster_metadata`, in its log and its snapshots. Read once, when a folder
 * is taken over; nothing is ever written there. Each record's value is `frame version, record type, record version` as unsigned varints, then a message in the
 * compact encoding. Three types matter: 2 topic (name, id), 4 setting (resource type, resource, name, value; a null value takes it back), 9 topic removed (id).
 */
import { join } from 'node:path'
import type { Disk } from '../../io/disk.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import { entrySize, magicOf, readBatchHeader } from '../../protocol/record-batch.ts'
import { Reader } from '../../protocol/reader.ts'
import { RecordReader } from '../../protocol/record-reader.ts'
import { readWhole } from '../log/whole-file.ts'

const types = { topic: 2, setting: 4, topicRemoved: 9 } as const
const topicResource = 2
/** More of it is not read: a metadata log is small, and snapshots repeat it. */
const fileBytesMax = 256 * 1024 * 1024

class Settings {
  readonly #byTopic = new Map<string, Map<string, string>>()
  readonly #names = new Map<string, string>()

  /** What each topic that still is there overrides. */
  get byTopic(): ReadonlyMap<string, ReadonlyMap<string, string>> {
    return new Map(Array.from(this.#names.values(), (name) => [name, this.#byTopic.get(name) ?? new Map()]))
  }

  /** Throws Malformed. */
  take(value: Buffer): void {
    const reader = new Reader(value)
    reader.uvarint()
    const type = reader.uvarint()
    reader.uvarint()
    if (type === types.topic) this.#topic(reader)
    else if (type === types.setting) this.#setting(reader)
    else if (type === types.topicRemoved) this.#removed(reader)
  }

  #topic(reader: Reader): void {
    const name = reader.str(true) ?? ''
    this.#names.set(reader.uuid(), name)
  }

  #setting(reader: Reader): void {
    const resource = reader.i8()
    const topic = reader.str(true) ?? ''
    const name = reader.str(true) ?? ''
    const value = reader.str(true)
    if (resource !== topicResource) return
    const settings = this.#byTopic.get(topic) ?? new Map<string, string>()
    this.#byTopic.set(topic, settings)
    if (value === null) settings.delete(name)
    else settings.set(name, value)
  }

  #removed(reader: Reader): void {
    const id = reader.uuid()
    this.#byTopic.delete(this.#names.get(id) ?? '')
    this.#names.delete(id)
  }
}

/** Reads the metadata partition in `folder`: the newest snapshot, and the log behind it. Throws Malformed, KafkaFaults and system errors. */
export const readKraftSettings = (disk: Disk, folder: string): ReadonlyMap<string, ReadonlyMap<string, string>> => {
  const settings = new Settings()
  const names = disk.list(folder).toSorted()
  const snapshot = names.findLast((name) => /^\d{20}-\d{10}\.checkpoint$/.test(name))
  const from = snapshot === undefined ? 0 : Number(snapshot.slice(0, 20))
  if (snapshot !== undefined) replay(readFile(disk, join(folder, snapshot)), 0, settings)
  for (const name of names.filter((each) => /^\d{20}\.log$/.test(each)))
    replay(readFile(disk, join(folder, name)), from, settings)
  return settings.byTopic
}

const readFile = (disk: Disk, path: string): Buffer => {
  const size = disk.stat(path)?.size ?? 0
  return size > fileBytesMax ? Buffer.alloc(0) : (readWhole(disk, path) ?? Buffer.alloc(0))
}

/** 0 at the end, and where a killed broker left no whole batch. */
const sizeAt = (bytes: Buffer, at: number): number => {
  try {
    const size = entrySize(bytes, at)
    return size > 0 && magicOf(bytes, at) === 2 ? size : 0
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return 0
    throw thrown
  }
}

const replay = (bytes: Buffer, from: number, settings: Settings): void => {
  const reader = new RecordReader()
  for (let at = 0, size = 0; (size = sizeAt(bytes, at)) > 0; at += size) {
    const header = readBatchHeader(bytes, at)
    if (header.isControl || header.lastOffset < from) continue
    reader.open(bytes, at, header)
    while (reader.next()) {
      const value = reader.value()
      if (value !== null && reader.offset >= from) settings.take(value)
    }
  }
}
