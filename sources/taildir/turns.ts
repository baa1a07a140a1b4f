/** Reads one file's turn: batch after batch, delivered in order, until its end or until others must have theirs. The hot path. */
import type { FileDelivery } from '../../src/formats/file-delivery.ts'
import type { TailFile } from './tail-file.ts'

/** Events of one turn: some 10 ms. Then come the other files. */
const turnEventsMax = 50_000
/** Bytes of one turn, for files with long lines. */
const turnBytesMax = 32 * 1024 * 1024

export interface TurnLimits {
  readonly batchSize: number
  /** Batches of one turn, if fewer than would fit. */
  readonly maxBatchCount: number
}

/** Delivers whole lines of an open file. True when its end was not reached. */
export const takeTurn = async (
  file: TailFile,
  delivery: FileDelivery<TailFile>,
  { batchSize, maxBatchCount }: TurnLimits,
): Promise<boolean> => {
  const from = file.position
  let events = 0
  for (let batches = 0; batches < maxBatchCount; batches++) {
    if (events >= turnEventsMax || file.position - from >= turnBytesMax) return true
    if (!(await delivery.room())) return true
    const batch = file.next(batchSize)
    if (batch.length === 0) return false
    await delivery.deliver(file, batch)
    events += batch.length
  }
  return true
}
