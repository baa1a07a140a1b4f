/** The first pass of a cleaning: goes through the dirty part and notes for each key where its last value stands. */
import { decodeMarker } from '../../../protocol/control-batch.ts'
import type { BatchHeader } from '../../../protocol/record-batch.ts'
import { RecordReader } from '../../../protocol/record-reader.ts'
import { nextBase, segmentsOf, walk, type CleaningJob } from './cleaning.ts'
import { TransactionView } from './transaction-view.ts'

/** Fills `job.keys`. Gives the offset up to which the keys are known: the end of the dirty part, or less when memory for keys ran out. */
export const gatherKeys = async (job: CleaningJob): Promise<number> => {
  const { log, from, to } = job
  const view = new TransactionView(log.transactions.aborted(from, to))
  const reader = new RecordReader()
  let known = from
  for (const segment of segmentsOf(log, from, to)) {
    const isWhole = await walk(job, segment, from, (bytes, header) => {
      if (header.baseOffset >= to) {
        known = to
        return 'stop'
      }
      if (header.lastOffset < from) return 0
      if (header.isControl) view.end(header, decodeMarker(bytes))
      else if (!view.isAborted(header)) {
        const full = gatherBatch(job, bytes, header, reader)
        if (full !== undefined) {
          known = full
          return 'stop'
        }
      }
      known = header.lastOffset + 1
      return 0
    })
    if (!isWhole) return known
    // the segment may end before the next begins, where records went earlier
    known = log.compacting((state) => nextBase(state, segment.baseOffset))
  }
  return Math.min(known, to)
}

/** Notes the keys of one batch; gives the offset of the first record for which there was no room. */
const gatherBatch = (
  { keys, from }: CleaningJob,
  bytes: Buffer,
  header: BatchHeader,
  reader: RecordReader,
): number | undefined => {
  reader.open(bytes, 0, header)
  let full: number | undefined
  while (reader.next()) {
    const key = reader.key()
    if (full !== undefined || key === null || reader.offset < from) continue
    if (keys.isFull) full = reader.offset
    else keys.put(key, reader.offset)
  }
  return full
}
