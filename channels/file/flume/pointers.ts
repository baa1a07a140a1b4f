/** Many pointers or numbers, eight bytes each: a channel may hold millions of events, and an object for each would not fit. */
export class Pointers {
  #values: Float64Array
  #length = 0

  constructor(room = 1024) {
    this.#values = new Float64Array(Math.max(1, room))
  }

  get length(): number {
    return this.#length
  }

  /** A view that is good until the next `add`. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length)
  }

  add(value: number): void {
    if (this.#length === this.#values.length) this.#grow(this.#length + 1)
    this.#values[this.#length++] = value
  }

  addAll(values: ArrayLike<number>): void {
    if (this.#length + values.length > this.#values.length) this.#grow(this.#length + values.length)
    this.#values.set(values, this.#length)
    this.#length += values.length
  }

  #grow(least: number): void {
    const wider = new Float64Array(Math.max(least, Math.ceil(this.#values.length * 1.5)))
    wider.set(this.values)
    this.#values = wider
  }
}

/** Whether a sorted list has a value. */
export const hasSorted = (sorted: Float64Array, value: number): boolean => {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return sorted[low] === value
}
