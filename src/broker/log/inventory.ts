/** What lies in a partition's folder at the start, and the clearing away of what an earlier end left half done. */
import { join } from 'node:path'
import { deletedSuffix, parseSegmentFileName, segmentFileName } from './file-names.ts'
import type { SegmentHome } from './segment.ts'
import { completeSwaps } from './swaps.ts'

export interface Inventory {
  /** Base offsets of the segments, ascending. */
  readonly bases: readonly number[]
  /** Offsets of the producer snapshots. */
  readonly snapshots: readonly number[]
}

export const emptyInventory: Inventory = { bases: [], snapshots: [] }

/** Lists the folder's segments. Replacements are completed or taken back; files marked as deleted and indexes without a log are removed. */
export const takeInventory = (home: SegmentHome): Inventory => {
  const { folder } = home
  const { disk } = home.files
  completeSwaps(home, disk.list(folder))
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

const isLeftOver = (name: string): boolean => name.endsWith(deletedSuffix) || name.endsWith('.tmp')
