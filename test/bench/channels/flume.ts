/**
 * `npm run bench:flume`: TAILDIR → file channel → null in this agent and in Apache Flume 1.11 from Maven, in turns on the same machine, both on the same
 * settings. Each row is the best of the runs of each, and the ratio. `-- --events N --runs N` makes it shorter; `--json` prints one JSON object a line.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApacheFlume } from '../../interop/counterparts/apache-flume.ts'
import { flume111Taildir } from '../../interop/counterparts/maven.ts'
import { has } from '../../interop/counterparts/toolchain.ts'
import { measure } from '../agent-run.ts'
import { type Case, fileChannel, nullSink, type Place, taildir } from '../cases.ts'
import { inputFile } from '../input.ts'
import { machine } from '../machine.ts'
import { calibration, cpuSeconds, peakMegabytes } from '../process.ts'
import { fileToFileChannel } from './synced.ts'
import { ownOptions } from '../../support/own-options.ts'

const { values } = ownOptions('npm run bench:flume -- [--events N] [--ours N] [--runs N] [--json]', {
  options: {
    events: { type: 'string', default: '1000000' },
    ours: { type: 'string', default: '5000000' },
    runs: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
})
const ratioLimit = 15
const flumeLimitMs = 300_000
/** Flume's start script gives 20 MB, which the file channel does not start in. */
const heap = '1g'
const reportEvery = 10_000

interface Figures {
  readonly events: number
  readonly eventsPerSecond: number
  readonly cpuSecondsPerMillion: number
  readonly rssMB: number
  readonly lost: number
  readonly repeated: number
}

/** The agent is `a` there. The sink says how far it is every so many events. */
const flumeProperties = (c: Case, place: Place): string =>
  c
    .properties(place)
    .replaceAll(/^a1\./gm, 'a.')
    .replace(/logEveryNEvents = .*/, `logEveryNEvents = ${reportEvery}`)

const flumeRun = async (c: Case, events: number, batch: number): Promise<Figures> => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const place: Place = { folder, input: inputFile(events), brokerPort: 0, port: 0, batch }
  try {
    await using flume = startApacheFlume(folder, flumeProperties(c, place), { heap, classPath: flume111Taildir() })
    const pid = flume.process.pid ?? 0
    await flume.printed(/SOURCE, name: r1 started/)
    const [startMs, before] = [performance.now(), cpuSeconds(pid)]
    await flume.printed(new RegExp(`successful processed ${events} events`), flumeLimitMs)
    const seconds = (performance.now() - startMs) / 1000
    const cpu = cpuSeconds(pid) - before
    const rssMB = peakMegabytes(pid)
    await flume.stop()
    const arrived = Math.max(
      ...[...flume.output.matchAll(/successful processed (\d+) events/g)].map((m) => Number(m[1])),
    )
    return {
      events,
      eventsPerSecond: events / seconds,
      cpuSecondsPerMillion: cpu / (events / 1e6),
      rssMB,
      lost: Math.max(0, events - arrived),
      repeated: Math.max(0, arrived - events),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const best = (runs: readonly Figures[]): Figures => ({
  ...(runs.toSorted((a, b) => b.eventsPerSecond - a.eventsPerSecond)[0] as Figures),
  cpuSecondsPerMillion: Math.min(...runs.map((r) => r.cpuSecondsPerMillion)),
  lost: runs.reduce((sum, r) => sum + r.lost, 0),
  repeated: runs.reduce((sum, r) => sum + r.repeated, 0),
})

const cells = (f: Figures): string =>
  `${(f.eventsPerSecond / 1000).toFixed(0)} k | ${f.cpuSecondsPerMillion.toFixed(2)} | ${f.rssMB.toFixed(0)} | ${f.lost} / ${f.repeated}`

const compare = async (batch: number): Promise<void> => {
  const c: Case = {
    ...fileToFileChannel(0),
    properties: (p) => fileChannel(p) + taildir(p, p.batch) + nullSink(p),
  }
  const [ours, theirs]: [Figures[], Figures[]] = [[], []]
  for (let run = 0; run < Number(values.runs); run++) {
    ours.push(await measure(c, c, Number(values.ours), batch))
    theirs.push(await flumeRun(c, Math.ceil(Number(values.events) / reportEvery) * reportEvery, batch))
  }
  const [millrace, flume] = [best(ours), best(theirs)]
  const ratio = millrace.eventsPerSecond / flume.eventsPerSecond
  if (values.json)
    return console.log(JSON.stringify({ name: 'file-channel-beside-flume', batch, ratio, millrace, flume }))
  const held = `${ratio.toFixed(1)} (${ratio >= ratioLimit ? '' : 'misses '}≥ ${ratioLimit})`
  console.log(`| ${batch} | ${cells(millrace)} | ${cells(flume)} | ${held} |`)
}

const columns = 'events/s | CPU s per million | peak MB | lost / repeated'
const isFlumeHere = has('java', 'Apache Flume') && has('mvn', 'Apache Flume')
if (!values.json && isFlumeHere) {
  console.log(
    `${machine()} Calibration ${calibration().toFixed(0)}. TAILDIR → file channel → null; Millrace, then Flume 1.11 with -Xmx${heap}.\n`,
  )
  console.log(`| batch | ${columns} | ${columns} | ratio |\n| ${Array(10).fill('---').join(' | ')} |`)
}
if (isFlumeHere) for (const batch of [100, 1000]) await compare(batch)
