/** `kcat -P -l` of the same lines into the same broker, run alone: what a user would pick who needs no agent at all. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../support/port.ts'
import { Child } from '../support/child.ts'
import { root } from '../tidy/tree.ts'
import { best } from './best.ts'
import { inputFile } from './input.ts'
import { cpuSeconds } from './process.ts'
import { countTopic } from './topic.ts'
import { warm } from './warm.ts'

const hasKcat = (): boolean => {
  try {
    execFileSync('kcat', ['-V'], { stdio: 'ignore' })
    return true
  } catch (error) {
    console.error(`kcat is left out of the table: ${String(error)}`)
    return false
  }
}

/** Runs kcat to its end and gives its own CPU seconds, sampled until it is gone, and how long it took. */
const runKcat = async (bootstrap: string, input: string): Promise<{ seconds: number; cpu: number }> => {
  const startMs = performance.now()
  const child = spawn('kcat', ['-P', '-b', bootstrap, '-t', 'weblog', '-X', 'acks=1', '-l', input], { stdio: 'ignore' })
  let cpu = 0
  const sampler = setInterval(() => {
    if (child.pid !== undefined && child.exitCode === null) cpu = cpuSeconds(child.pid)
  }, 5)
  await new Promise((resolve) => child.on('close', resolve))
  clearInterval(sampler)
  return { seconds: (performance.now() - startMs) / 1000, cpu }
}

interface Figures {
  readonly name: 'kcat'
  readonly events: number
  readonly seconds: number
  readonly eventsPerSecond: number
  readonly cpuSecondsPerMillion: number
  readonly brokerCpuSecondsPerMillion: number
  readonly lost: number
  readonly repeated: number
}

/** One run in an empty folder; its broker is ours, in a process of its own. */
const measureKcat = async (events: number, folder: string): Promise<Figures> => {
  const port = await freePort()
  const config = join(folder, 'server.properties')
  writeFileSync(
    config,
    `broker.id=0\nlisteners=PLAINTEXT://127.0.0.1:${port}\nlog.dirs=${folder}/kafka-logs\nnum.partitions=1\n`,
  )
  const input = inputFile(events)
  warm(input, folder)
  await using broker = new Child(join(root, 'bin', 'kafka-server-start.sh'), [config], { cwd: folder })
  await broker.printed(/started \(kafka\.server\.KafkaServer\)/)
  const pid = broker.process.pid ?? 0
  const before = cpuSeconds(pid)
  const { seconds, cpu } = await runKcat(`127.0.0.1:${port}`, input)
  const brokerCpu = cpuSeconds(pid) - before
  const { lost, repeated } = await countTopic(`127.0.0.1:${port}`, 'weblog', events)
  await broker.stop()
  const millions = events / 1e6
  return {
    name: 'kcat',
    events,
    seconds,
    eventsPerSecond: events / seconds,
    cpuSecondsPerMillion: (cpu + brokerCpu) / millions,
    brokerCpuSecondsPerMillion: brokerCpu / millions,
    lost,
    repeated,
  }
}

/** Prints kcat's figures, the best of `runs` as the other rows have them. */
export const kcatRate = async (events: number, runs: number, json: boolean): Promise<void> => {
  if (!hasKcat()) return
  const all: Figures[] = []
  for (let i = 0; i < runs; i++) {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
    try {
      all.push(await measureKcat(events, folder))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  const figures = best(all)
  if (json) return console.log(JSON.stringify(figures))
  const rate = `${(figures.eventsPerSecond / 1e6).toFixed(2)} M`
  const cost = `${figures.cpuSecondsPerMillion.toFixed(3)}, of it the broker ${figures.brokerCpuSecondsPerMillion.toFixed(3)}`
  console.log(`| kcat -P -l into the same broker | | ${rate} | ${cost} | | ${figures.lost} | ${figures.repeated} | |`)
}
