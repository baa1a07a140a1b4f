/**
 * Keeps every partition of a consumer fetched one step ahead of its reader. It runs one loop for each broker that leads some of them; what it has fetched
 * waits in one queue, in the order in which it came. Partitions and their positions belong to the consumer, which tells of every change (`kick`).
 */
import { reasonOf } from '../base/faults.ts'
import { Ring } from '../base/ring.ts'
import { Bell } from '../base/bell.ts'
import type { Cluster } from './cluster.ts'
import type { ConsumerOptions } from './consumer-options.ts'
import { isRetriable } from './errors.ts'
import type { BrokerError } from './errors.ts'
import type { FetchedRecords } from './fetched-records.ts'
import { fetchOnce } from './leader-fetch.ts'
import type { Asked, FetchResult, Ready } from './leader-fetch.ts'
import type { PartitionPosition } from './partition-position.ts'
import { backOff } from './waiting.ts'

/** What a fetcher asks of its consumer. */
export interface FetcherHost {
  readonly cluster: Cluster
  readonly options: ConsumerOptions
  /** All partitions of the consumer, now. */
  readonly positions: Iterable<PartitionPosition>
  /** The broker has no records at this position: it must be found anew. */
  outOfRange(position: PartitionPosition): void
  /** Fetching cannot go on. */
  failed(error: Error): void
}

const outOfRangeCode = 1

const isCurrent = ({ position, era }: Asked): boolean => position.era === era && !position.dropped

export class Fetcher implements Disposable {
  readonly #host: FetcherHost
  readonly #ready = new Ring<Ready>()
  /** How many of the ready ones came from each broker. */
  readonly #held = new Map<number, number>()
  readonly #running = new Set<number>()
  readonly #taken = new Bell()
  readonly #came = new Bell()
  readonly #closing = new AbortController()
  readonly #unsubscribe: Disposable
  #leaderless = false
  /** Which partition of a broker stands first in the next fetch, so that all get their turn. */
  #turn = 0

  constructor(host: FetcherHost) {
    this.#host = host
    this.#unsubscribe = host.cluster.onRefresh(() => this.kick())
  }

  /** Resolves when more may be there to take. */
  get came(): Promise<void> {
    return this.#came.rung
  }

  /** The oldest records that were not taken, or undefined. */
  take(): FetchedRecords | undefined {
    for (let ready = this.#ready.shift(); ready !== undefined; ready = this.#ready.shift()) {
      this.#held.set(ready.leader, (this.#held.get(ready.leader) ?? 0) - 1)
      this.#taken.ring()
      if (isCurrent(ready) && !ready.position.paused) return ready.records
      if (isCurrent(ready)) ready.position.seek(ready.fromOffset)
    }
    return undefined
  }

  /** Partitions, positions or leaders have changed. */
  kick(): void {
    if (this.#closing.signal.aborted) return
    for (const position of this.#host.positions) {
      const leader = this.#leaderOf(position)
      if (leader < 0) void this.#findLeaders()
      if (leader < 0 || position.fetchOffset === undefined || position.paused || this.#running.has(leader)) continue
      this.#running.add(leader)
      void this.#run(leader)
    }
    this.#taken.ring()
  }

  [Symbol.dispose](): void {
    this.#closing.abort()
    this.#unsubscribe[Symbol.dispose]()
    this.#taken.ring()
    this.#came.ring()
  }

  #leaderOf({ topic, partition }: PartitionPosition): number {
    return this.#host.cluster.metadata.leaderOf(topic, partition)
  }

  #asked(leader: number): Asked[] {
    const asked: Asked[] = []
    for (const position of this.#host.positions) {
      if (position.fetchOffset === undefined || position.paused || this.#leaderOf(position) !== leader) continue
      asked.push({ position, fromOffset: position.fetchOffset, era: position.era })
    }
    if (asked.length < 2) return asked
    const first = this.#turn++ % asked.length
    return [...asked.slice(first), ...asked.slice(0, first)]
  }

  /** Until nothing is to be fetched from this leader. */
  async #run(leader: number): Promise<void> {
    let failures = 0
    while (!this.#closing.signal.aborted) {
      if ((this.#held.get(leader) ?? 0) > 0) {
        await this.#taken.rung
        continue
      }
      const asked = this.#asked(leader)
      if (asked.length === 0) break
      failures = (await this.#fetch(leader, asked)) ? 0 : failures + 1
      if (failures > 0) await this.#recover(failures)
    }
    this.#running.delete(leader)
  }

  /** False when something went wrong that another try may mend. */
  async #fetch(leader: number, asked: readonly Asked[]): Promise<boolean> {
    const { cluster, options } = this.#host
    try {
      const results = await fetchOnce(cluster, leader, asked, options)
      const good = results.map((result) => this.#accept(leader, result))
      this.#came.ring()
      return good.every(Boolean)
    } catch (error) {
      if (this.#closing.signal.aborted) return true
      if (!isRetriable(error)) this.#host.failed(error as Error)
      return false
    }
  }

  #accept(leader: number, { asked, records, error }: FetchResult): boolean {
    if (!isCurrent(asked)) return true
    if (error !== undefined) return this.#refused(asked, error)
    if (records === undefined) return true
    asked.position.fetched(records.endOffset)
    this.#ready.push({ ...asked, leader, records })
    this.#held.set(leader, (this.#held.get(leader) ?? 0) + 1)
    return true
  }

  #refused({ position }: Asked, error: BrokerError): boolean {
    if (error.errorCode === outOfRangeCode) this.#host.outOfRange(position)
    else if (error.retriable) return false
    else this.#host.failed(error)
    return true
  }

  /** Partitions without a leader are fetched again when they have one. */
  async #findLeaders(): Promise<void> {
    if (this.#leaderless) return
    this.#leaderless = true
    const without = (): boolean => [...this.#host.positions].some((position) => this.#leaderOf(position) < 0)
    for (let failures = 1; without() && !this.#closing.signal.aborted; failures++) await this.#recover(failures)
    this.#leaderless = false
  }

  /** Leaders may have moved: positions then go to another loop. */
  async #recover(failures: number): Promise<void> {
    const { cluster } = this.#host
    await backOff(cluster.options, failures, this.#closing.signal)
    if (this.#closing.signal.aborted) return
    try {
      await cluster.refresh()
    } catch (error) {
      cluster.options.log.debug(`Metadata could not be refreshed: ${reasonOf(error)}.`)
    }
  }
}
