/** The reading side of a log: whole batches from an offset on, and offsets by time. Its log has made sure that the files are fit to be read. */
import { KafkaFault } from '../../protocol/error-codes.ts'
import { offsetAfter, readBatches } from './batch-read.ts'
import { BatchSearch } from './batch-search.ts'
import type { LogState } from './log-state.ts'
import type { FoundOffset, ReadLimits, SegmentStart } from './log-types.ts'
import { findMaxTime, findTime } from './time-search.ts'

/** Throws system errors where the disk cannot be read. */
export class LogReader {
  readonly #state: LogState
  readonly #search: BatchSearch

  constructor(state: LogState) {
    this.#state = state
    this.#search = new BatchSearch(state.segments)
  }

  /** Whole batches from the one that holds `fromOffset` on. Throws OFFSET_OUT_OF_RANGE. */
  read(fromOffset: number, { maxBytes, minOne, upTo, allocate }: ReadLimits): Buffer {
    const { logStartOffset, logEndOffset, home } = this.#state
    if (fromOffset < logStartOffset || fromOffset > logEndOffset)
      throw new KafkaFault(
        'OFFSET_OUT_OF_RANGE',
        `Offset ${fromOffset} of ${home.name} is outside ${logStartOffset} to ${logEndOffset}`,
      )
    const { segment, position } = this.#search.place(fromOffset)
    const range = { maxBytes, minOne, upTo: upTo ?? logEndOffset, allocate: allocate ?? fresh }
    const batches = readBatches(segment, position, range)
    const next = offsetAfter(batches) ?? fromOffset
    if (next > fromOffset || position === segment.size) this.#search.leaveHint(segment, next, position + batches.length)
    return batches
  }

  /** How many bytes `read` could give from here to `upTo` or the log end, `atMost` or a little more; 0 when out of range. */
  bytesFrom(fromOffset: number, atMost: number, upTo?: number): number {
    const { logStartOffset, logEndOffset } = this.#state
    const end = upTo ?? logEndOffset
    if (fromOffset < logStartOffset || fromOffset >= end) return 0
    return this.#search.bytesFrom(fromOffset, atMost, end < logEndOffset ? end : undefined)
  }

  /** The first record whose timestamp is at or after this one, or undefined. */
  offsetForTime(timestampMs: number): FoundOffset | undefined {
    return findTime(this.#state.segments, timestampMs, this.#state.logStartOffset)
  }

  /** The record with the greatest timestamp, or undefined in an empty log. */
  maxTimestamp(): FoundOffset | undefined {
    return findMaxTime(this.#state.segments, this.#state.logStartOffset)
  }

  /** Where each segment begins and when it was last written, oldest first. */
  segmentStarts(): SegmentStart[] {
    const { files, clock } = this.#state.home
    return this.#state.segments.all().map((segment) => ({
      baseOffset: segment.baseOffset,
      modifiedMs: files.disk.stat(segment.log.path)?.modifiedMs ?? clock.now(),
    }))
  }
}

const fresh = (bytes: number): Buffer => Buffer.allocUnsafeSlow(bytes)
