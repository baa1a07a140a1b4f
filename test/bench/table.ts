/** The table that `npm run bench` prints and docs/performance.md keeps. */
import type { Figures } from './agent-run.ts'
import type { Case } from './cases.ts'

export const tableHead = `| path | batch | events/s | CPU s per million | peak MB | lost | repeated | calibration |
| --- | --- | --- | --- | --- | --- | --- | --- |`

const against = (value: string, limit: string, kept: boolean): string => `${value} (${kept ? '' : 'misses '}${limit})`

/** One case's figures, each beside what it is held to. */
export const row = (c: Case, f: Figures): string => {
  const { limits } = c
  const cells = [
    c.says,
    String(f.batch),
    against(
      `${(f.eventsPerSecond / 1e6).toFixed(2)} M`,
      `≥ ${limits.eventsPerSecond / 1e6} M`,
      f.eventsPerSecond >= limits.eventsPerSecond,
    ),
    against(
      f.cpuSecondsPerMillion.toFixed(3),
      `≤ ${limits.cpuSecondsPerMillion}`,
      f.cpuSecondsPerMillion <= limits.cpuSecondsPerMillion,
    ),
    against(f.rssMB.toFixed(0), `≤ ${limits.rssMB}`, f.rssMB <= limits.rssMB),
    String(f.lost),
    String(f.repeated),
    f.calibration.toFixed(0),
  ]
  return `| ${cells.join(' | ')} |`
}
