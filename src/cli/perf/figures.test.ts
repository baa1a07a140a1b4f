import { expect, test } from 'vitest'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { counted, metricsTable } from './metrics.ts'
import { Latencies } from './latencies.ts'
import { Pace } from './pace.ts'
import { ReadFigures } from './read-figures.ts'
import { SendFigures } from './send-figures.ts'

test('percentiles are of the sorted latencies, whatever their order', () => {
  const latencies = new Latencies(1000)
  for (let i = 0; i < 1000; i++) latencies.add((i * 7) % 1000)
  expect(latencies.percentilesMs([0.5, 0.95, 0.99, 0.999])).toEqual([500, 950, 990, 999])
  expect([latencies.count, latencies.meanMs, latencies.maxMs]).toEqual([1000, 499.5, 999])
})

test('of millions of latencies an even sample is kept', () => {
  const latencies = new Latencies(2_000_000)
  for (let i = 0; i < 2_000_000; i++) latencies.add(i)
  const [half = 0] = latencies.percentilesMs([0.5])
  expect(half).toBeCloseTo(1_000_000, -4)
  expect(latencies.maxMs).toBe(1_999_999)
})

test('a pace lets as many records go as its rate allows', () => {
  const clock = new FakeClock()
  const pace = new Pace(500, clock)
  expect(pace.due).toBe(1)
  clock.advance(1000)
  expect(pace.due).toBe(501)
  expect(new Pace(-1, clock).due).toBe(Infinity)
})

test('a sender prints a line in five seconds, and the whole at the end, as Kafka does', () => {
  const lines: string[] = []
  const figures = new SendFigures(3, 0, (line) => lines.push(line))
  figures.sent([0, 0], 2 * 1024 * 1024, 5000)
  figures.sent([9000], 1024 * 1024, 10_000)
  figures.total(10_000)
  expect(lines).toEqual([
    '2 records sent, 0.4 records/sec (0.40 MB/sec), 5000.0 ms avg latency, 5000.0 ms max latency.',
    '1 records sent, 0.2 records/sec (0.20 MB/sec), 1000.0 ms avg latency, 1000.0 ms max latency.',
    '3 records sent, 0.300000 records/sec (0.30 MB/sec), 3666.67 ms avg latency, 5000.00 ms max latency, 5000 ms 50th, 5000 ms 95th, 5000 ms 99th, 5000 ms 99.9th.',
  ])
})

test('the steady state has lines of its own, and a total behind that of the whole, as Kafka prints them', () => {
  const lines: string[] = []
  const print = (line: string): void => void lines.push(line)
  const all = new SendFigures(4, 0, print, { everyMs: 1000 })
  all.sent([0], 1024 * 1024, 1000)
  const steady = new SendFigures(2, 1000, print, { everyMs: 1000, isSteady: true })
  all.silence()
  for (const nowMs of [2000, 3000]) for (const figures of [all, steady]) figures.sent([nowMs - 10], 1024 * 1024, nowMs)
  for (const figures of [all, steady]) figures.total(3000)
  expect(lines).toEqual([
    '1 records sent, 1.0 records/sec (1.00 MB/sec), 1000.0 ms avg latency, 1000.0 ms max latency.',
    'In steady state.',
    '1 records sent, 1.0 records/sec (1.00 MB/sec), 10.0 ms avg latency, 10.0 ms max latency.',
    '1 records sent, 1.0 records/sec (1.00 MB/sec), 10.0 ms avg latency, 10.0 ms max latency.',
    '3 records sent, 1.000000 records/sec (1.00 MB/sec), 340.00 ms avg latency, 1000.00 ms max latency, 10 ms 50th, 1000 ms 95th, 1000 ms 99th, 1000 ms 99.9th.',
    '2 steady state records sent, 1.000000 records/sec (1.00 MB/sec), 10.00 ms avg latency, 10.00 ms max latency, 10 ms 50th, 10 ms 95th, 10 ms 99th, 10 ms 99.9th.',
  ])
})

test('metrics stand in a table, in the order of their names', () => {
  const table = metricsTable('c', [
    ...counted({ group: 'producer-topic-metrics', topic: 't' }, 'record-send', 30, 2000),
    { group: 'producer-metrics', name: 'record-size', value: 1.5 },
  ])
  const width = 'producer-topic-metrics:record-send-total:{client-id=c, topic=t}'.length
  expect(table.replace(/: \d\S+\n(?=producer-m)/, ': V\n').split('\n')).toEqual([
    '',
    `${'Metric Name'.padEnd(width)}   Value`,
    `${'app-info:version:{client-id=c}'.padEnd(width)} : V`,
    `${'producer-metrics:record-size:{client-id=c}'.padEnd(width)} : 1.500`,
    `${'producer-topic-metrics:record-send-rate:{client-id=c, topic=t}'.padEnd(width)} : 15.000`,
    'producer-topic-metrics:record-send-total:{client-id=c, topic=t} : 30.000',
    '',
  ])
})

test('a reader is not charged for the time it had no partitions', () => {
  const clock = new FakeClock()
  const lines: string[] = []
  const dateFormat = "'then'"
  const figures = new ReadFigures({
    everyMs: Infinity,
    hasHeader: false,
    dateFormat,
    clock,
    print: (l) => lines.push(l),
  })
  figures.begin()
  clock.advance(3000)
  figures.assigned()
  clock.advance(1000)
  figures.read(100, 1024 * 1024)
  figures.end()
  expect(lines).toEqual(['then, then, 1.0000, 0.2500, 100, 25.0000, 3000, 1000, 1.0000, 100.0000'])
})
