/**
 * Cleans one log: notes the keys of its dirty part, then writes every segment from the start of the log to the end of that part anew, without the records
 * that have a later value. Small neighbours become one segment. Offsets never change.
 */
import type { LogState } from '../log-state.ts'
import type { Segment } from '../segment.ts'
import { BatchFates } from './batch-fates.ts'
import { CleanedSegment } from './cleaned-segment.ts'
import { isStillThere, nextBase, segmentsOf, walk, type CleaningJob } from './cleaning.ts'
import { gatherKeys } from './gather-keys.ts'
import { groupsOf } from './groups.ts'
import { TransactionView } from './transaction-view.ts'

export interface Cleaned {
  /** Everything before this offset is clean now. */
  readonly to: number
  readonly keys: number
  readonly bytesBefore: number
  readonly bytesAfter: number
}

/** Throws Unfit, Overtaken, CleaningStopped, KafkaFaults and system errors; what was cleaned before stays so. */
export const clean = async (given: CleaningJob): Promise<Cleaned> => {
  const job = { ...given, to: await onDisk(given) }
  const { log, keys, nowMs } = job
  const known = await gatherKeys(job)
  const segments = segmentsOf(log, log.firstSegmentOffset, known)
  // the last of them may go on behind what is known, with transactions of its own
  const end = log.compacting((state) => nextBase(state, segments.at(-1)?.baseOffset ?? known))
  const fates = new BatchFates({
    keys,
    known,
    view: new TransactionView(log.transactions.aborted(log.firstSegmentOffset, end)),
    producers: Array.from(log.transactions.producers()),
    nowMs,
    deleteRetentionMs: log.settings.deleteRetentionMs,
  })
  let [bytesBefore, bytesAfter] = [0, 0]
  for (const group of log.compacting((state) => groupsOf(segments, state.home.settings))) {
    bytesBefore += group.reduce((sum, segment) => sum + segment.size, 0)
    bytesAfter += await cleanGroup(job, group, fates)
  }
  return { to: known, keys: keys.count, bytesBefore, bytesAfter }
}

/** Where the dirty part ends that no power cut can take any more: an old value must not go because of a new one that is lost afterwards. */
const onDisk = async ({ log, from, to }: CleaningJob): Promise<number> => {
  if (log.recoveryPoint < to) await log.flush()
  return Math.max(from, Math.min(to, log.recoveryPoint))
}

/** Puts one segment in the place of the group; gives its size. */
const cleanGroup = async (job: CleaningJob, group: readonly Segment[], fates: BatchFates): Promise<number> => {
  const [first] = group
  if (first === undefined) return 0
  const cleaned = new CleanedSegment(
    job.log.compacting(({ home }: LogState) => home),
    first.baseOffset,
  )
  try {
    let isChanged = group.length > 1
    for (const segment of group) isChanged = (await copyInto(cleaned, job, segment, fates)) || isChanged
    if (!isChanged) cleaned.discard()
    else await swap(cleaned, job, group, fates.takesMarkers)
    return cleaned.size
  } catch (thrown) {
    // what is whole may be the only copy by now: it gets its place in the next round
    if (!cleaned.isWhole) cleaned.discard()
    throw thrown
  }
}

/** Whether anything was left out or changed. */
const copyInto = async (
  cleaned: CleanedSegment,
  job: CleaningJob,
  segment: Segment,
  fates: BatchFates,
): Promise<boolean> => {
  let isChanged = false
  await walk(job, segment, 0, (bytes, header) => {
    const fate = fates.of(bytes, header)
    if (fate.bytes !== bytes) isChanged = true
    if (fate.bytes !== undefined) cleaned.append(fate.bytes)
    if (fate.aborted !== undefined) cleaned.noteAborted(fate.aborted)
    return fate.bytes?.length ?? 0
  })
  return isChanged
}

const swap = async (
  cleaned: CleanedSegment,
  { log }: CleaningJob,
  group: readonly Segment[],
  takesMarkers: boolean,
): Promise<void> => {
  // first, and on disk with the names of the new files: a snapshot may have a transaction for open whose marker goes now
  if (takesMarkers)
    log.compacting((state) => state.forgetSnapshotsBefore(nextBase(state, group.at(-1)?.baseOffset ?? 0)))
  await cleaned.finish()
  log.compacting((state) => {
    // retention or the end of the topic may have come in between
    for (const segment of group) isStillThere(state, segment)
    cleaned.isWhole = true
    state.replaceSegments(group, () => cleaned.place())
  })
}
