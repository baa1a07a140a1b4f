/** What the agent gives to each component it creates. */
import type { Log } from '../base/log.ts'
import type { Clock } from '../io/clock.ts'
import type { Disk } from '../io/disk.ts'
import type { Random } from '../io/random.ts'

/** A component's counters under Flume's names. The runners count what is common to all; a component counts only what it alone knows. */
export interface Counters {
  add(name: string, amount: number): void
  set(name: string, value: number): void
}

export interface Context {
  readonly agent: string
  /** The component's own name in the file. */
  readonly name: string
  readonly log: Log
  readonly counters: Counters
  readonly clock: Clock
  readonly disk: Disk
  readonly random: Random
}

export interface SourceContext extends Context {
  /** How many events the source may be ahead of what is settled (see Ahead). */
  readonly aheadMax: number
  /** Aborts when the grace period for settling at the stop is over. */
  readonly grace: AbortSignal
}
