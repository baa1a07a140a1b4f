/** What lies in a partition's folder at the start, and the clearing away of what an earlier end left half done. */
import { join } from 'node:path'
import type { Disk } from '../../io/disk.ts'
import { deletedSuffix, parseSegmentFileName, segmentFileName } from './file-names.ts'

export interface Inventory {
  /** Base offsets of the segments, ascending. */
  readonly bases: readonly number[]
  /** Offsets of the producer snapshots. */
  readonly snapshots: readonly number[]
}

export const emptyInventory: Inventory = { bases: [], snapshots: [] }

/** Lists the folder's segments. Files marked as deleted, unfinished replacements and indexes without a log are removed. */
export const takeInventory = (disk: Disk, folder: string): Inventory => {
  const names = disk.list(folder)
  const present = new Set(names)
  const bases: number[] = []
  const snapshots: number[] = []
  for (const name of names) {
    const file = parseSegmentFileName(name)
    if (file?.suffix === '.log') bases.push(file.offset)
    else if (file?.suffix === '.snapshot') snapshots.push(file.offset)
    else if (isLeftOver(name) || (file !== undefined && !present.has(segmentFileName(file.offset, '.log'))))
      disk.unlink(join(folder, name))
  }
  return { bases: bases.sort((a, b) => a - b), snapshots: snapshots.sort((a, b) => a - b) }
}

const isLeftOver = (name: string): boolean =>
  name.endsWith(deletedSuffix) || name.endsWith('.tmp') || name.endsWith('.cleaned')
