/** What the producer performance tool prints: a line in every interval, and the whole at the end, in the words of Kafka's. */
import { Latencies } from './latencies.ts'

const mebibyte = 1024 * 1024
const shares = [0.5, 0.95, 0.99, 0.999]

const rateOf = (what: string, count: number, bytes: number, elapsedMs: number, digits: number): string => {
  const perSecond = elapsedMs === 0 ? 0 : 1000 / elapsedMs
  return `${count} ${what} sent, ${(count * perSecond).toFixed(digits)} records/sec (${((bytes / mebibyte) * perSecond).toFixed(2)} MB/sec)`
}

export interface SendFiguresOptions {
  /** Between lines; 5 seconds if not said. */
  readonly everyMs?: number
  /** These are the records after the warm-up. */
  readonly isSteady?: boolean
}

export class SendFigures {
  readonly #print: (line: string) => void
  readonly #all: Latencies
  readonly #startMs: number
  readonly #everyMs: number
  readonly #isSteady: boolean
  #isSilent = false
  #bytes = 0
  #window = new Latencies(Infinity)
  #windowBytes = 0
  #windowStartMs: number

  /** `nowMs` and the times of `sent` are on the monotonic clock. */
  constructor(expected: number, nowMs: number, print: (line: string) => void, options: SendFiguresOptions = {}) {
    this.#print = print
    this.#everyMs = options.everyMs ?? 5000
    this.#isSteady = options.isSteady ?? false
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
    if (nowMs - this.#windowStartMs >= this.#everyMs) this.#closeWindow(nowMs)
  }

  /** From now on only the last line is printed: the others are of the steady state. */
  silence(): void {
    this.#isSilent = true
  }

  #closeWindow(nowMs: number): void {
    const { count, meanMs, maxMs } = this.#window
    const rate = rateOf('records', count, this.#windowBytes, nowMs - this.#windowStartMs, 1)
    if (this.#isSteady && count === this.#all.count) this.#print('In steady state.')
    if (!this.#isSilent)
      this.#print(`${rate}, ${meanMs.toFixed(1)} ms avg latency, ${maxMs.toFixed(1)} ms max latency.`)
    this.#window = new Latencies(Infinity)
    this.#windowBytes = 0
    this.#windowStartMs = nowMs
  }

  /** Records that were answered. */
  get count(): number {
    return this.#all.count
  }

  /** The last line. */
  total(nowMs: number): void {
    const { count, meanMs, maxMs } = this.#all
    const what = this.#isSteady ? 'steady state records' : 'records'
    const rate = rateOf(what, count, this.#bytes, nowMs - this.#startMs, 6)
    const [half, most, nearlyAll, all] = this.#all.percentilesMs(shares).map((ms) => Math.trunc(ms))
    this.#print(
      `${rate}, ${meanMs.toFixed(2)} ms avg latency, ${maxMs.toFixed(2)} ms max latency, ${half} ms 50th, ${most} ms 95th, ${nearlyAll} ms 99th, ${all} ms 99.9th.`,
    )
  }
}
