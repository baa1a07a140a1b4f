/**
 * `npm run bench:scale`: what many connections, members, partitions and records cost this broker, each beside what it is held to. Needs no JVM;
 * `-- --records N` sets how many records the flat-memory run sends (50 million if absent).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Child, run } from '../../support/child.ts'
import { freePort } from '../../support/port.ts'
import { root } from '../../tidy/tree.ts'
import { machine } from '../machine.ts'
import { calibration, cpuSeconds, residentMegabytes } from '../process.ts'
import { connect, gather } from './crowd.ts'

const { values } = parseArgs({ options: { records: { type: 'string', default: '50000000' } } })

const started = /started \(kafka\.server\.KafkaServer\)/

class Broker {
  readonly port: number
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-scale-'))
  child: Child | undefined

  constructor(port: number) {
    this.port = port
  }

  get pid(): number {
    return this.child?.process.pid ?? 0
  }

  /** Starts it and resolves with how long that took, in ms. */
  async start(): Promise<number> {
    const config = join(this.folder, 'server.properties')
    const settings = [
      'broker.id=0',
      'offsets.topic.num.partitions=1',
      'group.initial.rebalance.delay.ms=0',
      `log.dirs=${this.folder}/logs`,
    ]
    writeFileSync(config, [...settings, `listeners=PLAINTEXT://127.0.0.1:${this.port}`].join('\n'))
    const startMs = performance.now()
    this.child = new Child(join(root, 'bin', 'kafka-server-start.sh'), [config], { cwd: this.folder })
    await this.child.printed(started)
    return performance.now() - startMs
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.child?.stop(signal)
  }
}

const tool = (name: string, broker: Broker, args: readonly string[]): Promise<string> =>
  run(join(root, 'bin', `${name}.sh`), ['--bootstrap-server', `127.0.0.1:${broker.port}`, ...args])

interface Sent {
  readonly perSecond: number
  readonly cpu: number
}

/** Our own performance tool, with Kafka's default batches. */
const produce = async (broker: Broker, records: number, perSecond = -1): Promise<Sent> => {
  const before = cpuSeconds(broker.pid)
  const rate = ['--throughput', `${perSecond}`]
  const what = ['--topic', 'load', '--num-records', `${records}`, '--record-size', '100', '--producer-props', 'acks=1']
  const output = await tool('kafka-producer-perf-test', broker, [...what, ...rate])
  const cpu = ((cpuSeconds(broker.pid) - before) * 1e6) / records
  const last = output.trim().split('\n').at(-1) ?? ''
  return { perSecond: Number(/([\d.]+) records\/sec/.exec(last)?.[1]), cpu }
}

const restMs = 3000
const print = (what: string, figure: string, limit: string): void => console.log(`| ${what} | ${figure} | ${limit} |`)

const crowds = async (): Promise<void> => {
  const broker = new Broker(await freePort())
  await broker.start()
  await produce(broker, 500_000)
  const alone = await produce(broker, 2_000_000)
  const before = residentMegabytes(broker.pid)
  const idle = await connect(broker.port, 5000)
  await pause(restMs)
  const each = ((residentMegabytes(broker.pid) - before) * 1024) / idle.length
  print('memory of an idle connection, of 5,000', `${each.toFixed(1)} KB`, '< 20 KB')
  const beside = await produce(broker, 2_000_000)
  const effect = `${alone.cpu.toFixed(3)} → ${beside.cpu.toFixed(3)} (rate ${(beside.perSecond / alone.perSecond).toFixed(2)})`
  print('broker CPU s per million records beside them', effect, '≤ 10 % more')
  const startMs = performance.now()
  const members = await gather(idle.slice(0, 1000))
  print(
    `a group of ${members.size} members is at rest after`,
    `${((performance.now() - startMs) / 1000).toFixed(1)} s`,
    '',
  )
  const cpuBefore = cpuSeconds(broker.pid)
  await pause(10_000)
  print(
    'CPU of 1,000 members that beat, of a core',
    `${(((cpuSeconds(broker.pid) - cpuBefore) / 10) * 100).toFixed(1)} %`,
    '',
  )
  const among = await produce(broker, 2_000_000)
  print('broker CPU s per million records beside both', among.cpu.toFixed(3), '≤ 10 % more')
  members[Symbol.dispose]()
  for (const connection of idle) connection[Symbol.dispose]()
  await broker.stop()
  rmSync(broker.folder, { recursive: true, force: true })
}

const manyPartitions = async (): Promise<void> => {
  const broker = new Broker(await freePort())
  await broker.start()
  for (let i = 0; i < 10; i++)
    await tool('kafka-topics', broker, ['--create', '--topic', `many-${i}`, '--partitions', '500'])
  await tool('kafka-topics', broker, ['--create', '--topic', 'load', '--partitions', '50'])
  await produce(broker, 1_000_000)
  await broker.stop()
  print('start with 5,000 partitions after a clean stop', `${((await broker.start()) / 1000).toFixed(2)} s`, '≤ 3 s')
  await produce(broker, 1_000_000)
  await broker.stop('SIGKILL')
  print('and after kill -9', `${((await broker.start()) / 1000).toFixed(2)} s`, '≤ 10 s')
  await broker.stop()
  rmSync(broker.folder, { recursive: true, force: true })
}

/** Memory at each tenth of the way, after the first. */
const flatMemory = async (records: number): Promise<void> => {
  const broker = new Broker(await freePort())
  await broker.start()
  const levels: number[] = []
  for (let i = 0; i < 10; i++) {
    await produce(broker, Math.round(records / 10))
    levels.push(residentMegabytes(broker.pid))
  }
  const [low, high] = [Math.min(...levels.slice(1)), Math.max(...levels.slice(1))]
  print(`memory over ${records / 1e6} million records`, `${low.toFixed(0)} to ${high.toFixed(0)} MB`, '± 10 %')
  const read = await tool('kafka-consumer-perf-test', broker, [
    '--topic',
    'load',
    '--messages',
    `${records}`,
    '--hide-header',
  ])
  const count = Number(read.split(', ')[4])
  print('read again', `${count} of ${records}`, 'all')
  print('memory after that', `${residentMegabytes(broker.pid).toFixed(0)} MB`, '')
  await broker.stop()
  rmSync(broker.folder, { recursive: true, force: true })
}

console.log(`${machine()} Calibration ${calibration().toFixed(0)}.\n`)
console.log('| what | figure | held to |\n| --- | --- | --- |')
await crowds()
await manyPartitions()
await flatMemory(Number(values.records))
