/** The second pass, for one batch: what of it stays. */
import { decodeMarker } from '../../../protocol/control-batch.ts'
import type { BatchHeader } from '../../../protocol/record-batch.ts'
import { RecordReader } from '../../../protocol/record-reader.ts'
import type { Producer } from '../producer-state.ts'
import type { AbortedTransaction } from '../transaction-index.ts'
import type { KeyMap } from './key-map.ts'
import { thinBatch } from './thin-batch.ts'
import type { TransactionView } from './transaction-view.ts'

export interface FateOptions {
  readonly keys: KeyMap
  /** Behind it keys are not known, and everything stays. */
  readonly known: number
  readonly view: TransactionView
  readonly producers: readonly Readonly<Producer>[]
  readonly nowMs: number
  readonly deleteRetentionMs: number
}

export interface BatchFate {
  /** What stays; the bytes given where nothing changes, undefined for nothing. */
  readonly bytes: Buffer | undefined
  /** A transaction that readers must be told of, whose marker this is. */
  readonly aborted: AbortedTransaction | undefined
}

export class BatchFates {
  /** Markers went, so far: their transactions must not be found open anywhere. */
  takesMarkers = false
  readonly #options: FateOptions
  readonly #reader = new RecordReader()
  /** Where the last data of each producer that is remembered ends, or, where it has none, the epoch of its last marker. */
  readonly #lastOffsets = new Map<number, number>()
  readonly #lastEpochs = new Map<number, number>()

  constructor(options: FateOptions) {
    this.#options = options
    for (const { id, epoch, batches } of options.producers) {
      const last = batches.at(-1)
      if (last === undefined) this.#lastEpochs.set(id, epoch)
      else this.#lastOffsets.set(id, last.lastOffset)
    }
  }

  /** Must be asked in the order of the log. Throws INVALID_RECORD and CORRUPT_MESSAGE. */
  of(bytes: Buffer, header: BatchHeader): BatchFate {
    return header.isControl ? this.#ofMarker(bytes, header) : this.#ofData(bytes, header)
  }

  #ofData(bytes: Buffer, header: BatchHeader): BatchFate {
    const { view, nowMs } = this.#options
    const isAborted = view.isAborted(header)
    const horizonPassed = header.hasDeleteHorizon && nowMs >= header.baseTimestamp
    const keeps = (record: RecordReader): boolean => !isAborted && this.#keeps(record, horizonPassed)
    return { bytes: this.#thinned(bytes, header, keeps, false), aborted: undefined }
  }

  /** A marker of which nothing is left to say waits as tombstones do: a consumer may still be between the data and the marker. */
  #ofMarker(bytes: Buffer, header: BatchHeader): BatchFate {
    const { view, nowMs } = this.#options
    const { isSpent, aborted } = view.end(header, decodeMarker(bytes))
    const goes = isSpent && header.hasDeleteHorizon && nowMs >= header.baseTimestamp
    if (goes) this.takesMarkers = true
    return { bytes: this.#thinned(bytes, header, () => !goes, isSpent), aborted }
  }

  #thinned(
    bytes: Buffer,
    header: BatchHeader,
    keeps: (record: RecordReader) => boolean,
    isSpentMarker: boolean,
  ): Buffer | undefined {
    const { nowMs, deleteRetentionMs, known } = this.#options
    return thinBatch(bytes, header, this.#reader, {
      keeps,
      // without the last batch of what was cleaned nobody would know where it ended
      keepsEmpty: this.#isLastOfProducer(header) || header.lastOffset + 1 === known,
      isSpentMarker,
      horizonMs: nowMs + deleteRetentionMs,
    })
  }

  #keeps(record: RecordReader, horizonPassed: boolean): boolean {
    const { keys, known } = this.#options
    if (record.offset >= known) return true
    const key = record.key()
    if (key === null) return false
    if (record.valueStart < 0 && horizonPassed) return false
    return record.offset >= keys.get(key)
  }

  #isLastOfProducer({ producerId, lastOffset, isControl, producerEpoch }: BatchHeader): boolean {
    if (producerId < 0) return false
    const last = this.#lastOffsets.get(producerId)
    if (last !== undefined) return last === lastOffset
    return isControl && this.#lastEpochs.get(producerId) === producerEpoch
  }
}
