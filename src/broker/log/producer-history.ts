/**
 * Finds out from the log what producers did: which of them were known at an offset, and which of their transactions a segment ended. Appends keep
 * both up to date; this is for what a start finds on disk.
 */
import { decodeMarker, type Marker } from '../../protocol/control-batch.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import type { BatchHeader } from '../../protocol/record-batch.ts'
import { BatchCursor } from './batch-cursor.ts'
import { positionNear } from './index-use.ts'
import type { ProducerSnapshots } from './producer-snapshots.ts'
import type { EndedTransaction, ProducerState } from './producer-state.ts'
import type { AbortedTransaction } from './transaction-index.ts'
import type { SegmentList } from './segment-list.ts'
import type { Segment } from './segment.ts'

/** The marker that the batch at `at` is; undefined for every other batch, and for control batches that mean nothing here or were emptied. */
export const markerOf = (batch: BatchHeader, bytes: Buffer, at = 0): Marker | undefined => {
  if (!batch.isControl || !batch.isTransactional || batch.count === 0) return undefined
  try {
    return decodeMarker(bytes, at)
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return undefined
    throw thrown
  }
}

/** Notes the batches of `segment` that begin in [from, upTo), and tells of each transaction that one of them ends. Throws system errors. */
const replay = (
  state: ProducerState,
  segment: Segment,
  [from, upTo]: readonly [number, number],
  ended: (transaction: EndedTransaction) => void,
): void => {
  const cursor = new BatchCursor(segment.log, positionNear(segment, from), segment.size, 4096)
  while (cursor.next() && cursor.baseOffset < upTo) {
    if (cursor.baseOffset < from || cursor.magic !== 2) continue
    const batch = cursor.header()
    const transaction = state.note(batch, batch.isControl ? markerOf(batch, cursor.bytes()) : undefined)
    if (transaction !== undefined) ended(transaction)
  }
}

const ignored = (): void => undefined

/** The producers known at `offset`: the newest snapshot, and what the batches from there on add to it. Throws system errors. */
export const producersAt = (segments: SegmentList, snapshots: ProducerSnapshots, offset: number): ProducerState => {
  const { offset: from, state } = snapshots.read(offset, segments.first.baseOffset)
  if (from >= offset) return state
  for (const segment of segments.from(segments.indexOf(from))) {
    if (segment.baseOffset >= offset) break
    replay(state, segment, [from, offset], ignored)
  }
  return state
}

/** Makes the index of aborted transactions of a segment anew. Throws system errors. */
export const indexAborted = (segment: Segment, segments: SegmentList, snapshots: ProducerSnapshots): void => {
  const state = producersAt(segments, snapshots, segment.baseOffset)
  segment.aborted.restart()
  replay(state, segment, [segment.baseOffset, Infinity], (transaction) => segment.noteEnded(transaction))
}

/** Whether each of these transactions is ended by a marker of its producer that does not say otherwise. Throws system errors. */
export const markersHold = (segment: Segment, transactions: readonly AbortedTransaction[]): boolean =>
  transactions.every(({ producerId, lastOffset }) => {
    const cursor = new BatchCursor(segment.log, positionNear(segment, lastOffset), segment.size, 4096)
    while (cursor.next()) if (cursor.lastOffset >= lastOffset) break
    if (cursor.size === 0 || cursor.lastOffset !== lastOffset || cursor.magic !== 2) return false
    const batch = cursor.header()
    return batch.isControl && batch.producerId === producerId && markerOf(batch, cursor.bytes())?.outcome !== 'commit'
  })
