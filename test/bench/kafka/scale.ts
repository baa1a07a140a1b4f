/**
 * `npm run bench:scale`: what many connections, members, partitions and records cost this broker, each beside what it is held to. Needs no JVM;
 * `-- --records N` sets how many records the flat-memory run sends (50 million if absent). A part that fails says so in its row.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { reasonOf } from '../../../src/base/faults.ts'
import { freePort } from '../../support/port.ts'
import { machine } from '../machine.ts'
import { calibration, cpuSeconds, residentMegabytes } from '../process.ts'
import { connect, gather } from './crowd.ts'
import { deepLog } from './deep-log.ts'
import { Broker, type Cost, consume, print, produce, tool } from './scale-broker.ts'
import { ownOptions } from '../../support/own-options.ts'

const { values } = ownOptions('npm run bench:scale -- [--records N]', {
  options: { records: { type: 'string', default: '50000000' } },
})

const restMs = 3000

const records = 2_000_000
const pairs = 5

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN

/** What a producer costs the crowded broker and the quiet one, in turns; `besides` are CPU seconds a second that the crowd itself takes. */
const effect = async (quiet: Broker, crowded: Broker, besides = 0): Promise<string> => {
  const all: { alone: Cost; beside: Cost }[] = []
  for (let i = 0; i < pairs; i++)
    all.push({ alone: await produce(quiet, records), beside: await produce(crowded, records) })
  const cost = ({ cpu, seconds }: Cost): number => cpu - (besides * seconds * 1e6) / records
  const [alone, beside] = [median(all.map((pair) => pair.alone.cpu)), median(all.map((pair) => cost(pair.beside)))]
  const more = (median(all.map((pair) => cost(pair.beside) / pair.alone.cpu)) - 1) * 100
  const rate = median(all.map((pair) => pair.beside.perSecond / pair.alone.perSecond))
  return `${alone.toFixed(3)} → ${beside.toFixed(3)} (${more.toFixed(0)} %; rate ${rate.toFixed(2)})`
}

const crowds = async (): Promise<void> => {
  await using quiet = new Broker(await freePort())
  await using crowded = new Broker(await freePort())
  for (const broker of [quiet, crowded]) {
    await broker.start()
    await produce(broker, records)
  }
  const before = residentMegabytes(crowded.pid)
  const idle = await connect(crowded.port, 5000)
  await pause(restMs)
  const each = ((residentMegabytes(crowded.pid) - before) * 1024) / idle.length
  print('memory of an idle connection, of 5,000', `${each.toFixed(1)} KB`, '< 20 KB')
  const what = 'broker CPU s per million records, median of pairs with a broker without a crowd, beside'
  print(`${what} them`, await effect(quiet, crowded), '≤ 10 % more')
  const startMs = performance.now()
  const members = await gather(idle.slice(0, 1000))
  print(
    `a group of ${members.size} members is at rest after`,
    `${((performance.now() - startMs) / 1000).toFixed(1)} s`,
    '',
  )
  const cpuBefore = cpuSeconds(crowded.pid)
  await pause(10_000)
  const beating = (cpuSeconds(crowded.pid) - cpuBefore) / 10
  print('CPU of 1,000 members that beat, of a core', `${(beating * 100).toFixed(1)} %`, '')
  print(`${what} both, without the heartbeats`, await effect(quiet, crowded, beating), '≤ 10 % more')
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
