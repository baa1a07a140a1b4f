/** Where a partition's log begins and ends, as far as it was noted, and what is done where that cannot be. */
import { logStartFile } from './checkpoints.ts'

/** What the checkpoints and the clean-shutdown marker of the log folder say about the partition. */
export interface LogStart {
  /** The folder was just made. */
  readonly isNew: boolean
  readonly isClean: boolean
  /** Everything before it was synced; after a clean stop it is the end. */
  readonly recoveryPoint: number | undefined
  readonly logStartOffset: number | undefined
}

/** After a clean stop no log begins behind its end: one of the two that were noted is wrong. */
export const isStartDoubtful = ({ isClean, recoveryPoint, logStartOffset }: LogStart): boolean =>
  isClean && (logStartOffset ?? 0) > (recoveryPoint ?? 0)

export const startIgnored = (name: string, start: number, end: number): string =>
  `${logStartFile} says that ${name} begins at offset ${start}, behind its end at ${end}, and is damaged: the log begins at its first record.`

export const recordsDropped = (name: string, start: number, end: number, bytes: number): string =>
  `${name} ends at offset ${end} and ${logStartFile} says that it begins at ${start}: ${bytes} bytes of records are removed, and it goes on there.`
