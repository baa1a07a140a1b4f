/** Other segments in the place of neighbouring ones that are closed: what the disk refuses half way is kept in mind and finished later, as what is between two names is read under neither. */
import type { AbortedCare } from './aborted-care.ts'
import type { ProducerSnapshots } from './producer-snapshots.ts'
import type { SegmentFiles } from './segment-files.ts'
import type { SegmentList } from './segment-list.ts'
import type { SegmentSyncs } from './segment-syncs.ts'
import type { Segment } from './segment.ts'

export interface ReplacementParts {
  readonly segments: SegmentList
  readonly files: SegmentFiles
  readonly snapshots: ProducerSnapshots
  readonly syncs: SegmentSyncs
  readonly aborted: AbortedCare
}

export class Replacement {
  readonly #parts: ReplacementParts
  /** The rest of one that the disk refused. */
  #rest: (() => void) | undefined

  constructor(parts: ReplacementParts) {
    this.#parts = parts
  }

  /**
   * The old files go out of sight first; then `place` must bring the new ones to their names, and give their base offsets, ascending; it is called again if it
   * throws. Throws system errors; then it is to be finished.
   */
  begin(old: readonly Segment[], place: () => readonly number[]): void {
    const { segments, files, syncs, aborted } = this.#parts
    const left = Array.from(old)
    this.#rest = () => {
      this.#hide(left, old[0]?.baseOffset)
      const found = place().map((base) => files.found(base))
      segments.replace(old, found)
      aborted.forget(old[0]?.baseOffset ?? 0, (old.at(-1)?.baseOffset ?? 0) + 1)
      syncs.fileMade()
    }
    this.finish()
  }

  /** Goes on where the disk refused. Throws system errors. */
  finish(): void {
    this.#rest?.()
    this.#rest = undefined
  }

  /** Each only once; the snapshot of the offset where the new ones begin stays. */
  #hide(left: Segment[], kept: number | undefined): void {
    const { files, snapshots } = this.#parts
    for (let [segment] = left; segment !== undefined; [segment] = left) {
      files.hide(segment, segment.baseOffset === kept)
      if (segment.baseOffset !== kept) snapshots.forget(segment.baseOffset)
      left.shift()
    }
  }
}
