/** Small JSON files that must be whole at every moment: positions, trackers. Written beside and renamed, so a crash leaves the old or the new. */
import type { Context } from '../flow/context.ts'

type Disk = Context['disk']

/** The folder a file stands in; the working folder for a bare name. */
export const folderOf = (path: string): string => {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '.' : path.slice(0, Math.max(1, slash))
}

/** Writes `bytes` to `path` in one step: whoever reads sees all of the old or all of the new. Throws the disk's errors. */
export const replaceFile = (disk: Disk, path: string, bytes: Uint8Array): void => {
  const beside = `${path}.tmp`
  const fd = disk.open(beside, 'w')
  try {
    for (let done = 0; done < bytes.length;) done += disk.write(fd, bytes, done, bytes.length - done, null)
  } finally {
    disk.close(fd)
  }
  disk.rename(beside, path)
}
