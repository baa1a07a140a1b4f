/**
 * How long an agent takes to start on a file channel that holds much, and what memory it has then: killed with -9 in the middle of filling, and after a
 * clean stop. At the end the channel is exported and its lines are counted.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Child } from '../../support/child.ts'
import { root } from '../../tidy/tree.ts'
import { pidOf, startAgent, started } from '../agent-run.ts'
import { type Place, taildir } from '../cases.ts'
import { inputFile, Tally } from '../input.ts'
import { peakMegabytes, quiet, residentMegabytes } from '../process.ts'
import { tallyLines } from '../topic.ts'

export interface RefillFigures {
  readonly name: string
  readonly events: number
  /** Held when the agent was killed. */
  readonly heldAtKill: number
  readonly startAfterKillMs: number
  readonly afterKillMB: number
  /** Resident once everything is held, and the peak of the way there. */
  readonly filledMB: number
  readonly fillPeakMB: number
  readonly startAfterStopMs: number
  readonly afterStopMB: number
  readonly lost: number
  readonly repeated: number
}

const fillLimitMs = 300_000
const lookMs = 20
/** Part of the input that is in the channel when the agent is killed. */
const killAt = 0.95

/** A source and a channel, and nobody who takes. */
const properties = (p: Place, capacity: number): string => `
a1.sources = r1
a1.channels = c1
a1.channels.c1.type = file
a1.channels.c1.checkpointDir = ${p.folder}/channel/checkpoint
a1.channels.c1.dataDirs = ${p.folder}/channel/data
a1.channels.c1.capacity = ${capacity}
a1.sources.r1.channels = c1
${taildir(p, p.batch)}`

const dataBytes = (folder: string): number => {
  const data = join(folder, 'channel', 'data')
  if (!existsSync(data)) return 0
  return readdirSync(data).reduce((sum, name) => sum + statSync(join(data, name)).size, 0)
}

const heldBy = (child: Child): number =>
  Number(/Channel c1 holds ([\d,]+) events/.exec(child.output)?.[1]?.replaceAll(',', ''))

interface Start {
  readonly child: Child
  readonly ms: number
  readonly megabytes: number
}

const start = async (place: Place, capacity: number): Promise<Start> => {
  const startMs = performance.now()
  const child = startAgent(place, properties(place, capacity), false)
  await child.printed(started)
  const ms = performance.now() - startMs
  return { child, ms, megabytes: peakMegabytes(pidOf(child)) }
}

const untilBytes = async (folder: string, bytes: number): Promise<void> => {
  const endMs = performance.now() + fillLimitMs
  while (dataBytes(folder) < bytes) {
    if (performance.now() > endMs) throw new Error(`the channel did not get ${bytes} bytes within ${fillLimitMs} ms`)
    await pause(lookMs)
  }
}

const countHeld = async (folder: string, events: number): Promise<Tally> => {
  const tally = new Tally(events)
  const args = ['channel', 'export', join(folder, 'channel'), '--to', 'stdout']
  const tool = spawn(join(root, 'bin', 'millrace'), args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await tallyLines(tool.stdout, tally)
  return tally
}

/** One round with so many events, in a folder of its own that is removed afterwards. */
export const refill = async (events: number): Promise<RefillFigures> => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const input = inputFile(events)
  const place: Place = { folder, input, brokerPort: 0, port: 0, batch: 1000 }
  const capacity = events * 2
  try {
    const first = await start(place, capacity)
    await untilBytes(folder, statSync(input).size * killAt)
    await first.child.stop('SIGKILL')
    const killed = await start(place, capacity)
    await quiet(pidOf(killed.child), fillLimitMs)
    const [filledMB, fillPeakMB] = [residentMegabytes(pidOf(killed.child)), peakMegabytes(pidOf(killed.child))]
    await killed.child.stop()
    const stopped = await start(place, capacity)
    await stopped.child.stop()
    const tally = await countHeld(folder, events)
    return {
      name: 'file-channel-start',
      events,
      heldAtKill: heldBy(killed.child),
      startAfterKillMs: killed.ms,
      afterKillMB: killed.megabytes,
      filledMB,
      fillPeakMB,
      startAfterStopMs: stopped.ms,
      afterStopMB: stopped.megabytes,
      lost: tally.lost,
      repeated: tally.repeated + tally.strange,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
