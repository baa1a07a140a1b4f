/**
 * `meta.properties`, which says whose folder this is: Kafka's own file. A first line of ours says that we have taken care of the folder; the lines that
 * Kafka wrote stay, so that it may have the folder back. Version 0 is that of brokers with ZooKeeper, version 1 that of KRaft.
 */
import type { Disk } from '../../io/disk.ts'
import { Fault } from '../../base/faults.ts'
import { readWhole, replaceWhole } from './whole-file.ts'
import { join } from 'node:path'

const metaFile = 'meta.properties'
const mark = '# Written by Millrace'

export interface Meta {
  readonly brokerId: number
  readonly clusterId: string
}

export interface StoredMeta {
  readonly brokerId: number
  /** Kafka before 2.4 did not say. */
  readonly clusterId: string | undefined
  /** Another broker wrote it: nothing here has been taken over yet. */
  readonly isForeign: boolean
  /** All that the file says, by name. */
  readonly values: ReadonlyMap<string, string>
}

const valuesIn = (text: string): Map<string, string> =>
  new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const found = /^([^#=]+)=(.*)$/.exec(line.trim())
      return found?.[1] === undefined ? [] : [[found[1].trim(), (found[2] ?? '').trim()]]
    }),
  )

/**
 * What the folder's file says, or undefined when there is none. Throws LOG_FOLDER_FOREIGN for a version that nobody knows yet, LOG_FOLDER_DAMAGED for a file
 * that does not say whose folder it is.
 */
export const readMeta = (disk: Disk, folder: string): StoredMeta | undefined => {
  const text = readWhole(disk, join(folder, metaFile))?.toString()
  if (text === undefined) return undefined
  const values = valuesIn(text)
  const version = values.get('version') ?? '0'
  if (version !== '0' && version !== '1') throw new Fault('LOG_FOLDER_FOREIGN', { path: folder, version })
  const brokerId = Number(values.get(version === '0' ? 'broker.id' : 'node.id') ?? NaN)
  if (!Number.isInteger(brokerId)) throw new Fault('LOG_FOLDER_DAMAGED', { path: folder })
  const clusterId = values.get('cluster.id')
  const isForeign = !text.startsWith(mark)
  if (clusterId === '' || (clusterId === undefined && !isForeign))
    throw new Fault('LOG_FOLDER_DAMAGED', { path: folder })
  return { brokerId, clusterId, isForeign, values }
}

/** Makes the folder ours; `stored` is what another broker wrote, which stays. */
export const writeMeta = (
  disk: Disk,
  folder: string,
  { brokerId, clusterId }: Meta,
  nowMs: number,
  stored?: StoredMeta,
): Promise<void> => {
  const values = new Map(stored?.values ?? [['version', '0'], ['broker.id', String(brokerId)]]) // prettier-ignore
  values.set('cluster.id', clusterId)
  const lines = Array.from(values, ([name, value]) => `${name}=${value}\n`)
  return replaceWhole(disk, join(folder, metaFile), `${mark}\n# ${new Date(nowMs).toISOString()}\n${lines.join('')}`)
}
