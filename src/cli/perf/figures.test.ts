import { expect, test } from 'vitest'
import { FakeClock } from '../../../test/fakes/clock.ts'
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
    '3 records sent, 0.3 records/sec (0.30 MB/sec), 3666.67 ms avg latency, 5000.00 ms max latency, 5000 ms 50th, 5000 ms 95th, 5000 ms 99th, 5000 ms 99.9th.',
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
