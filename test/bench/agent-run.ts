/** One run of the real agent over one path: start it as a user would, wait until it is through, read what it cost, stop it, and count. */
import { createReadStream, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import { Child } from '../support/child.ts'
import { freePort } from '../support/port.ts'
import { root } from '../tidy/tree.ts'
import type { Case, Place } from './cases.ts'
import { inputFile, Tally } from './input.ts'
import { calibration, cpuSeconds, peakMegabytes, quiet } from './process.ts'
import { countTopic } from './topic.ts'
import { warm } from './warm.ts'

export interface Figures {
  readonly name: string
  readonly events: number
  readonly batch: number
  readonly seconds: number
  readonly eventsPerSecond: number
  readonly cpuSecondsPerMillion: number
  /** Million rounds a second of a fixed loop, run just before. */
  readonly calibration: number
  readonly lost: number
  readonly repeated: number
  readonly rssMB: number
}

const limitMs = 120_000

const brokerProperties = (place: Place): string => `
broker.id=0
listeners=PLAINTEXT://127.0.0.1:${place.brokerPort}
log.dirs=${place.folder}/kafka-logs
num.partitions=1
offsets.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
`

/** `bin/flume-ng agent` on these properties, with the embedded broker where `broker` says so. */
export const startAgent = (place: Place, properties: string, broker: boolean, env: NodeJS.ProcessEnv = {}): Child => {
  const file = join(place.folder, 'bench.properties')
  writeFileSync(file, properties)
  const args = ['agent', '-n', 'a1', '-c', place.folder, '-f', file, '-Dflume.root.logger=INFO,console']
  if (broker) {
    const server = join(place.folder, 'server.properties')
    writeFileSync(server, brokerProperties(place))
    args.push('--broker', server)
  }
  return new Child(join(root, 'bin', 'flume-ng'), args, { cwd: place.folder, env })
}

export const pidOf = (child: Child): number => {
  const { pid } = child.process
  if (pid === undefined) throw new Error(`The agent did not start: ${child.output}`)
  return pid
}

export const started = /SOURCE, name: r1 started/
const begins = (c: Case): RegExp => (c.needs === 'filled channel' ? /Channel c1 takes from/ : started)

const send = async (place: Place): Promise<void> => {
  const socket = createConnection(place.port, '127.0.0.1')
  await pipeline(createReadStream(place.input, { highWaterMark: 1 << 20 }), socket)
}

/** Lost and repeated lines in a folder of text files. */
const countFiles = async (folder: string, events: number): Promise<Tally> => {
  const tally = new Tally(events)
  for (const name of readdirSync(folder)) {
    const lines = createInterface({ input: createReadStream(join(folder, name)) })
    for await (const line of lines) tally.add(Buffer.from(line))
  }
  return tally
}

/** What `k1` stored, from the line of accounts: `all passed on: …, k1 3,000,000`, or `k1 in 3,000,000, out 2,999,000, …`. */
export const acceptedBySink = (output: string): number => {
  const out = /\bEvents in .*?\bk1 (?:in [\d,]+, out )?(\d{1,3}(?:,\d{3})*)\b/.exec(output)?.[1]
  if (out === undefined) throw new Error(`no accounts of k1 in:\n${output.slice(-2000)}`)
  return Number(out.replaceAll(',', ''))
}

const count = async (
  c: Case,
  place: Place,
  child: Child,
  events: number,
): Promise<{ lost: number; repeated: number }> => {
  const bootstrap = `127.0.0.1:${place.brokerPort}`
  if (c.check === 'topic') return countTopic(bootstrap, 'weblog', events)
  if (c.check === 'channel topic') return countTopic(bootstrap, 'flume-channel', events)
  await child.stop()
  if (c.check === 'files') return countFiles(join(place.folder, 'out'), events)
  const arrived = acceptedBySink(child.output)
  return { lost: Math.max(0, events - arrived), repeated: Math.max(0, arrived - events) }
}

const fillTopic = async (place: Place, filler: Case): Promise<void> => {
  await using child = startAgent(place, filler.properties(place), true)
  await child.printed(started)
  await quiet(pidOf(child), limitMs)
  await child.stop()
}

/** Runs one case once, in a folder of its own that is removed afterwards; `env` is the agent's. */
export const measure = async (
  c: Case,
  filler: Case,
  events: number,
  batch: number,
  env: NodeJS.ProcessEnv = {},
): Promise<Figures> => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const input = inputFile(events, c.lineBytes)
  const place: Place = { folder, input, brokerPort: await freePort(), port: await freePort(), batch }
  try {
    const isFilled = c.needs.startsWith('filled')
    if (isFilled) await fillTopic(place, filler)
    warm(input, folder)
    const pace = calibration()
    await using child = startAgent(place, c.properties(place), c.needs === 'broker' || isFilled, env)
    await child.printed(begins(c))
    if (c.needs === 'filled topic') await child.printed(/partition 0 assigned/)
    if (c.needs === 'sender') await child.printed(/Source r1 listens on/)
    const startMs = performance.now()
    if (c.needs === 'sender') await send(place)
    const { sinceMs } = await quiet(pidOf(child), limitMs)
    const seconds = (sinceMs - startMs) / 1000
    const cpu = cpuSeconds(pidOf(child))
    const rssMB = peakMegabytes(pidOf(child))
    const { lost, repeated } = await count(c, place, child, events)
    return {
      name: c.name,
      events,
      batch,
      seconds,
      eventsPerSecond: events / seconds,
      cpuSecondsPerMillion: cpu / (events / 1e6),
      calibration: pace,
      lost,
      repeated,
      rssMB,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
