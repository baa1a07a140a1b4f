/** The tables that `npm run bench:channels` prints, each figure beside what it is held to. */
import type { MemoryFigures } from './memory.ts'
import type { RefillFigures } from './refill.ts'
import type { SyncedFigures } from './synced.ts'

export interface Shown<Figures> {
  readonly head: string
  readonly row: (figures: Figures) => string
}

const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
const headOf = (names: readonly string[]): string => `${line(names)}\n${line(names.map(() => '---'))}`

const atLeast = (value: number, limit: number, show: (n: number) => string): string =>
  `${show(value)} (${value >= limit ? '' : 'misses '}≥ ${show(limit)})`
const atMost = (value: number, limit: number, show: (n: number) => string): string =>
  `${show(value)} (${value <= limit ? '' : 'misses '}≤ ${show(limit)})`

const millions = (n: number): string => `${(n / 1e6).toFixed(2)} M`
const whole = (n: number): string => n.toFixed(0)
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`

export const memoryTable: Shown<MemoryFigures> = {
  head: headOf([
    'memory channel, put and take',
    'batch',
    'events/s',
    'CPU s per million',
    'lost',
    'repeated',
    'calibration',
  ]),
  row: (f) =>
    line([
      '105-byte events, one putter, one taker, in one process',
      f.batch,
      atLeast(f.eventsPerSecond, 8e6, millions),
      f.cpuSecondsPerMillion.toFixed(3),
      f.lost,
      f.repeated,
      whole(f.calibration),
    ]),
}

const two = (n: number): string => n.toFixed(2)

/** What is asked for of 105-byte events: a second by the batch, and CPU seconds per million. */
const rateLimits: Readonly<Record<number, number>> = { 100: 500_000, 1000: 1_000_000 }
const cpuLimit = 0.8
/** And of 500-byte events. */
const shareLimit = 0.8

const rate = (f: SyncedFigures): string => {
  const limit = f.lineBytes === 0 ? rateLimits[f.batch] : undefined
  return limit === undefined ? millions(f.eventsPerSecond) : atLeast(f.eventsPerSecond, limit, millions)
}

export const fileTable: Shown<SyncedFigures> = {
  head: headOf([
    'file → TAILDIR → file channel → null, every commit synced',
    'batch',
    'events/s',
    'CPU s per million',
    'peak MB',
    'put syncs/s',
    'events per sync',
    'take syncs/s',
    'MB/s',
    'a bare loop of the same sizes: syncs/s, MB/s',
    'share of it',
    'lost',
    'repeated',
    'calibration',
  ]),
  row: (f) =>
    line([
      f.lineBytes === 0 ? '105-byte events' : `${f.lineBytes}-byte events`,
      f.batch,
      rate(f),
      f.lineBytes === 0 ? atMost(f.cpuSecondsPerMillion, cpuLimit, two) : two(f.cpuSecondsPerMillion),
      whole(f.rssMB),
      whole(f.putSyncsPerSecond),
      whole(f.eventsPerPutSync),
      whole(f.takeSyncsPerSecond),
      whole(f.megabytesPerSecond),
      `${whole(f.bareSyncsPerSecond)}, ${whole(f.bareMegabytesPerSecond)}`,
      f.lineBytes === 0 ? percent(f.shareOfBare) : atLeast(f.shareOfBare, shareLimit, percent),
      f.lost,
      f.repeated,
      whole(f.calibration),
    ]),
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
const megabytes = (n: number): string => `${n.toFixed(0)} MB`

export const startTable: Shown<RefillFigures> = {
  head: headOf([
    'start on a file channel',
    'held',
    'after kill -9',
    'peak then',
    'after a clean stop',
    'peak then',
    'all held: resident',
    'lost',
    'repeated',
  ]),
  row: (f) =>
    line([
      `${millions(f.events)} lines, killed while they came in`,
      `${millions(f.heldAtKill)} / ${millions(f.events + f.repeated)}`,
      atMost(f.startAfterKillMs, 10_000, seconds),
      atMost(f.afterKillMB, 200, megabytes),
      atMost(f.startAfterStopMs, 2000, seconds),
      atMost(f.afterStopMB, 200, megabytes),
      atMost(f.filledMB, 200, megabytes),
      f.lost,
      f.repeated,
    ]),
}
