/** How long a user waits: from exec of the built agent to its first event, and of the broker to its readiness; and what both hold when idle. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../support/port.ts'
import { Child } from '../support/child.ts'
import { root } from '../tidy/tree.ts'
import { residentMegabytes } from './process.ts'

const agentProperties = (folder: string): string => `
a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = TAILDIR
a1.sources.r1.channels = c1
a1.sources.r1.filegroups = f
a1.sources.r1.filegroups.f = ${folder}/one\\\\.log
a1.sources.r1.positionFile = ${folder}/positions.json
a1.channels.c1.type = memory
a1.sinks.k1.type = logger
a1.sinks.k1.channel = c1
`

const idleAfterMs = 3000
const runs = 5

interface Start {
  readonly readyMs: number
  readonly idleMB: number
}

const timed = async (command: string, args: readonly string[], ready: RegExp, cwd: string): Promise<Start> => {
  const startMs = performance.now()
  await using child = new Child(join(root, 'bin', command), args, { cwd })
  await child.printed(ready)
  const readyMs = performance.now() - startMs
  await pause(idleAfterMs)
  return { readyMs, idleMB: residentMegabytes(child.process.pid ?? 0) }
}

const agentStart = async (folder: string, broker: readonly string[]): Promise<Start> => {
  writeFileSync(join(folder, 'one.log'), 'one line\n')
  writeFileSync(join(folder, 'a.properties'), agentProperties(folder))
  rmSync(join(folder, 'positions.json'), { force: true })
  const args = [
    'agent',
    '-n',
    'a1',
    '-c',
    folder,
    '-f',
    join(folder, 'a.properties'),
    '-Dflume.root.logger=INFO,console',
  ]
  return timed('flume-ng', [...args, ...broker], /Event: \{/, folder)
}

const fastest = (all: readonly Start[]): Start => ({
  readyMs: Math.min(...all.map((s) => s.readyMs)),
  idleMB: Math.min(...all.map((s) => s.idleMB)),
})

const repeat = async (once: (folder: string) => Promise<Start>): Promise<Start> => {
  const all: Start[] = []
  for (let i = 0; i < runs; i++) {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
    all.push(await once(folder))
    rmSync(folder, { recursive: true, force: true })
  }
  return fastest(all)
}

const serverFile = async (folder: string): Promise<string> => {
  const file = join(folder, 'server.properties')
  writeFileSync(
    file,
    `broker.id=0\nlisteners=PLAINTEXT://127.0.0.1:${await freePort()}\nlog.dirs=${folder}/kafka-logs\n`,
  )
  return file
}

/** Prints the start times and idle memory: the agent alone, the broker alone, the agent with its embedded broker. */
export const measureStart = async (json: boolean): Promise<void> => {
  const rows: (readonly [string, Start, string])[] = [
    ['agent-start', await repeat((folder) => agentStart(folder, [])), '≤ 300 ms'],
    [
      'broker-start',
      await repeat(async (folder) =>
        timed('kafka-server-start.sh', [await serverFile(folder)], /started \(kafka\.server\.KafkaServer\)/, folder),
      ),
      '≤ 150 ms',
    ],
    [
      'agent-and-broker-start',
      await repeat(async (folder) => agentStart(folder, ['--broker', await serverFile(folder)])),
      '≤ 85 MB idle',
    ],
  ]
  if (json) {
    for (const [name, s] of rows) console.log(JSON.stringify({ name, readyMs: s.readyMs, idleMB: s.idleMB }))
    return
  }
  console.log('\n| exec to | ms | idle MB | held to |\n| --- | --- | --- | --- |')
  for (const [name, s, limit] of rows)
    console.log(`| ${name} | ${s.readyMs.toFixed(0)} | ${s.idleMB.toFixed(0)} | ${limit} |`)
}
