/**
 * What the consumer performance tool prints: values between commas, one line at the end or one in every interval, under the names of the columns.
 * The time spent fetching is what is left of the whole when the time without partitions is taken away.
 */
import { dateText } from '../../config/date-pattern.ts'
import type { Clock } from '../../io/clock.ts'
import { counted, metricsTable } from './metrics.ts'

const mebibyte = 1024 * 1024
const rebalanceColumns = ', rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec'
const totalHeader = `start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec${rebalanceColumns}`
const detailHeader = `time, threadId, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec${rebalanceColumns}`

export interface ReadFiguresOptions {
  /** Between detailed lines; Infinity for only the whole at the end. */
  readonly everyMs: number
  readonly hasHeader: boolean
  /** As Java's SimpleDateFormat has it. */
  readonly dateFormat: string
  readonly clock: Clock
  readonly print: (line: string) => void
}

/** A count and its bytes since a time. */
interface Mark {
  readonly atMs: number
  readonly count: number
  readonly bytes: number
  readonly rebalancedMs: number
}

const rate = (amount: number, ms: number): string => (ms <= 0 ? 0 : (amount * 1000) / ms).toFixed(4)

export class ReadFigures {
  readonly #options: ReadFiguresOptions
  #startMs = 0
  #count = 0
  #bytes = 0
  #rebalancedMs = 0
  #assignments = 0
  /** Since when it has no partitions; NaN while it has. */
  #withoutSinceMs = NaN
  #last: Mark = { atMs: 0, count: 0, bytes: 0, rebalancedMs: 0 }

  constructor(options: ReadFiguresOptions) {
    this.#options = options
  }

  /** The columns are named, and the time runs. */
  begin(): void {
    const { clock, everyMs, hasHeader, print } = this.#options
    if (hasHeader) print(everyMs === Infinity ? totalHeader : detailHeader)
    this.#startMs = clock.now()
    this.#withoutSinceMs = this.#startMs
    this.#last = { ...this.#last, atMs: this.#startMs }
  }

  /** The partitions are about to go. */
  rebalancing(): void {
    if (Number.isNaN(this.#withoutSinceMs)) this.#withoutSinceMs = this.#options.clock.now()
  }

  assigned(): void {
    this.#assignments++
    this.#settle()
  }

  /** Takes the time without partitions up to now into the account. */
  #settle(): void {
    if (Number.isNaN(this.#withoutSinceMs)) return
    this.#rebalancedMs += this.#options.clock.now() - this.#withoutSinceMs
    this.#withoutSinceMs = NaN
  }

  read(count: number, bytes: number): void {
    this.#count += count
    this.#bytes += bytes
    const { clock, everyMs } = this.#options
    if (everyMs === Infinity) return
    const nowMs = clock.now()
    if (nowMs - this.#last.atMs >= everyMs) this.#detail(nowMs)
  }

  /** The last line. */
  end(): void {
    const { clock, everyMs, print } = this.#options
    if (everyMs !== Infinity) return
    this.#settle()
    const nowMs = clock.now()
    const since = { atMs: this.#startMs, count: 0, bytes: 0, rebalancedMs: 0 }
    print(`${this.#time(this.#startMs)}, ${this.#time(nowMs)}, ${this.#values(since, nowMs)}`)
  }

  /** What was counted, as a table. */
  metrics(clientId: string): string {
    const elapsedMs = this.#options.clock.now() - this.#startMs
    const place = { group: 'consumer-fetch-manager-metrics' }
    return metricsTable(clientId, [
      ...counted(place, 'records-consumed', this.#count, elapsedMs),
      ...counted(place, 'bytes-consumed', this.#bytes, elapsedMs),
      { group: 'consumer-coordinator-metrics', name: 'rebalance-total', value: this.#assignments },
    ])
  }

  #detail(nowMs: number): void {
    this.#options.print(`${this.#time(nowMs)}, 0, ${this.#values(this.#last, nowMs)}`)
    this.#last = { atMs: nowMs, count: this.#count, bytes: this.#bytes, rebalancedMs: this.#rebalancedMs }
  }

  /** A pattern with letters that are not known stands for itself. */
  #time(ms: number): string {
    const { dateFormat } = this.#options
    return dateText(dateFormat, ms) ?? dateFormat
  }

  #values(since: Mark, nowMs: number): string {
    const [count, megabytes] = [this.#count - since.count, (this.#bytes - since.bytes) / mebibyte]
    const elapsedMs = nowMs - since.atMs
    const rebalancedMs = this.#rebalancedMs - since.rebalancedMs
    const fetchMs = elapsedMs - rebalancedMs
    return [
      (this.#bytes / mebibyte).toFixed(4),
      rate(megabytes, elapsedMs),
      this.#count,
      rate(count, elapsedMs),
      rebalancedMs,
      fetchMs,
      rate(megabytes, fetchMs),
      rate(count, fetchMs),
    ].join(', ')
  }
}
