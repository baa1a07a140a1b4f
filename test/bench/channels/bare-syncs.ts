/** What the disk gives to anybody: a bare loop that writes and syncs pieces of the size that a channel's had, nothing else. */
import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface BareSyncs {
  readonly syncsPerSecond: number
  readonly bytesPerSecond: number
}

const sync = promisify(fdatasync)
/** As a channel's data files are. */
const fileBytesMax = 134_217_728
const limitMs = 5000

/** Writes `bytes` in pieces of `pieceBytes`, each synced before the next, in files like a channel's; for five seconds at the most. */
export const bareSyncs = async (bytes: number, pieceBytes: number): Promise<BareSyncs> => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const piece = Buffer.alloc(Math.max(1, Math.round(pieceBytes)), 'a line of a log ')
  let [fd, files, inFile, syncs] = [-1, 0, 0, 0]
  const startMs = performance.now()
  for (let done = 0; done < bytes && performance.now() - startMs < limitMs; done += piece.length) {
    if (fd < 0 || inFile + piece.length > fileBytesMax) {
      if (fd >= 0) closeSync(fd)
      fd = openSync(join(folder, `piece-${files++}`), 'w')
      inFile = 0
    }
    for (let at = 0; at < piece.length;) at += writeSync(fd, piece, at)
    await sync(fd)
    inFile += piece.length
    syncs++
  }
  const seconds = (performance.now() - startMs) / 1000
  if (fd >= 0) closeSync(fd)
  rmSync(folder, { recursive: true, force: true })
  return { syncsPerSecond: syncs / seconds, bytesPerSecond: (syncs * piece.length) / seconds }
}
