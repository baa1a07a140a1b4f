/** Small JSON files that must be whole at every moment: positions, trackers. Written beside and renamed, so a crash leaves the old or the new. */
import { systemCode } from '../base/faults.ts'
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

/** The whole of a small file, or undefined when there is none. Throws the disk's other errors. */
export const readWhole = (disk: Disk, path: string): Buffer | undefined => {
  let fd: number
  try {
    fd = disk.open(path, 'r')
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return undefined
    throw thrown
  }
  try {
    const bytes = Buffer.alloc(disk.fstat(fd).size)
    let got = 0
    for (let n = 1; got < bytes.length && n > 0; got += n) n = disk.read(fd, bytes, got, bytes.length - got, got)
    return bytes.subarray(0, got)
  } finally {
    disk.close(fd)
  }
}
