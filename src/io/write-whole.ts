import type { Disk } from './disk.ts'

/**
 * All of `bytes` at `position`, in as many writes as the disk needs: one that fills up takes a part first, and throws at the rest. Throws the disk's errors,
 * and EIO where the disk takes nothing and says nothing; what was written until then stands in the file.
 */
export const writeWhole = (disk: Disk, fd: number, bytes: Uint8Array, position: number): void => {
  for (let done = 0; done < bytes.length;) {
    const written = disk.write(fd, bytes, done, bytes.length - done, position + done)
    if (written === 0) throw Object.assign(new Error('EIO: the disk took nothing of a write'), { code: 'EIO' })
    done += written
  }
}
