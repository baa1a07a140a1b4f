/** What the producer performance tool prints: a line every five seconds, and the whole at the end, in the words of Kafka's. */
import { Latencies } from './latencies.ts'

const windowMs = 5000
const mebibyte = 1024 * 1024
const shares = [0.5, 0.95, 0.99, 0.999]

const rateOf = (count: number, bytes: number, elapsedMs: number): string => {
  const perSecond = elapsedMs === 0 ? 0 : 1000 / elapsedMs
  return `${count} records sent, ${(count * perSecond).toFixed(1)} records/sec (${((bytes / mebibyte) * perSecond).toFixed(2)} MB/sec)`
}

export class SendFigures {
  readonly #print: (line: string) => void
  readonly #all: Latencies
  readonly #startMs: number
  #bytes = 0
  #window = new Latencies(Infinity)
  #windowBytes = 0
  #windowStartMs: number

  /** `nowMs` and the times of `sent` are on the monotonic clock. */
  constructor(expected: number, nowMs: number, print: (line: string) => void) {
    this.#print = print
    this.#all = new Latencies(expected)
    this.#startMs = this.#windowStartMs = nowMs
  }

  /** Records that were added at these times were answered; their values have so many bytes in all. */
  sent(addedMs: readonly number[], bytes: number, nowMs: number): void {
    for (const added of addedMs) {
      this.#all.add(nowMs - added)
      this.#window.add(nowMs - added)
    }
    this.#bytes += bytes
    this.#windowBytes += bytes
    if (nowMs - this.#windowStartMs >= windowMs) this.#closeWindow(nowMs)
  }

  #closeWindow(nowMs: number): void {
    const { count, meanMs, maxMs } = this.#window
    const rate = rateOf(count, this.#windowBytes, nowMs - this.#windowStartMs)
    this.#print(`${rate}, ${meanMs.toFixed(1)} ms avg latency, ${maxMs.toFixed(1)} ms max latency.`)
    this.#window = new Latencies(Infinity)
    this.#windowBytes = 0
    this.#windowStartMs = nowMs
  }

  /** The last line. */
  total(nowMs: number): void {
    const { count, meanMs, maxMs } = this.#all
    const rate = rateOf(count, this.#bytes, nowMs - this.#startMs)
    const [half, most, nearlyAll, all] = this.#all.percentilesMs(shares).map((ms) => Math.trunc(ms))
    this.#print(
      `${rate}, ${meanMs.toFixed(2)} ms avg latency, ${maxMs.toFixed(2)} ms max latency, ${half} ms 50th, ${most} ms 95th, ${nearlyAll} ms 99th, ${all} ms 99.9th.`,
    )
  }
}
