import { systemCode } from '../base/faults.ts'
import type { Disk } from './disk.ts'

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
    const bytes = Buffer.allocUnsafe(disk.fstat(fd).size)
    let got = 0
    for (let n = 1; got < bytes.length && n > 0; got += n) n = disk.read(fd, bytes, got, bytes.length - got, got)
    return bytes.subarray(0, got)
  } finally {
    disk.close(fd)
  }
}
