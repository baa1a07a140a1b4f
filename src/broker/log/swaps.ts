/**
 * Completes or takes back a compaction that the last process could not end, ours or Kafka's. Files in `.cleaned` were being written: nothing is lost with
 * them. Files in `.swap` are whole and on disk: the segments whose place they take go, and they get their names. Doing half of it and dying does no harm: it is
 * done again.
 */
import { join } from 'node:path'
import type { Disk } from '../../io/disk.ts'
import { cleanedSuffix, parseSegmentFileName, segmentFileName, swapSuffix, type SegmentFileName } from './file-names.ts'
import { endOfClosed } from './recovery.ts'
import { Segment, type SegmentHome } from './segment.ts'

interface Transient extends SegmentFileName {
  readonly name: string
}

const endingIn = (names: readonly string[], ending: string): Transient[] =>
  names.flatMap((name) => {
    const file = name.endsWith(ending) ? parseSegmentFileName(name.slice(0, -ending.length)) : undefined
    return file === undefined ? [] : [{ name, ...file }]
  })

/** Throws system errors. */
export const completeSwaps = (home: SegmentHome, names: readonly string[]): void => {
  const cleaned = endingIn(names, cleanedSuffix)
  const swaps = endingIn(names, swapSuffix)
  if (cleaned.length + swaps.length === 0) return
  const { disk } = home.files
  // as long as one of its files was not renamed, the others that were do not count
  const halfNamed = Math.min(...cleaned.map(({ offset }) => offset))
  const [whole, torn] = [swaps.filter((s) => s.offset < halfNamed), swaps.filter((s) => s.offset >= halfNamed)]
  // what is half named goes first: with the last `.cleaned` file it would seem to be whole
  for (const { name } of [...torn, ...cleaned]) disk.unlink(join(home.folder, name))
  for (const { offset } of whole.filter(({ suffix }) => suffix === '.log')) clearPlace(home, offset, names)
  for (const { name, offset } of whole) {
    const hasLog = whole.some((s) => s.suffix === '.log' && s.offset === offset)
    if (hasLog || names.includes(segmentFileName(offset, '.log'))) rename(disk, home.folder, name)
    else disk.unlink(join(home.folder, name))
  }
  disk.syncFolder(home.folder)
}

const rename = (disk: Disk, folder: string, name: string): void =>
  disk.rename(join(folder, name), join(folder, name.slice(0, -swapSuffix.length)))

/** Removes the segments whose records the swap file at `base` holds: those that begin between its own beginning and its end. */
const clearPlace = (home: SegmentHome, base: number, names: readonly string[]): void => {
  const swap = new Segment(home, base, { isNew: false, createdMs: 0, jitterMs: 0, ending: swapSuffix })
  const end = endOfClosed(swap) ?? base
  swap.close()
  for (const name of names) {
    const file = parseSegmentFileName(name)
    if (file === undefined || file.suffix === '.snapshot' || file.offset < base) continue
    if (file.offset < end) home.files.disk.unlink(join(home.folder, name))
  }
}
