/** What a run of the producer's performance tool comes to: the figures of the whole, those of the steady state after a warm-up, and what was counted. */
import type { Outcome } from '../../client/outcome.ts'
import type { Clock } from '../../io/clock.ts'
import { counted, metricsTable } from './metrics.ts'
import type { SentBatch } from './record-sender.ts'
import { SendFigures } from './send-figures.ts'

export interface SendReportOptions {
  readonly topic: string
  readonly count: number
  /** So many records at the beginning do not belong to the steady state; 0 for no such state. */
  readonly warmupCount: number
  readonly everyMs: number
  readonly clock: Clock
  readonly print: (line: string) => void
}

export class SendReport {
  readonly #options: SendReportOptions
  readonly #all: SendFigures
  readonly #beganMs: number
  #steady: SendFigures | undefined
  #steadySinceMs = Infinity
  /** Records that were not stored. */
  failed = 0

  /** The run begins now. */
  constructor(options: SendReportOptions) {
    const { count, warmupCount, everyMs, clock, print } = options
    this.#options = options
    this.#beganMs = clock.monotonic()
    this.#all = new SendFigures(count, this.#beganMs, print, { everyMs })
    if (warmupCount > 0)
      print(`Warmup first ${warmupCount} records. Steady state results will print after the complete test summary.`)
  }

  /** The time at which the record of this number, from 0, is added; they come in order. */
  timeOf(record: number): number {
    const { clock, warmupCount } = this.#options
    const nowMs = clock.monotonic()
    return record === warmupCount && warmupCount > 0 ? this.#beginSteady(nowMs) : nowMs
  }

  /** Its records are known by their times, so that the first of them must be later than the last before. */
  #beginSteady(sinceMs: number): number {
    const { clock, count, warmupCount, everyMs, print } = this.#options
    let nowMs = sinceMs
    while (nowMs <= sinceMs) nowMs = clock.monotonic()
    this.#steadySinceMs = nowMs
    this.#steady = new SendFigures(count - warmupCount, nowMs, print, { everyMs, isSteady: true })
    this.#all.silence()
    return nowMs
  }

  /** What became of a batch, whose numbers are the times of its records. */
  landed({ numbers, valueBytes }: SentBatch, { error }: Outcome): void {
    if (error !== undefined) {
      this.failed += numbers.length
      return
    }
    const nowMs = this.#options.clock.monotonic()
    this.#all.sent(numbers, valueBytes, nowMs)
    if (this.#steady === undefined) return
    const steady = numbers.filter((addedMs) => addedMs >= this.#steadySinceMs)
    this.#steady.sent(steady, (valueBytes * steady.length) / numbers.length, nowMs)
  }

  /** The last lines. */
  total(): void {
    const nowMs = this.#options.clock.monotonic()
    this.#all.total(nowMs)
    this.#steady?.total(nowMs)
  }

  /** What was counted, as a table. */
  metrics(clientId: string): string {
    const { topic, clock } = this.#options
    const elapsedMs = clock.monotonic() - this.#beganMs
    const places = [{ group: 'producer-metrics' }, { group: 'producer-topic-metrics', topic }]
    const each = places.flatMap((place) => [
      ...counted(place, 'record-send', this.#all.count, elapsedMs),
      ...counted(place, 'record-error', this.failed, elapsedMs),
    ])
    return metricsTable(clientId, each)
  }
}
