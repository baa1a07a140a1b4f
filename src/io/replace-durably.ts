/** Small files that are replaced in one step, and last. */
import { dirname } from 'node:path'
import { rethrowBroken } from '../base/assert.ts'
import type { Disk } from './disk.ts'
import { writeWhole } from './write-whole.ts'

const dropPart = (disk: Disk, path: string): void => {
  try {
    disk.remove(path)
  } catch (thrown) {
    // What kept it from being written is the error that counts.
    rethrowBroken(thrown)
  }
}

/** Resolves when `path` has `bytes`, and that lasts. Throws system errors: it has what it had before then. */
export const replaceDurably = async (disk: Disk, path: string, bytes: Buffer): Promise<void> => {
  const beside = `${path}.tmp`
  try {
    const fd = disk.open(beside, 'w')
    try {
      writeWhole(disk, fd, bytes, 0)
      await disk.sync(fd)
    } finally {
      disk.close(fd)
    }
    disk.rename(beside, path)
  } catch (thrown) {
    dropPart(disk, beside)
    throw thrown
  }
  disk.syncFolder(dirname(path))
}
