/** What a partition's log stands on: where its files lie, what it obeys, and the ports through which it works. */
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import type { Random } from '../../io/random.ts'
import type { LogSettings } from './log-settings.ts'
import type { OpenFiles } from './open-files.ts'
import type { Removal } from './removal.ts'

export interface LogHome {
  readonly files: OpenFiles
  readonly folder: string
  /** `topic-partition`, for what is said about it. */
  readonly name: string
  settings: LogSettings
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Where files go that were put out of sight. */
  readonly removal: Removal
  /** Told of every error of the disk, which may be the folder's. */
  readonly suspected?: (thrown: unknown) => void
}
