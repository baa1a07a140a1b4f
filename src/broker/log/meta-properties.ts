/** `meta.properties`, which says whose folder this is: Kafka's own file, with a first line by which we know our own. */
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

const values = (text: string): Map<string, string> =>
  new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const found = /^([^#=]+)=(.*)$/.exec(line.trim())
      return found?.[1] === undefined ? [] : [[found[1].trim(), (found[2] ?? '').trim()]]
    }),
  )

/** What the folder's file says, or undefined when there is none. Throws LOG_FOLDER_FOREIGN for one that another broker wrote, LOG_FOLDER_DAMAGED for one that says nothing. */
export const readMeta = (disk: Disk, folder: string): Meta | undefined => {
  const text = readWhole(disk, join(folder, metaFile))?.toString()
  if (text === undefined) return undefined
  if (!text.startsWith(mark)) throw new Fault('LOG_FOLDER_FOREIGN', { path: folder })
  const found = values(text)
  const brokerId = Number(found.get('broker.id') ?? NaN)
  const clusterId = found.get('cluster.id') ?? ''
  if (!Number.isInteger(brokerId) || clusterId === '') throw new Fault('LOG_FOLDER_DAMAGED', { path: folder })
  return { brokerId, clusterId }
}

export const writeMeta = (disk: Disk, folder: string, { brokerId, clusterId }: Meta, nowMs: number): Promise<void> =>
  replaceWhole(
    disk,
    join(folder, metaFile),
    `${mark}\n# ${new Date(nowMs).toISOString()}\nversion=0\nbroker.id=${brokerId}\ncluster.id=${clusterId}\n`,
  )
