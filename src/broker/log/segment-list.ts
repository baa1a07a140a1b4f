/** The segments of one log in the order of their offsets; the last is the one that is appended to. */
import { assert } from '../../base/assert.ts'
import type { Segment } from './segment.ts'

export class SegmentList {
  #segments: Segment[]

  /** At least one, ascending. */
  constructor(segments: readonly Segment[]) {
    this.#segments = [...segments]
    assert(segments.length > 0, 'a log without a segment')
  }

  get active(): Segment {
    return this.#at(this.#segments.length - 1)
  }

  get first(): Segment {
    return this.#at(0)
  }

  get count(): number {
    return this.#segments.length
  }

  all(): readonly Segment[] {
    return this.#segments
  }

  /** The segment in which an offset lies, the first one for those before it. */
  indexOf(offset: number): number {
    let low = 0
    for (let high = this.#segments.length; high - low > 1;) {
      const middle = (low + high) >> 1
      if (this.#at(middle).baseOffset <= offset) low = middle
      else high = middle
    }
    return low
  }

  /** Segments from this index on. */
  from(index: number): readonly Segment[] {
    return this.#segments.slice(index)
  }

  push(segment: Segment): void {
    assert(segment.baseOffset > this.active.baseOffset, 'a segment that does not come after the last one')
    this.#segments.push(segment)
  }

  /** Takes out all behind the first `count`; they are the caller's to remove. */
  cut(count: number): Segment[] {
    assert(count > 0, 'a log must keep a segment')
    return this.#segments.splice(count)
  }

  /** Takes out the oldest; it is the caller's to remove. */
  dropFirst(): void {
    assert(this.#segments.length > 1, 'a log must keep a segment')
    this.#segments.shift()
  }

  /** Puts others in the place of neighbours that are in the list, the active one not among them. */
  replace(old: readonly Segment[], by: readonly Segment[]): void {
    const at = this.#segments.findIndex((segment) => segment === old[0])
    assert(at >= 0 && at + old.length < this.#segments.length, 'segments to be replaced that are not in the log')
    this.#segments.splice(at, old.length, ...by)
  }

  /** Begins again with this one alone; the others are the caller's to remove. */
  restart(segment: Segment): void {
    this.#segments = [segment]
  }

  #at(index: number): Segment {
    const segment = this.#segments[index]
    assert(segment !== undefined, 'a segment that is not there')
    return segment
  }
}
