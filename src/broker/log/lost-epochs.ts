/**
 * The leader epochs of a log whose `leader-epoch-checkpoint` says none: each batch has the epoch in which it was written. A broker that fell back to an older
 * one would tell clients that theirs is yet to come.
 */
import { BatchCursor } from './batch-cursor.ts'
import { rethrowUnlessDisk } from './disk-errors.ts'
import { LeaderEpochs, type EpochStart } from './leader-epochs.ts'
import type { LogHome } from './log-home.ts'
import type { SegmentList } from './segment-list.ts'
import type { Segment } from './segment.ts'

/** `isClean`: after anything but a clean stop a power cut may have taken the file, as it is not synced; that is nothing to warn of. */
export const openEpochs = (home: LogHome, segments: SegmentList, isClean: boolean): LeaderEpochs => {
  const epochs = new LeaderEpochs(home.files.disk, home.folder)
  if (!epochs.isEmpty) return epochs
  try {
    const found = epochsIn(segments.all())
    if (found.length === 0) return epochs
    epochs.restore(found)
    if (isClean) home.log.warn(`${epochs.path} was lost or damaged; it was made again from the log.`)
  } catch (thrown) {
    rethrowUnlessDisk(thrown)
  }
  return epochs
}

/** Reads one batch of each segment, and all headers only where the epoch changes. Throws system errors. */
const epochsIn = (segments: readonly Segment[]): EpochStart[] => {
  const starts: EpochStart[] = []
  const firsts = segments.map(firstEpoch)
  for (const [index, segment] of segments.entries()) {
    const last = firsts.slice(index + 1).find((epoch) => epoch !== undefined) ?? lastEpoch(segment)
    noteStarts(starts, segment, last)
  }
  return starts
}

/** Until the epoch is `last`: from there on it stays. */
const noteStarts = (starts: EpochStart[], segment: Segment, last: number | undefined): void => {
  const cursor = new BatchCursor(segment.log, 0, segment.sizeOnDisk, 4096)
  for (let known = starts.at(-1)?.epoch ?? -1; known < (last ?? -1) && cursor.next();) {
    const epoch = epochOf(cursor)
    if (epoch <= known) continue
    starts.push({ epoch, startOffset: cursor.baseOffset })
    known = epoch
  }
}

const lastEpoch = (segment: Segment): number | undefined => {
  const cursor = new BatchCursor(segment.log, segment.load().offsets.last()?.position ?? 0, segment.size, 4096)
  let epoch: number | undefined
  while (cursor.next()) epoch = epochOf(cursor)
  return epoch
}

const firstEpoch = (segment: Segment): number | undefined => {
  const cursor = new BatchCursor(segment.log, 0, segment.sizeOnDisk, 128)
  return cursor.next() ? epochOf(cursor) : undefined
}

/** -1 where the entry has none. */
const epochOf = (cursor: BatchCursor): number => (cursor.magic === 2 ? cursor.header().leaderEpoch : -1)
