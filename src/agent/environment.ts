/** What an agent gets from outside: the ports, the log, the counters, and how long a stop may take. */
import type { Log } from '../base/log.ts'
import type { Clock } from '../io/clock.ts'
import type { Disk } from '../io/disk.ts'
import type { Random } from '../io/random.ts'
import type { Monitor } from '../monitor/counters.ts'

export interface AgentEnvironment {
  readonly log: Log
  readonly clock: Clock
  readonly disk: Disk
  readonly random: Random
  readonly monitor: Monitor
  /** How long a stop waits for sinks to drain and receipts to settle. */
  readonly graceMs: number
  /** Where what the engine itself must keep is written, such as quarantined events. Created when first needed. */
  readonly stateDirectory: string
}

/** The environment of a running agent's parts. */
export interface RunningEnvironment extends AgentEnvironment {
  readonly agent: string
  /** Aborts when the grace period of a stop is over: whoever still waits gives up. */
  readonly graceOver: AbortSignal
  /** Ends the agent because the program itself is wrong; for whoever catches an InvariantBroken. */
  readonly broken: (error: unknown) => void
}
