/**
 * One client's view of a cluster: it finds a broker that answers, keeps the metadata of the topics it was asked to watch, and hands out connections
 * to leaders. Producer, consumer and admin stand on it. It tries every address once a call; waiting between rounds is up to the caller.
 */
import { Fault, reasonOf } from '../base/faults.ts'
import { metadata } from '../protocol/messages/metadata.ts'
import { addressText } from './address.ts'
import type { Address } from './address.ts'
import { ClusterMetadata } from './cluster-metadata.ts'
import type { Connection } from './connection.ts'
import { ConnectionPool } from './connection-pool.ts'
import type { Lane } from './connection-pool.ts'
import type { ClientOptions } from './options.ts'

export class Cluster implements Disposable {
  readonly options: ClientOptions
  readonly metadata = new ClusterMetadata()
  readonly #pool: ConnectionPool
  /** When each watched topic was last used, on the monotonic clock; Infinity for those that stay. */
  readonly #topics = new Map<string, number>()
  readonly #listeners = new Set<() => void>()
  #everyTopic = false
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined
  #timer: Disposable | undefined
  #disposed = false

  constructor(options: ClientOptions) {
    this.options = options
    this.#pool = new ConnectionPool(options)
  }

  /** From the next refresh on, metadata covers this topic. */
  watch(topic: string): void {
    this.#topics.set(topic, Infinity)
  }

  /** As `watch`, but the topic is forgotten when it is not used again for `topicIdleMaxMs`. */
  use(topic: string): void {
    if (this.#topics.get(topic) !== Infinity) this.#topics.set(topic, this.options.clock.monotonic())
  }

  unwatch(topic: string): void {
    this.#topics.delete(topic)
  }

  /** From the next refresh on, metadata covers every topic of the cluster. */
  watchEverything(): void {
    this.#everyTopic = true
  }

  /** Calls `listener` after every refresh of the metadata. */
  onRefresh(listener: () => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  /** Fetches the metadata of all watched topics again; calls that come while one is under way share the one after it. */
  refresh(): Promise<void> {
    this.#next ??= this.#refreshAfter(this.#running)
    return this.#next
  }

  /** The connection to a broker of the metadata, if one is open. */
  ready(nodeId: number, lane: Lane = 'main'): Connection | undefined {
    const broker = this.metadata.brokers.get(nodeId)
    return broker === undefined ? undefined : this.#pool.ready(broker, lane)
  }

  /** A connection to a broker of the metadata. Rejects with BROKER_UNREACHABLE. */
  async connection(nodeId: number, lane: Lane = 'main'): Promise<Connection> {
    const broker = this.metadata.brokers.get(nodeId)
    if (broker === undefined) throw new Fault('BROKER_UNREACHABLE', { addresses: `node ${nodeId}`, problem: 'unknown' })
    return this.at(broker, lane)
  }

  /** A connection to any address, which need not be in the metadata: coordinators are named with theirs. */
  async at(address: Address, lane: Lane = 'main'): Promise<Connection> {
    if (this.#disposed) throw new Fault('CONNECTION_LOST', { address: addressText(address), problem: 'client closed' })
    return this.#pool.get(address, lane)
  }

  /** A connection to whichever broker answers first: open ones, the known ones, then the bootstrap addresses. Rejects with BROKER_UNREACHABLE. */
  async any(): Promise<Connection> {
    const known = [...this.metadata.brokers.values()]
    for (const broker of known) {
      const ready = this.#pool.ready(broker, 'main')
      if (ready !== undefined) return ready
    }
    const tried = new Map<string, string>()
    let last: unknown
    for (const address of [...this.#shuffled(known), ...this.#shuffled(this.options.bootstrap)]) {
      if (tried.has(addressText(address))) continue
      try {
        return await this.at(address)
      } catch (error) {
        last = error
        tried.set(addressText(address), reasonOf(error))
      }
    }
    if (tried.size === 1) throw last
    const problem = [...tried.values()].join('; ')
    throw new Fault('BROKER_UNREACHABLE', { addresses: [...tried.keys()].join(','), problem }, last)
  }

  [Symbol.dispose](): void {
    this.#disposed = true
    this.#timer?.[Symbol.dispose]()
    this.#listeners.clear()
    this.#pool[Symbol.dispose]()
  }

  async #refreshAfter(before: Promise<void> | undefined): Promise<void> {
    await before?.catch(reasonOf)
    this.#running = this.#next
    this.#next = undefined
    await this.#fetchMetadata()
  }

  #forgetIdle(): void {
    const limitMs = this.options.clock.monotonic() - this.options.topicIdleMaxMs
    for (const [topic, usedMs] of this.#topics) if (usedMs < limitMs) this.#topics.delete(topic)
  }

  async #fetchMetadata(): Promise<void> {
    this.#forgetIdle()
    const topics = this.#everyTopic ? null : [...this.#topics.keys()].map((topic) => ({ topic }))
    const connection = await this.any()
    const reply = await connection.request(metadata, {
      topics,
      allowAutoTopicCreation: this.options.createTopics && !this.#everyTopic,
    })
    this.metadata.apply(reply)
    this.#refreshLater()
    for (const listener of this.#listeners) listener()
  }

  #refreshLater(): void {
    this.#timer?.[Symbol.dispose]()
    if (this.#disposed) return
    this.#timer = this.options.clock.after(this.options.metadataMaxAgeMs, () => {
      void this.refresh().catch((error: unknown) => {
        this.options.log.debug(`Metadata could not be refreshed: ${reasonOf(error)}.`)
        this.#refreshLater()
      })
    })
  }

  #shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, order: this.options.random.next() }))
      .sort((a, b) => a.order - b.order)
      .map(({ item }) => item)
  }
}
