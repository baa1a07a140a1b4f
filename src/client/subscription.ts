/** Which topics a consumer wants: a list, or all that match a regular expression, followed as topics come and go. */
import { reasonOf } from '../base/faults.ts'
import { errorCodes, errorName } from '../protocol/error-codes.ts'
import type { Cluster } from './cluster.ts'
import { backOff } from './waiting.ts'

/** A topic that is just being created shows up before so many looks. */
const saidAfter = 4
/** Missing topics that are named. */
const namedMax = 10

export class Subscription implements Disposable {
  readonly #cluster: Cluster
  readonly #wanted: readonly string[] | RegExp
  readonly #excludeInternal: boolean
  readonly #closing = new AbortController()
  readonly #unsubscribe: Disposable
  #topics: readonly string[]
  #looking = false

  /** `changed` is called when the topics are others than before. */
  constructor(cluster: Cluster, wanted: readonly string[] | RegExp, excludeInternal: boolean, changed: () => void) {
    this.#cluster = cluster
    this.#wanted = wanted
    this.#excludeInternal = excludeInternal
    this.#topics = wanted instanceof RegExp ? [] : wanted
    if (wanted instanceof RegExp) cluster.watchEverything()
    else for (const topic of wanted) cluster.watch(topic)
    this.#unsubscribe = cluster.onRefresh(() => this.#refreshed(changed))
  }

  /** The topics wanted now; of a list also those that do not exist yet. */
  get topics(): readonly string[] {
    return this.#topics
  }

  [Symbol.dispose](): void {
    this.#closing.abort()
    this.#unsubscribe[Symbol.dispose]()
  }

  #refreshed(changed: () => void): void {
    if (this.#wanted instanceof RegExp) {
      const matching = this.#matching(this.#wanted)
      const same = matching.length === this.#topics.length && matching.every((topic, i) => topic === this.#topics[i])
      this.#topics = matching
      if (!same) changed()
    }
    if (!this.#looking && this.#missing() !== '') void this.#lookForMissing()
  }

  #matching(pattern: RegExp): string[] {
    return [...this.#cluster.metadata.topics.values()]
      .filter(({ topic, isInternal }) => pattern.test(topic) && !(isInternal && this.#excludeInternal))
      .map(({ topic }) => topic)
      .sort()
  }

  /** What of the wanted cannot be read yet, in words; empty when all can. */
  #missing(): string {
    const { topics } = this.#cluster.metadata
    if (this.#topics.length === 0) return `matching ${String(this.#wanted)}`
    const missing: string[] = []
    for (const topic of this.#topics) {
      const code = topics.get(topic)?.errorCode ?? errorCodes.UNKNOWN_TOPIC_OR_PARTITION
      if (code === errorCodes.UNKNOWN_TOPIC_OR_PARTITION) missing.push(topic)
      else if (code !== errorCodes.NONE) missing.push(`${topic} (${errorName(code)})`)
    }
    return missing.slice(0, namedMax).join(', ')
  }

  /** Metadata is old for minutes; a topic that is being created should be noticed sooner, and one that does not come is said once. */
  async #lookForMissing(): Promise<void> {
    const { log } = this.#cluster.options
    this.#looking = true
    let isSaid = false
    for (let failures = 1, missing = this.#missing(); missing !== ''; failures++, missing = this.#missing()) {
      if (failures === saidAfter) log.warn(`There is no topic ${missing} yet. It is read as soon as it is there.`)
      isSaid ||= failures === saidAfter
      await backOff(this.#cluster.options, failures, this.#closing.signal)
      if (this.#closing.signal.aborted) return
      await this.#cluster.refresh().catch((error: unknown) => log.debug(`No metadata: ${reasonOf(error)}.`))
    }
    if (isSaid) log.info('All wanted topics are there now.')
    this.#looking = false
  }
}
