/** What a monitor is told of a channel's disk: what it has refused, and whether it refuses something now. */
import type { Counters } from '../../src/flow/context.ts'

/** What a channel asks of its disk: to store events, to read them, to note that they were taken. */
export type DiskWork = 'put' | 'take' | 'commit'

const errorCounters = {
  put: 'EventPutErrorCount',
  take: 'EventTakeErrorCount',
  commit: 'EventTakeErrorCount',
} as const

export class DiskHealth {
  readonly #counters: Counters
  /** Each is refused until the next of its kind works: takes go on where a full disk refuses puts, and do not make it well. */
  readonly #refused = new Set<DiskWork>()

  constructor(counters: Counters) {
    this.#counters = counters
    this.#show()
  }

  refused(work: DiskWork): void {
    this.#counters.add(errorCounters[work], 1)
    this.#refused.add(work)
    this.#show()
  }

  worked(work: DiskWork): void {
    if (this.#refused.size > 0 && this.#refused.delete(work)) this.#show()
  }

  #show(): void {
    this.#counters.set('Unhealthy', this.#refused.size > 0 ? 1 : 0)
  }
}
