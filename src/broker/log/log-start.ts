/** What the checkpoints and the clean-shutdown marker of the log folder say about the partition. */
export interface LogStart {
  /** The folder was just made. */
  readonly isNew: boolean
  readonly isClean: boolean
  /** Everything before it was synced; after a clean stop it is the end. */
  readonly recoveryPoint: number | undefined
  readonly logStartOffset: number | undefined
}
