/**
 * `npm run bench:kafka`: Apache Kafka's own performance tools against this broker and against Apache Kafka, in turns on the same machine. Each figure is
 * the median of the paired runs, beside its ratio; what was produced is consumed three times in a run, as consuming costs little and CPU is counted in
 * hundredths of a second. `-- --records N --runs N` makes it shorter. A run that fails is tried once more; a load that fails says so in its row.
 * Needs Java and Maven.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { reasonOf } from '../../../src/base/faults.ts'
import { machine } from '../machine.ts'
import { calibration, cpuSeconds, peakMegabytes, residentMegabytes } from '../process.ts'
import { type MeasuredBroker, startKafka, startMillrace } from './brokers.ts'
import { consume, createTopic, latency, produce, recordsIn, type RoundTrip } from './tools.ts'
import { ownOptions } from '../../support/own-options.ts'

const { values } = ownOptions('npm run bench:kafka -- [--records N] [--runs N]', {
  options: { records: { type: 'string', default: '2000000' }, runs: { type: 'string', default: '3' } },
})
const records = Number(values.records)
const runs = Number(values.runs)

interface Load {
  readonly name: string
  readonly partitions: number
  readonly settings: readonly string[]
}

const large = ['acks=1', 'batch.size=262144', 'linger.ms=10']
const loads: readonly Load[] = [
  { name: 'default batches, 1 partition', partitions: 1, settings: ['acks=1'] },
  { name: 'default batches, 12 partitions', partitions: 12, settings: ['acks=1'] },
  { name: 'batches of 256 KB, 1 partition', partitions: 1, settings: large },
  { name: 'batches of 256 KB, 12 partitions', partitions: 12, settings: large },
]

interface Figures {
  readonly produced: number
  readonly produceCpu: number
  readonly p99Ms: number
  readonly consumed: number
  readonly consumeCpu: number
  readonly lost: number
}

/** Runs what moves `count` records, and says what it cost the broker. */
const cpuPerMillion = async <T>(pid: number, count: number, work: () => Promise<T>): Promise<[T, number]> => {
  const before = cpuSeconds(pid)
  const result = await work()
  return [result, ((cpuSeconds(pid) - before) * 1e6) / count]
}

/** How often a run consumes what it produced. */
const reads = 3

const consumeOften = async (bootstrap: string, topic: string): Promise<number[]> => {
  const rates: number[] = []
  for (let read = 0; read < reads; read++) rates.push(await consume(bootstrap, topic, records))
  return rates
}

const measure = async ({ bootstrap, pid }: MeasuredBroker, load: Load, run: string): Promise<Figures> => {
  const topic = `load-${loads.indexOf(load)}-${run}`
  await createTopic(bootstrap, topic, load.partitions)
  const produceAll = () => produce(bootstrap, topic, records, load.settings)
  const [produced, produceCpu] = await cpuPerMillion(pid, records, produceAll)
  const [consumed, consumeCpu] = await cpuPerMillion(pid, records * reads, () => consumeOften(bootstrap, topic))
  const lost = records - (await recordsIn(bootstrap, topic))
  return {
    produced: produced.perSecond,
    produceCpu,
    p99Ms: produced.p99Ms,
    consumed: median(consumed),
    consumeCpu,
    lost,
  }
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN

const pair = (
  all: readonly (readonly Figures[])[],
  of: (figures: Figures) => number,
  show: (value: number) => string,
): string => {
  const [ours = NaN, theirs = NaN] = all.map((figures) => median(figures.map(of)))
  return `${show(ours)} / ${show(theirs)} (${(ours / theirs).toFixed(2)})`
}

const thousands = (perSecond: number): string => `${(perSecond / 1000).toFixed(0)} k`
const cpu = (seconds: number): string => seconds.toFixed(3)

const row = (load: Load, all: readonly (readonly Figures[])[]): string => {
  const lost = all.map((figures) => figures.reduce((sum, one) => sum + one.lost, 0))
  const cells = [
    load.name,
    pair(all, (f) => f.produced, thousands),
    pair(all, (f) => f.produceCpu, cpu),
    pair(
      all,
      (f) => f.p99Ms,
      (ms) => ms.toFixed(0),
    ),
    pair(all, (f) => f.consumed, thousands),
    pair(all, (f) => f.consumeCpu, cpu),
    pair(all, (f) => f.produceCpu + f.consumeCpu, cpu),
    lost.join(' / '),
  ]
  return `| ${cells.join(' | ')} |`
}

/** One more try, on a topic of its own, for a tool that did not come through. */
const measureTwice = (broker: MeasuredBroker, load: Load, run: number): Promise<Figures> =>
  measure(broker, load, `${run}`).catch((thrown: unknown) => {
    console.error(`${broker.name}, ${load.name}: ${reasonOf(thrown)}`)
    return measure(broker, load, `${run}-again`)
  })

/** What all brokers did under a load, in turns. */
const inTurns = async (brokers: readonly MeasuredBroker[], load: Load): Promise<Figures[][]> => {
  const all: Figures[][] = brokers.map(() => [])
  for (let run = 0; run < runs; run++)
    for (const [i, broker] of brokers.entries()) all[i]?.push(await measureTwice(broker, load, run))
  return all
}

const failed = (what: string, thrown: unknown): string =>
  `| ${what} | failed: ${reasonOf(thrown).replaceAll(/\s+/g, ' ').slice(0, 300)} |`

/** Prints a row for each load; gives the highest rate that Kafka was written to. */
const throughput = async (brokers: readonly MeasuredBroker[]): Promise<number> => {
  console.log(
    'Every cell: Millrace / Apache Kafka 4.3 (ratio). CPU is of the broker, seconds per million records; of both: producing and consuming once, in the same run.\n',
  )
  console.log(
    '| load | produced/s | CPU | p99 ms | consumed/s | CPU | CPU of both | lost |\n| --- | --- | --- | --- | --- | --- | --- | --- |',
  )
  let full = 0
  for (const load of loads)
    try {
      const all = await inTurns(brokers, load)
      full = Math.max(full, median(all[1]?.map((figures) => figures.produced) ?? []))
      console.log(row(load, all))
    } catch (thrown) {
      console.log(failed(load.name, thrown))
    }
  return full
}

/** Two times of nought milliseconds, as the tool counts them, have no ratio. */
const beside = ([our = NaN, their = NaN]: readonly number[], unit: string, digits = 0): string =>
  `${our.toFixed(digits)} ${unit} | ${their.toFixed(digits)} ${unit} | ${our === 0 && their === 0 ? '–' : (our / their).toFixed(2)}`

/** From exec to serving, the medians: brokers that are started for nothing else, in turns. */
const readiness = async (): Promise<number[]> => {
  const starts = [startMillrace, startKafka]
  const all: number[][] = starts.map(() => [])
  for (let run = 0; run < runs; run++)
    for (const [i, start] of starts.entries()) {
      await using broker = await start()
      all[i]?.push(broker.readyMs)
    }
  return all.map(median)
}

/** Resident memory before anything was asked of them. */
const idle = async (brokers: readonly MeasuredBroker[]): Promise<number[]> => {
  await pause(restMs)
  return brokers.map(({ pid }) => residentMegabytes(pid))
}
const restMs = 3000

/** One record at a time there and back, while another topic takes a tenth of what it could. */
const latencies = async ({ bootstrap }: MeasuredBroker, fullRate: number, run: number): Promise<RoundTrip> => {
  await createTopic(bootstrap, `latency-${run}`, 1)
  await createTopic(bootstrap, `beside-${run}`, 1)
  const tenth = Math.round((fullRate > 0 ? fullRate : fullRateGuessed) / 10)
  const [trip] = await Promise.all([
    latency(bootstrap, `latency-${run}`, tripsEach),
    produce(bootstrap, `beside-${run}`, tenth * besideSeconds, ['acks=1'], tenth),
  ])
  return trip
}

/** The median of the paired runs, of both brokers. */
const roundTrips = async (brokers: readonly MeasuredBroker[], fullRate: number): Promise<RoundTrip[]> => {
  const all: RoundTrip[][] = brokers.map(() => [])
  for (let run = 0; run < runs; run++)
    for (const [i, broker] of brokers.entries()) all[i]?.push(await latencies(broker, fullRate, run))
  return all.map((trips) => ({
    medianMs: median(trips.map(({ medianMs }) => medianMs)),
    p99Ms: median(trips.map(({ p99Ms }) => p99Ms)),
  }))
}
const fullRateGuessed = 400_000
/** Twice as many as Kafka's tool is usually asked for: in the first thousands the two JVMs of the clients still compile. */
const tripsEach = 20_000
const besideSeconds = 15

const main = async (): Promise<void> => {
  const readyMs = await readiness()
  await using ours = await startMillrace()
  await using theirs = await startKafka()
  const brokers = [ours, theirs]
  console.log(
    `${machine()} ${records} records of 100 bytes, median of ${runs} paired runs, calibration ${calibration().toFixed(0)}.`,
  )
  const idleMB = await idle(brokers)
  const full = await throughput(brokers)
  const peakMB = brokers.map((broker) => peakMegabytes(broker.pid))
  console.log('\n| | Millrace | Apache Kafka 4.3 | ratio | held to |\n| --- | --- | --- | --- | --- |')
  console.log(`| exec to ready, empty folder | ${beside(readyMs, 'ms')} | ≤ 150 ms |`)
  console.log(`| memory when idle | ${beside(idleMB, 'MB')} | ≤ 80 MB |`)
  console.log(`| peak memory over these loads | ${beside(peakMB, 'MB')} | ≤ 0.20 |`)
  const what = 'end to end at a tenth of full load'
  try {
    const trips = await roundTrips(brokers, full)
    console.log(`| ${what}, median | ${beside(trips.map(({ medianMs }) => medianMs), 'ms', 2)} | |`) // prettier-ignore
    console.log(`| ${what}, 99th percentile | ${beside(trips.map(({ p99Ms }) => p99Ms), 'ms', 2)} | ≤ 1, < 5 ms |`) // prettier-ignore
  } catch (thrown) {
    console.log(failed(what, thrown))
  }
}

await main()
