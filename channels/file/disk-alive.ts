/** Tells a bad place on a disk from a disk that is gone: of that one nothing can be read, and what is on it is not lost yet. */
import { dirname, join } from 'node:path'
import { systemCode } from '../../src/base/faults.ts'
import type { Disk } from '../../src/io/disk.ts'

/** Of the file, and files beside it. */
const placesProbed = 8

const canRead = (disk: Disk, path: string, position: number): boolean => {
  try {
    const fd = disk.open(path, 'r')
    try {
      return disk.read(fd, Buffer.alloc(1), 0, 1, position) > 0
    } finally {
      disk.close(fd)
    }
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown
    return false
  }
}

/** Whether anything can be read in a few places of the data file at `path`, or at the start of data files beside it. */
export const isDiskAlive = (disk: Disk, path: string, sizeInBytes: number): boolean => {
  for (let i = 0; i < placesProbed; i++)
    if (canRead(disk, path, Math.floor((i * sizeInBytes) / placesProbed))) return true
  const folder = dirname(path)
  const others = disk.list(folder).flatMap((name) => (name.endsWith('.data') ? [join(folder, name)] : []))
  return others
    .filter((other) => other !== path)
    .slice(-placesProbed)
    .some((other) => canRead(disk, other, 0))
}
