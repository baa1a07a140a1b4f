/** What the topic store is opened with. */
import type { Fault } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import type { Disk } from '../../io/disk.ts'
import type { Processes } from '../../io/processes.ts'
import type { Random } from '../../io/random.ts'
import type { Given } from './topic-config.ts'

export interface TopicStoreOptions {
  /** `log.dirs`. */
  readonly folders: readonly string[]
  /** -1: the one that the folders say, or 1001. */
  readonly brokerId: number
  /** `num.partitions`. */
  readonly partitionsDefault: number
  /** What server.properties gives, as written, by name. */
  readonly given: Given
  /** `log.flush.offset.checkpoint.interval.ms`. */
  readonly recoveryCheckpointMs: number
  /** `log.flush.start.offset.checkpoint.interval.ms`. */
  readonly startCheckpointMs?: number
  /** `log.retention.check.interval.ms` and, before the first time, `log.initial.task.delay.ms`. */
  readonly retentionCheckMs?: number
  readonly firstCheckMs?: number
  /** `producer.id.expiration.ms`, as it is now, and `producer.id.expiration.check.interval.ms`. */
  readonly producerExpirationMs?: () => number
  readonly producerCheckMs?: number
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly processes?: Processes
  /** Called once, when no log folder is left that can be used. */
  readonly allFailed?: (fault: Fault) => void
  /** Threads of this process that are known to have ended while they held the folders. */
  readonly deadThreads?: readonly number[]
  /** How many log files may be open at once. */
  readonly openFilesMax?: number
}
