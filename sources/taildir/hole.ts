/**
 * Where a file that was cut begins again. A writer that does not append goes on at its old offset after the cut, and the file then begins with
 * a hole of NULs as long as everything it ever wrote; those are no lines, and reading starts behind them.
 */
import type { Disk } from '../../src/io/disk.ts'

const stepBytes = 64 * 1024

/** 0, or the first byte at or after `position` that is no NUL when the file begins with NULs and reaches beyond `position`. */
export const afterHole = (disk: Disk, fd: number, position: number): number => {
  const { size } = disk.fstat(fd)
  const step = Buffer.alloc(stepBytes)
  const head = disk.read(fd, step, 0, 1024, 0)
  if (position === 0 || size <= position || head === 0 || firstByte(step, head) < head) return 0
  for (let at = position; ; at += stepBytes) {
    const got = disk.read(fd, step, 0, stepBytes, at)
    const first = firstByte(step, got)
    if (first < got || got < stepBytes) return at + first
  }
}

/** Index of the first byte that is no NUL, or `length`. */
const firstByte = (bytes: Buffer, length: number): number => {
  const found = bytes.subarray(0, length).findIndex((byte) => byte !== 0)
  return found < 0 ? length : found
}
