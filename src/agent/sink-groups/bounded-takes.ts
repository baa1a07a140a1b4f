/** A lane's signals whose taking ends early: after a time, so that a group can pick again while one of its sinks waits for events. */
import type { Clock } from '../../io/clock.ts'
import type { LaneSignals } from '../lane-signals.ts'

export interface BoundedSignals extends LaneSignals, Disposable {}

/** `takes` aborts after `ms`, or with the outer one. Open writes go on until the outer signals say otherwise. Dispose it when the lane has ended. */
export const boundedTakes = ({ takes, writes }: LaneSignals, ms: number, clock: Clock): BoundedSignals => {
  const bounded = new AbortController()
  const end = (): void => bounded.abort()
  const timer = clock.after(ms, end)
  takes.addEventListener('abort', end)
  if (takes.aborted) end()
  return {
    takes: bounded.signal,
    writes,
    [Symbol.dispose]() {
      timer[Symbol.dispose]()
      takes.removeEventListener('abort', end)
    },
  }
}
