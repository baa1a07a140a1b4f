/**
 * A rate over the last few samples, reckoned as Kafka does: the samples of `num` windows count, and a rate that has just begun is taken over all windows
 * but one, so that a burst at the start is not punished as if it went on.
 */

export interface Windows {
  /** quota.window.num. */
  readonly count: number
  /** quota.window.size.seconds, in milliseconds. */
  readonly sizeMs: number
}

export class Rate {
  readonly #windows: Windows
  readonly #starts: number[] = []
  readonly #sums: number[] = []

  constructor(windows: Windows) {
    this.#windows = windows
  }

  /** Adds to the sample of now; a negative value takes back what was added and did not happen. */
  record(value: number, nowMs: number): void {
    const last = this.#starts.length - 1
    if (last < 0 || nowMs - (this.#starts[last] ?? 0) >= this.#windows.sizeMs) {
      this.#forget(nowMs)
      this.#starts.push(nowMs)
      this.#sums.push(value)
    } else this.#sums[last] = (this.#sums[last] ?? 0) + value
  }

  /** Units a second. */
  perSecond(nowMs: number): number {
    this.#forget(nowMs)
    const sum = this.#sums.reduce((a, b) => a + b, 0)
    return sum / (this.spanMs(nowMs) / 1000)
  }

  /** The time that the rate is taken over. */
  spanMs(nowMs: number): number {
    const { count, sizeMs } = this.#windows
    const elapsedMs = nowMs - (this.#starts[0] ?? nowMs)
    const missing = count - 1 - Math.floor(elapsedMs / sizeMs)
    return Math.max(elapsedMs + Math.max(0, missing) * sizeMs, 1)
  }

  /** How long to keep still so that the rate falls to `limit`; 0 while it is not above. */
  throttleMs(limit: number, nowMs: number): number {
    const rate = this.perSecond(nowMs)
    return rate <= limit ? 0 : Math.round(((rate - limit) / limit) * this.spanMs(nowMs))
  }

  #forget(nowMs: number): void {
    const oldestMs = nowMs - this.#windows.count * this.#windows.sizeMs
    let old = 0
    while (old < this.#starts.length && (this.#starts[old] ?? 0) <= oldestMs) old++
    this.#starts.splice(0, old)
    this.#sums.splice(0, old)
  }
}
