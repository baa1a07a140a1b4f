/** Of several runs of one thing, the figures that are told. */

export interface Run {
  readonly eventsPerSecond: number
  readonly cpuSecondsPerMillion: number
  readonly lost: number
  readonly repeated: number
}

/** The run with the least CPU, but with the highest rate of all, be it another's; lost and repeated events of all runs are added up, so that none is hidden. */
export const best = <R extends Run>(runs: readonly R[]): R => {
  const cheapest = runs.toSorted((a, b) => a.cpuSecondsPerMillion - b.cpuSecondsPerMillion)[0] as R
  return {
    ...cheapest,
    eventsPerSecond: Math.max(...runs.map((r) => r.eventsPerSecond)),
    lost: runs.reduce((sum, r) => sum + r.lost, 0),
    repeated: runs.reduce((sum, r) => sum + r.repeated, 0),
  }
}
