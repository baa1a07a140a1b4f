/** Which topics a consumer wants: a list, or all that match a regular expression, followed as topics come and go. */
import { reasonOf } from '../base/faults.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import type { Cluster } from './cluster.ts'
import { backOff } from './waiting.ts'

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
    if (!this.#looking && this.#isMissing()) void this.#lookForMissing()
  }

  #matching(pattern: RegExp): string[] {
    return [...this.#cluster.metadata.topics.values()]
      .filter(({ topic, isInternal }) => pattern.test(topic) && !(isInternal && this.#excludeInternal))
      .map(({ topic }) => topic)
      .sort()
  }

  #isMissing(): boolean {
    const { topics } = this.#cluster.metadata
    if (this.#topics.length === 0) return true
    return this.#topics.some((topic) => topics.get(topic)?.errorCode !== errorCodes.NONE)
  }

  /** Metadata is old for minutes; a topic that is being created should be noticed sooner. */
  async #lookForMissing(): Promise<void> {
    this.#looking = true
    for (let failures = 1; this.#isMissing(); failures++) {
      await backOff(this.#cluster.options, failures, this.#closing.signal)
      if (this.#closing.signal.aborted) return
      await this.#cluster
        .refresh()
        .catch((error: unknown) => this.#cluster.options.log.debug(`No metadata: ${reasonOf(error)}.`))
    }
    this.#looking = false
  }
}
