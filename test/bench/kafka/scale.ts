/**
 * `npm run bench:scale`: what many connections, members, partitions and records cost this broker, each beside what it is held to. Needs no JVM;
 * `-- --records N` sets how many records the flat-memory run sends (50 million if absent). A part that fails says so in its row.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { reasonOf } from '../../../src/base/faults.ts'
import { freePort } from '../../support/port.ts'
import { machine } from '../machine.ts'
import { calibration, cpuSeconds, residentMegabytes } from '../process.ts'
import { connect, gather } from './crowd.ts'
import { deepLog } from './deep-log.ts'
import { Broker, cheapest, type Cost, consume, print, produce, tool } from './scale-broker.ts'

const { values } = parseArgs({ options: { records: { type: 'string', default: '50000000' } } })

const restMs = 3000

const crowds = async (): Promise<void> => {
  await using broker = new Broker(await freePort())
  await broker.start()
  await produce(broker, 500_000)
  const alone = await cheapest(() => produce(broker, 2_000_000))
  const before = residentMegabytes(broker.pid)
  const idle = await connect(broker.port, 5000)
  await pause(restMs)
  const each = ((residentMegabytes(broker.pid) - before) * 1024) / idle.length
  print('memory of an idle connection, of 5,000', `${each.toFixed(1)} KB`, '< 20 KB')
  const effect = ({ cpu, perSecond }: Cost): string =>
    `${alone.cpu.toFixed(3)} → ${cpu.toFixed(3)} (${(((cpu - alone.cpu) / alone.cpu) * 100).toFixed(0)} %; rate ${(perSecond / alone.perSecond).toFixed(2)})`
  const beside = await cheapest(() => produce(broker, 2_000_000))
  print('broker CPU s per million records beside them', effect(beside), '≤ 10 % more')
  const startMs = performance.now()
  const members = await gather(idle.slice(0, 1000))
  print(
    `a group of ${members.size} members is at rest after`,
    `${((performance.now() - startMs) / 1000).toFixed(1)} s`,
    '',
  )
  const cpuBefore = cpuSeconds(broker.pid)
  await pause(10_000)
  const beating = (cpuSeconds(broker.pid) - cpuBefore) / 10
  print('CPU of 1,000 members that beat, of a core', `${(beating * 100).toFixed(1)} %`, '')
  const among = await cheapest(() => produce(broker, 2_000_000))
  const withoutBeats = { ...among, cpu: among.cpu - (beating * among.seconds) / 2 }
  print('broker CPU s per million records beside both, without the heartbeats', effect(withoutBeats), '≤ 10 % more')
  members[Symbol.dispose]()
  for (const connection of idle) connection[Symbol.dispose]()
}

const manyPartitions = async (): Promise<void> => {
  await using broker = new Broker(await freePort())
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
}

/** Memory at each tenth of the way, after the first. */
const flatMemory = async (records: number): Promise<void> => {
  await using broker = new Broker(await freePort())
  await broker.start()
  const levels: number[] = []
  for (let i = 0; i < 10; i++) {
    await produce(broker, Math.round(records / 10))
    levels.push(residentMegabytes(broker.pid))
  }
  const [low, high] = [Math.min(...levels.slice(1)), Math.max(...levels.slice(1))]
  const spread = ((high - low) / (high + low)) * 100
  const flat = `${low.toFixed(0)} to ${high.toFixed(0)} MB (± ${spread.toFixed(0)} %)`
  print(`memory over ${records / 1e6} million records`, flat, '± 10 %')
  await consume(broker, records)
  print('read again', `${records} of ${records}`, 'all')
  print('memory after that', `${residentMegabytes(broker.pid).toFixed(0)} MB`, '')
}

console.log(`${machine()} Calibration ${calibration().toFixed(0)}.\n`)
console.log('| what | figure | held to |\n| --- | --- | --- |')
const parts: readonly (readonly [string, () => Promise<void>])[] = [
  ['crowds', crowds],
  ['many partitions', manyPartitions],
  ['a log of 100 GB', deepLog],
  ['flat memory', () => flatMemory(Number(values.records))],
]
for (const [name, part] of parts)
  await part().catch((thrown: unknown) => print(name, `failed: ${reasonOf(thrown)}`.replaceAll('\n', ' '), ''))
