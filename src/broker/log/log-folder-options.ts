/** What a log folder is opened with. */
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import type { Processes } from '../../io/processes.ts'
import type { Random } from '../../io/random.ts'
import type { OpenFiles } from './open-files.ts'
import type { Removal } from './removal.ts'

export interface LogFolderOptions {
  readonly path: string
  readonly files: OpenFiles
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly removal: Removal
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
  /** Called once, when the folder has failed. */
  readonly failed?: () => void
  readonly processes?: Processes | undefined
  readonly deadThreads?: readonly number[] | undefined
}
