/**
 * What clients use of this broker, held against their quotas. Nothing is counted of a kind that has no quota. The answer to whoever is over goes out at
 * once and says for how long; its connection is not read for that long (server/connection.ts).
 */
import type { Clock } from '../../io/clock.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import type { BrokerSettings } from '../config-table.ts'
import { LONG_MAX } from '../config-kinds.ts'
import type { QuotaRow } from '../config-store.ts'
import { type ClientQuotaKey, type FoundQuota, QuotaTable } from './quota-table.ts'
import { Rate, type Windows } from './rate.ts'
import { TokenBucket } from './token-bucket.ts'

/** Who asks. Without security every user is this one. */
export const ANONYMOUS = 'ANONYMOUS'
/** Users and clients whose use is remembered, for each kind; beyond that the one that was silent longest is forgotten. */
const COUNTED_MAX = 10_000

export type QuotaClock = Pick<Clock, 'monotonic'>

type RateKey = Exclude<ClientQuotaKey, 'controller_mutation_rate'>

/** The request of a client, as far as quotas go. */
export interface Throttled {
  readonly clientId: string | null
  throttleMs: number
}

export interface MutationQuota {
  /** Counts partitions that are created or deleted. Throws THROTTLING_QUOTA_EXCEEDED. */
  mutate(this: void, partitions: number): void
  /** Lets the client keep still for what it did too much. */
  charge(this: void): void
}

const unlimited: MutationQuota = { mutate: () => undefined, charge: () => undefined }

/** Meters by whose use they count, the longest unused first. */
class Meters<T> {
  readonly #make: () => T
  readonly #all = new Map<string, T>()

  constructor(make: () => T) {
    this.#make = make
  }

  of(name: string): T {
    const found = this.#all.get(name) ?? this.#make()
    this.#all.delete(name)
    this.#all.set(name, found)
    if (this.#all.size <= COUNTED_MAX) return found
    for (const oldest of this.#all.keys()) {
      this.#all.delete(oldest)
      break
    }
    return found
  }
}

const fallbacksOf = (settings: BrokerSettings): ReadonlyMap<ClientQuotaKey, number> => {
  const rates = [
    ['producer_byte_rate', settings['quota.producer.default']],
    ['consumer_byte_rate', settings['quota.consumer.default']],
  ] as const
  return new Map(rates.filter(([, rate]) => rate < LONG_MAX))
}

export class ClientQuotas {
  readonly table: QuotaTable
  readonly #clock: QuotaClock
  readonly #windows: Windows
  readonly #rates: Readonly<Record<RateKey, Meters<Rate>>>
  readonly #mutations: Meters<TokenBucket>

  constructor(rows: readonly QuotaRow[], settings: BrokerSettings, clock: QuotaClock) {
    this.table = new QuotaTable(rows, fallbacksOf(settings))
    this.#clock = clock
    const windows = { count: settings['quota.window.num'], sizeMs: settings['quota.window.size.seconds'] * 1000 }
    this.#windows = windows
    const rates = (): Meters<Rate> => new Meters(() => new Rate(windows))
    this.#rates = { producer_byte_rate: rates(), consumer_byte_rate: rates(), request_percentage: rates() }
    const count = settings['controller.quota.window.num']
    const sizeMs = settings['controller.quota.window.size.seconds'] * 1000
    this.#mutations = new Meters(() => new TokenBucket({ count, sizeMs }))
  }

  /** Counts bytes that a client sent with Produce; gives how long it has to keep still. */
  produced(client: string, bytes: number): number {
    return this.#counted('producer_byte_rate', client, bytes)
  }

  /** The most bytes that one fetch may give: all that the quota has for its windows. */
  fetchBytesMax(client: string): number {
    const found = this.#find('consumer_byte_rate', client)
    if (found === undefined) return Infinity
    return Math.max(1, (found.limit * (this.#windows.count - 1) * this.#windows.sizeMs) / 1000)
  }

  /** Counts bytes that would go to a client; when it gives a time, they must not be sent, and are not counted. */
  fetched(client: string, bytes: number): number {
    const throttleMs = this.#counted('consumer_byte_rate', client, bytes)
    if (throttleMs > 0) this.#counted('consumer_byte_rate', client, -bytes)
    return throttleMs
  }

  /** Whether the time that requests take has to be measured. */
  get timesRequests(): boolean {
    return this.table.has('request_percentage')
  }

  /** Counts the time that this thread spent on a request; at most one window is the price of it. */
  worked(client: string, ms: number): number {
    return Math.min(this.#counted('request_percentage', client, ms / 10), this.#windows.sizeMs)
  }

  /**
   * For partitions that a request creates or deletes: `mutate` counts them, and throws THROTTLING_QUOTA_EXCEEDED when the client used up what it has
   * and its request is of a version that knows the error (`strict`).
   */
  mutations(client: Throttled, strict: boolean): MutationQuota {
    const found = this.#find('controller_mutation_rate', client.clientId ?? '')
    if (found === undefined) return unlimited
    const bucket = this.#mutations.of(found.countedFor)
    const now = (): number => this.#clock.monotonic()
    return {
      mutate(partitions) {
        if (strict && bucket.isEmpty(found.limit, now()))
          throw new KafkaFault('THROTTLING_QUOTA_EXCEEDED', 'The throttling quota has been exceeded.')
        bucket.spend(partitions, found.limit, now())
      },
      charge() {
        client.throttleMs = Math.max(client.throttleMs, bucket.throttleMs(found.limit, now()))
      },
    }
  }

  #find(key: ClientQuotaKey, client: string): FoundQuota | undefined {
    return this.table.has(key) ? this.table.find(key, ANONYMOUS, client) : undefined
  }

  #counted(key: RateKey, client: string, amount: number): number {
    const found = this.#find(key, client)
    if (found === undefined) return 0
    const nowMs = this.#clock.monotonic()
    const rate = this.#rates[key].of(found.countedFor)
    rate.record(amount, nowMs)
    return rate.throttleMs(found.limit, nowMs)
  }
}
