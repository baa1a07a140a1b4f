/** What ends a lane: aborting `takes` lets open writes finish, aborting `writes` asks them to give up. */
export interface LaneSignals {
  readonly takes: AbortSignal
  readonly writes: AbortSignal
}
