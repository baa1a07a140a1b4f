/**
 * Slices in the order of the puts. A place is cleared when its slice was taken: only the open take still knows it, and brings it back from there. The
 * spillable channel keeps what it has in memory in one of these, too.
 */
import { Ring } from '../../src/base/ring.ts'
import { isBefore, type Slice } from './segment.ts'

export class SliceQueue {
  readonly #ring = new Ring<Slice>()

  get isEmpty(): boolean {
    return this.#ring.length === 0
  }

  /** The `order` of what is taken next; undefined when there is nothing. */
  get firstOrder(): number | undefined {
    return this.#ring.peek()?.order
  }

  /** Adds behind everything else. */
  push(slice: Slice): void {
    this.#ring.push(slice)
  }

  /** Up to `max` events from the head, of batches whose `order` is below `before`. */
  cut(max: number, before = Infinity): Slice[] {
    const slices: Slice[] = []
    let left = max
    for (let head = this.#ring.peek(); head !== undefined && left > 0; head = this.#ring.peek()) {
      if (head.order >= before) break
      this.#ring.shift()
      const events = head.to - head.from
      if (events > left) {
        const middle = head.from + left
        this.#ring.unshift({ ...head, from: middle })
        head = { ...head, to: middle }
      }
      slices.push(head)
      left -= head.to - head.from
    }
    return slices
  }

  /** Slices of a take come back, each before everything that was put after it, whatever another take has brought back meanwhile. */
  back(slices: readonly Slice[]): void {
    const last = slices.at(-1)
    if (last === undefined) return
    const back = [...slices]
    for (let head = this.#ring.peek(); head !== undefined && isBefore(head, last); head = this.#ring.peek()) {
      back.push(head)
      this.#ring.shift()
    }
    for (const slice of back.toSorted((a, b) => (isBefore(a, b) ? 1 : -1))) this.#unshift(slice)
  }

  /** Joins what was one slice before, so that rolling back over and over leaves no crumbs. */
  #unshift(slice: Slice): void {
    const head = this.#ring.peek()
    if (head === undefined || head.order !== slice.order || head.from !== slice.to) return this.#ring.unshift(slice)
    this.#ring.shift()
    this.#ring.unshift({ ...slice, to: head.to })
  }
}
