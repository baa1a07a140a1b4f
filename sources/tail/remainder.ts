/** What stands in the followed file behind what was read of it: looked at once, at a stop after which nobody would read it. */
import { systemCode } from '../../src/base/faults.ts'
import type { Disk } from '../../src/io/disk.ts'

/** Read at the most: a stop is no time to read a large file to its end. */
const bytesMax = 1024 * 1024

export interface Remainder {
  readonly bytes: Buffer
  /** It goes to the end of the file. */
  readonly isAll: boolean
}

/** From byte `from` on; undefined where the name leads to another file by now, or to none that can be read. */
export const readRemainder = (disk: Disk, path: string, inode: number, from: number): Remainder | undefined => {
  try {
    const fd = disk.open(path, 'r')
    try {
      const stat = disk.fstat(fd)
      if (stat.inode !== inode || stat.size < from) return undefined
      const bytes = Buffer.allocUnsafe(Math.min(stat.size - from, bytesMax))
      let got = 0
      for (let n = 1; got < bytes.length && n > 0; got += n)
        n = disk.read(fd, bytes, got, bytes.length - got, from + got)
      return { bytes: bytes.subarray(0, got), isAll: from + got === stat.size }
    } finally {
      disk.close(fd)
    }
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown
    return undefined
  }
}
