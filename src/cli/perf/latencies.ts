/** Latencies of many records: their mean and largest, and percentiles out of an even sample, as Kafka's performance tools take them. */

/** Latencies kept for the percentiles. */
const samplesMax = 500_000

export class Latencies {
  readonly #every: number
  readonly #samples: number[] = []
  #count = 0
  #sumMs = 0
  #maxMs = 0

  /** `expected` records will come: of more than are kept every n-th is, and of Infinity only the first. */
  constructor(expected: number) {
    this.#every = Math.max(1, Math.ceil(Math.min(expected, Number.MAX_SAFE_INTEGER) / samplesMax))
  }

  get count(): number {
    return this.#count
  }

  get meanMs(): number {
    return this.#count === 0 ? 0 : this.#sumMs / this.#count
  }

  get maxMs(): number {
    return this.#maxMs
  }

  add(ms: number): void {
    if (this.#count++ % this.#every === 0 && this.#samples.length < samplesMax) this.#samples.push(ms)
    this.#sumMs += ms
    if (ms > this.#maxMs) this.#maxMs = ms
  }

  /** The latencies that these shares (0 to 1) of the records do not exceed; 0 where there is none. */
  percentilesMs(shares: readonly number[]): number[] {
    const sorted = Float64Array.from(this.#samples).sort()
    return shares.map((share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)
  }
}
