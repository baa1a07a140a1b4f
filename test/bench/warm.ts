/**
 * What a run finds warm: its input, and the memory for what it writes. A machine may take pages that were read a moment ago out of its cache again, and then the
 * run would measure the disk. And a virtual machine gets memory from its host at the first touch: 13 µs for each 4 KB where that was measured, several times
 * what it takes to write them; then the first runs of a table would measure the host.
 */
import { closeSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const piece = Buffer.alloc(1 << 20)
/** Bytes that a run writes for each of its input: a record has a few more than its line, and pages are left over here and there. */
const writtenShare = 1.3

/** Writes as much into the run's folder as the run will, takes it away again, and reads the input through. To be called right before a run. */
export const warm = (input: string, folder: string): void => {
  const path = join(folder, 'warm')
  const written = openSync(path, 'w')
  try {
    for (let left = statSync(input).size * writtenShare; left > 0; left -= piece.length) writeSync(written, piece)
  } finally {
    closeSync(written)
    rmSync(path)
  }
  const read = openSync(input, 'r')
  while (readSync(read, piece, 0, piece.length, null) > 0);
  closeSync(read)
}
