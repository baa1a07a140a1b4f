/** From an offset to the place of its batch in the files: by the hints that readers leave behind, by the index, then header by header. */
import { KafkaFault } from '../../protocol/error-codes.ts'
import { BatchCursor } from './batch-cursor.ts'
import { positionNear } from './index-use.ts'
import type { SegmentList } from './segment-list.ts'
import type { Segment } from './segment.ts'

export interface Place {
  readonly segment: Segment
  readonly index: number
  /** Where the first batch begins that ends at or behind the offset; the segment's size if there is none. */
  readonly position: number
}

/** Consumers that one partition can serve at their own pace without searching for each again. */
const hintsMax = 16

/** Where readers will go on: after a read of batches up to an offset, the next one begins right behind them. */
class Hints {
  #offsets: number[] = []
  #positions: number[] = []
  #segments: Segment[] = []
  #next = 0

  find(segment: Segment, offset: number): number | undefined {
    const at = this.#offsets.indexOf(offset)
    return at >= 0 && this.#segments[at] === segment ? this.#positions[at] : undefined
  }

  leave(segment: Segment, offset: number, position: number): void {
    const known = this.#offsets.indexOf(offset)
    const at = known >= 0 ? known : this.#next
    this.#offsets[at] = offset
    this.#positions[at] = position
    this.#segments[at] = segment
    if (known < 0) this.#next = (this.#next + 1) % hintsMax
  }
}

export class BatchSearch {
  #segments: SegmentList
  #hints = new Hints()

  constructor(segments: SegmentList) {
    this.#segments = segments
  }

  /** Where to read from `offset` on. Where a segment ends before it (compaction leaves gaps) the next one is meant. */
  place(offset: number): Place {
    let index = this.#segments.indexOf(offset)
    for (const segment of this.#segments.from(index)) {
      segment.load()
      const position = this.#positionIn(segment, offset)
      if (position < segment.size || index === this.#segments.count - 1) return { segment, index, position }
      index++
    }
    throw new RangeError('a log without a segment')
  }

  /** How many bytes lie from `offset` to `upTo`, the end of the log if that is left out; `atMost` or a little more. */
  bytesFrom(offset: number, atMost: number, upTo?: number): number {
    const from = this.place(offset)
    const to = upTo === undefined ? undefined : this.place(upTo)
    if (to?.segment === from.segment) return to.position - from.position
    let bytes = from.segment.size - from.position
    for (const later of this.#segments.from(from.index + 1)) {
      if (bytes >= atMost) break
      if (later === to?.segment) return bytes + to.position
      bytes += later.load().size
    }
    return bytes
  }

  /** A reader got everything before `offset`, which will stand at `position`. */
  leaveHint(segment: Segment, offset: number, position: number): void {
    this.#hints.leave(segment, offset, position)
  }

  #positionIn(segment: Segment, offset: number): number {
    if (offset <= segment.baseOffset) return 0
    const hint = this.#hints.find(segment, offset)
    if (hint !== undefined) return hint
    const cursor = new BatchCursor(segment.log, positionNear(segment, offset), segment.size, 4096)
    while (cursor.next()) if (cursor.lastOffset >= offset) return cursor.position
    if (cursor.isAtEnd) return segment.size
    throw new KafkaFault('CORRUPT_MESSAGE', `${segment.log.path} is damaged at byte ${cursor.position}`)
  }
}
