/** What a run finds warm: its input. A machine may take pages that were read a moment ago out of its cache again, and then the run would measure the disk. */
import { closeSync, openSync, readSync } from 'node:fs'

const piece = Buffer.allocUnsafe(1 << 20)

/** Reads the file through. To be called right before a run. */
export const warm = (path: string): void => {
  const fd = openSync(path, 'r')
  while (readSync(fd, piece, 0, piece.length, null) > 0);
  closeSync(fd)
}
