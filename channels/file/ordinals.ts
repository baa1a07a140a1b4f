/**
 * Ordinals and sets of them. Every event that was ever put has an ordinal, counted from 0 in the order of the puts. What was taken is a prefix of them
 * and a few ranges beyond, one for every gap that an open take leaves: so the channel's memory does not grow with what it holds.
 */

/** The ordinals `from` to `to - 1`. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** Disjoint ranges, sorted, none touching the next. */
export class Ordinals {
  #ranges: Range[]
  #count = 0

  constructor(ranges: readonly Range[] = []) {
    this.#ranges = []
    for (const range of ranges) this.add(range)
  }

  get ranges(): readonly Range[] {
    return this.#ranges
  }

  /** How many ordinals the ranges have. */
  get count(): number {
    return this.#count
  }

  /** Adds a range, which may touch or overlap others. */
  add({ from, to }: Range): void {
    if (to <= from) return
    const ranges = this.#ranges
    const first = this.#firstEndingAt(from)
    let [start, end, last] = [from, to, first]
    for (let next = ranges[last]; next !== undefined && next.from <= to; next = ranges[++last]) {
      start = Math.min(start, next.from)
      end = Math.max(end, next.to)
      this.#count -= next.to - next.from
    }
    ranges.splice(first, last - first, { from: start, to: end })
    this.#count += end - start
  }

  /** Takes what is in `range` out of the set. */
  remove(range: Range): void {
    if (range.to <= range.from) return
    const kept = this.#ranges.flatMap(({ from, to }) => [
      { from, to: Math.min(to, range.from) },
      { from: Math.max(from, range.to), to },
    ])
    this.#ranges = kept.filter(({ from, to }) => from < to)
    this.#count = this.#ranges.reduce((sum, { from, to }) => sum + (to - from), 0)
  }

  /** Whether all of a range is in the set; an empty one is. */
  covers({ from, to }: Range): boolean {
    if (to <= from) return true
    const found = this.#ranges[this.#firstEndingAt(from + 1)]
    return found !== undefined && found.from <= from && found.to >= to
  }

  /** The first ordinal, from `from` on, that is not in the set. */
  firstMissing(from: number): number {
    const found = this.#ranges[this.#firstEndingAt(from + 1)]
    return found !== undefined && found.from <= from ? found.to : from
  }

  /** The parts of a range that are not in the set, in order. */
  missing({ from, to }: Range): Range[] {
    const gaps: Range[] = []
    let at = from
    for (let i = this.#firstEndingAt(from + 1); at < to; i++) {
      const next = this.#ranges[i]
      const end = Math.min(to, next?.from ?? to)
      if (end > at) gaps.push({ from: at, to: end })
      at = next === undefined ? to : Math.max(at, next.to)
    }
    return gaps
  }

  /** The index of the first range that ends at `at` or after it. */
  #firstEndingAt(at: number): number {
    let [low, high] = [0, this.#ranges.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#ranges[middle]?.to ?? 0) < at) low = middle + 1
      else high = middle
    }
    return low
  }
}
