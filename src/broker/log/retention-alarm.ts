/**
 * Says once that the disk keeps retention from its work, and once that it does so no longer: every round tries again, and whoever wonders why a disk
 * fills finds one line about it. Partitions that begin or cease to be refused in the same round share that line.
 */
import { reasonOf } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import { isDiskError } from './disk-errors.ts'
import type { PartitionLog } from './partition-log.ts'

/** Partitions named in one line. */
const NAMED_MAX = 10

const nameOf = ({ topic, partition }: PartitionLog): string => `${topic}-${partition}`

const namesOf = (logs: readonly PartitionLog[]): string => {
  const more = logs.length - NAMED_MAX
  return logs.slice(0, NAMED_MAX).map(nameOf).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

export class RetentionAlarm {
  readonly #log: Log
  readonly #folder: string
  /** Those of which was said that they are refused. */
  readonly #refused = new WeakSet<PartitionLog>()
  #newly: PartitionLog[] = []
  #again: PartitionLog[] = []
  #reason = ''

  constructor(log: Log, folder: string) {
    this.#log = log
    this.#folder = folder
  }

  /** Retention could not do its work here. What is not the disk's, and what a log that is offline refuses, is said elsewhere. */
  failed(log: PartitionLog, thrown: unknown): void {
    if (!isDiskError(thrown) || log.isOffline || this.#refused.has(log)) return
    this.#refused.add(log)
    this.#newly.push(log)
    this.#reason = reasonOf(thrown)
  }

  /** It could. */
  worked(log: PartitionLog): void {
    if (this.#refused.delete(log)) this.#again.push(log)
  }

  /** A round is over. */
  say(): void {
    const [newly, again] = [this.#newly, this.#again]
    this.#newly = []
    this.#again = []
    if (newly.length > 0)
      this.#log.warn(
        `The disk of ${this.#folder} refuses what retention has to do: nothing is deleted of ${namesOf(newly)}, whatever retention.ms and retention.bytes say, and the disk may fill. Look at the rights of the files and at the disk; it is tried again with each round, no restart is needed.`,
        { reason: this.#reason },
      )
    if (again.length > 0) this.#log.info(`Retention of ${namesOf(again)} in ${this.#folder} works again.`)
  }
}
