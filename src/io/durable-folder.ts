/** Folders that last: making one is only on the disk once the folder around it was synced. */
import { dirname } from 'node:path'
import type { Disk } from './disk.ts'

/** Makes the folder and all its parents, and makes those that were missing last. */
export const makeDurableFolder = (disk: Disk, path: string): void => {
  const missing: string[] = []
  for (let folder = path; disk.stat(folder) === undefined; folder = dirname(folder)) missing.push(folder)
  disk.makeFolder(path)
  for (const folder of missing.toReversed()) disk.syncFolder(dirname(folder))
}
