/** The file channel in the agent, with its syncs counted, beside what the disk gives to a bare loop of the same sizes a moment later. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../../tidy/tree.ts'
import { type Figures, measure } from '../agent-run.ts'
import { type Case, fileChannel, nullSink, taildir } from '../cases.ts'
import { type BareSyncs, bareSyncs } from './bare-syncs.ts'
import { countsVariable, type SyncCounts } from './count-syncs.ts'

export interface SyncedFigures extends Figures {
  readonly lineBytes: number
  readonly putSyncsPerSecond: number
  readonly eventsPerPutSync: number
  readonly takeSyncsPerSecond: number
  readonly megabytesPerSecond: number
  /** The same bytes in pieces of the mean size of a put sync, by a bare loop. */
  readonly bareSyncsPerSecond: number
  readonly bareMegabytesPerSecond: number
  readonly shareOfBare: number
}

export const fileToFileChannel = (lineBytes: number): Case => ({
  name: lineBytes === 0 ? 'file-to-file-channel' : `file-to-file-channel-${lineBytes}-bytes`,
  says: 'file → TAILDIR → file channel, every commit synced → null',
  batch: 1000,
  lineBytes,
  limits: { eventsPerSecond: 1e6, cpuSecondsPerMillion: 0.8, rssMB: 200 },
  needs: 'none',
  check: 'accounts',
  properties: (p) => fileChannel(p) + taildir(p, p.batch) + nullSink(p),
})

const preload = pathToFileURL(join(root, 'test/bench/channels/count-syncs.ts')).href

const counted = async (c: Case, events: number, batch: number): Promise<[Figures, SyncCounts]> => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const file = join(folder, 'syncs.json')
  try {
    const figures = await measure(c, c, events, batch, { NODE_OPTIONS: `--import=${preload}`, [countsVariable]: file })
    return [figures, JSON.parse(readFileSync(file, 'utf8')) as SyncCounts]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Counted = Omit<SyncedFigures, `bare${string}` | 'shareOfBare'>

const withCounts = (figures: Figures, lineBytes: number, { data, journal }: SyncCounts): Counted => ({
  ...figures,
  lineBytes,
  putSyncsPerSecond: data.syncs / figures.seconds,
  eventsPerPutSync: figures.events / data.syncs,
  takeSyncsPerSecond: journal.syncs / figures.seconds,
  megabytesPerSecond: data.bytes / 1e6 / figures.seconds,
})

/** The fastest run beside the fastest bare loop, one of which follows each run; lost and repeated of all runs are added up. */
export const syncedRate = async (
  lineBytes: number,
  events: number,
  batch: number,
  runs: number,
): Promise<SyncedFigures> => {
  const all: Counted[] = []
  const bare: BareSyncs[] = []
  for (let run = 0; run < runs; run++) {
    const [figures, counts] = await counted(fileToFileChannel(lineBytes), events, batch)
    all.push(withCounts(figures, lineBytes, counts))
    bare.push(await bareSyncs(counts.data.bytes, counts.data.bytes / counts.data.syncs))
  }
  const best = all.toSorted((a, b) => b.eventsPerSecond - a.eventsPerSecond)[0] as Counted
  const bareMegabytesPerSecond = Math.max(...bare.map((b) => b.bytesPerSecond / 1e6))
  const sum = (of: (f: Counted) => number): number => all.reduce((total, f) => total + of(f), 0)
  return {
    ...best,
    cpuSecondsPerMillion: Math.min(...all.map((f) => f.cpuSecondsPerMillion)),
    bareSyncsPerSecond: Math.max(...bare.map((b) => b.syncsPerSecond)),
    bareMegabytesPerSecond,
    shareOfBare: best.megabytesPerSecond / bareMegabytesPerSecond,
    lost: sum((f) => f.lost),
    repeated: sum((f) => f.repeated),
  }
}
