import { expect, test } from 'vitest'
import {
  batchesOf,
  cleanerOf,
  committedOf,
  compacted,
  fillKeys as fill,
  keyedBatch,
  lastValues,
  markersOf,
  type KeyValue,
  valueOf as value,
} from '../../../../test/fakes/cleaner.ts'
import { bench, client } from '../../../../test/fakes/partition-log.ts'
import { encodeMarker } from '../../../protocol/control-batch.ts'
import type { FinishOptions } from '../../../protocol/record-batch-writer.ts'

test('the last value of each key is left, at its offset and with its time; small segments become one', async () => {
  const space = bench()
  const log = space.open({}, compacted)
  fill(log, 60, 5)
  const segments = log.segmentStarts().length
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  log.settings = { ...log.settings, minCleanableRatio: 0.01 }
  fill(log, 10, 5)
  const before = committedOf(log)
  await cleaner.round()
  const after = committedOf(log)
  expect(lastValues(after)).toEqual(lastValues(before))
  expect(before).toEqual(expect.arrayContaining(after))
  expect(after.length).toBeLessThan(20)
  expect(log.segmentStarts().length).toBeLessThan(segments / 2)
  expect(log.logStartOffset).toBe(0)
  expect(log.logEndOffset).toBe(70)
  expect(space.said.of('info')[0]).toMatch(/^Cleaned t-0 up to offset \d+: \d+ bytes became \d+, 5 keys\.$/)
})

test('what was replaced is removed after the delay, and nothing else is left', async () => {
  const space = bench()
  const log = space.open({}, { ...compacted, fileDeleteDelayMs: 1000 })
  fill(log, 60, 5)
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  expect(space.disk.list(space.folder).filter((name) => name.endsWith('.log.deleted')).length).toBeGreaterThan(3)
  expect(space.disk.list(space.folder).filter((name) => /cleaned|swap/.test(name))).toEqual([])
  await space.clock.advanceSlowly(2000, 100)
  expect(space.disk.list(space.folder).filter((name) => name.endsWith('.deleted'))).toEqual([])
})

test('it begins by itself, after the back-off, when enough of the log is dirty', async () => {
  const space = bench()
  const log = space.open({}, { ...compacted, minCleanableRatio: 0.5 })
  fill(log, 60, 5)
  await using _cleaner = cleanerOf(space, [log])
  await space.clock.advanceSlowly(16_000, 1000)
  expect(committedOf(log).length).toBeLessThan(20)
  const noted = String(space.disk.bytes('/logs/cleaner-offset-checkpoint')).split('\n')
  expect(noted.slice(0, 2)).toEqual(['0', '1'])
  expect(noted[2]).toMatch(/^t 0 \d+$/)
})

test('a compacted log is named in the checkpoint before it is cleaned for the first time', async () => {
  const space = bench()
  const log = space.open({}, compacted)
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  expect(String(space.disk.bytes('/logs/cleaner-offset-checkpoint'))).toBe('0\n1\nt 0 0\n')
})

test('a little dirt is left alone until it is overdue', async () => {
  const space = bench()
  const log = space.open({}, { ...compacted, minCleanableRatio: 0.9 })
  fill(log, 60, 60)
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  fill(log, 30, 60)
  await cleaner.round()
  expect(committedOf(log).length).toBe(90)
  log.settings = { ...log.settings, maxCompactionLagMs: 1000 }
  await cleaner.round()
  expect(committedOf(log).length).toBeLessThan(75)
})

test('younger records than min.compaction.lag.ms stay', async () => {
  const space = bench()
  const log = space.open({}, { ...compacted, minCompactionLagMs: 60_000 })
  for (let i = 0; i < 40; i++) log.append(keyedBatch([['k', value(i)]], {}, space.clock.now()), client)
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  expect(committedOf(log).length).toBe(40)
  await space.clock.advanceSlowly(61_000, 20_000)
  await cleaner.round()
  expect(committedOf(log).length).toBeLessThan(10)
})

test('a tombstone stays readable for delete.retention.ms after it was met, and then goes with what it deleted', async () => {
  const space = bench()
  const log = space.open({}, { ...compacted, deleteRetentionMs: 10_000 })
  log.append(keyedBatch([['gone', 'x'], ['k', 'y']]), client) // prettier-ignore
  log.append(keyedBatch([['gone', null]], {}, 2000), client)
  fill(log, 20, 3)
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  expect(committedOf(log)).toContainEqual({ offset: 2, key: 'gone', value: null, timestampMs: 2000 })
  expect(committedOf(log)).toContainEqual({ offset: 1, key: 'k', value: 'y', timestampMs: 1001 })
  const { header } = batchesOf(log).find((batch) => batch.header.baseOffset === 2) ?? {}
  expect(header).toMatchObject({ hasDeleteHorizon: true, baseTimestamp: space.clock.now() + 10_000 })
  space.clock.advance(9000)
  fill(log, 40, 3)
  await cleaner.round()
  expect(committedOf(log).some(({ key }) => key === 'gone')).toBe(true)
  space.clock.advance(2000)
  fill(log, 80, 3)
  await cleaner.round()
  expect(committedOf(log).some(({ key }) => key === 'gone')).toBe(false)
})

test.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('a thinned batch stays compressed: %s', async (codecName) => {
  const { codecs } = await import('../../../protocol/compression.ts')
  const space = bench()
  const log = space.open({}, { ...compacted, deleteRetentionMs: 10_000 })
  const records = Array.from({ length: 20 }, (_, i): KeyValue => [`k${i}`, i === 7 ? null : `v${i}`])
  log.append(keyedBatch(records, { codec: codecs[codecName] }), client)
  log.append(keyedBatch(records.slice(0, 5), { codec: codecs[codecName] }), client)
  fill(log, 20, 1)
  const before = committedOf(log)
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  const [first] = batchesOf(log)
  expect(first?.header).toMatchObject({ codec: codecs[codecName], baseOffset: 0, lastOffset: 19, count: 15 })
  expect(before).toEqual(expect.arrayContaining(committedOf(log)))
  expect(lastValues(committedOf(log))).toEqual(lastValues(before))
})

test('the last batch of a producer stays as an empty header, so that its sequence goes on after a restart', async () => {
  const space = bench()
  const log = space.open({}, compacted)
  const sent = (i: number): Buffer =>
    keyedBatch([['k0', value(i)]], { producerId: 7, producerEpoch: 0, baseSequence: i })
  for (let i = 0; i < 5; i++) log.append(sent(i), client)
  fill(log, 40, 1)
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  expect(batchesOf(log)[0]?.header).toMatchObject({
    baseOffset: 4,
    lastOffset: 4,
    count: 0,
    producerId: 7,
    baseSequence: 4,
  })
  space.disk.restart('process')
  const again = space.open({}, compacted)
  expect(again.append(sent(4), client)).toMatchObject({ baseOffset: 4, duplicate: true })
  expect(() => again.append(sent(9), client)).toThrow(/sequence/)
  expect(again.append(sent(5), client).duplicate).toBe(false)
})

const transactional = (i: number, producerId: number): FinishOptions => ({
  isTransactional: true,
  producerId,
  producerEpoch: 0,
  baseSequence: i,
})
const marker = (outcome: 'commit' | 'abort', producerId: number): Buffer =>
  encodeMarker({ outcome, producerId, producerEpoch: 0, coordinatorEpoch: 1, timestampMs: 5000 })
const coordinator = { origin: 'coordinator' } as const

test('aborted records go, committed ones count, and markers go when their data is gone', async () => {
  const space = bench()
  const log = space.open({}, { ...compacted, deleteRetentionMs: 1000 })
  log.append(keyedBatch([['a', 'old']]), client)
  log.append(keyedBatch([['a', 'aborted']], transactional(0, 1)), client)
  log.append(keyedBatch([['b', 'committed']], transactional(0, 2)), client)
  log.append(marker('abort', 1), coordinator)
  log.append(marker('commit', 2), coordinator)
  log.append(keyedBatch([['c', 'open']], transactional(1, 2)), client)
  log.append(marker('commit', 2), coordinator)
  fill(log, 20, 2)
  const before = committedOf(log)
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  expect(lastValues(committedOf(log))).toEqual(lastValues(before))
  expect(committedOf(log).slice(0, 3).map(({ value }) => value)).toEqual(['old', 'committed', 'open']) // prettier-ignore
  expect(markersOf(log)).toEqual(['3 abort', '4 commit', '6 commit'])
  for (let round = 0; round < 3; round++) {
    space.clock.advance(2000)
    fill(log, 40, 2)
    await cleaner.round()
  }
  expect(markersOf(log)).toEqual(['3 abort', '4 commit', '6 commit'])
  space.disk.restart('process')
  expect(lastValues(committedOf(space.open({}, compacted)))).toMatchObject({ a: 'old', b: 'committed', c: 'open' })
})

test('nothing behind the beginning of an open transaction is cleaned', async () => {
  const space = bench()
  const log = space.open({}, compacted)
  fill(log, 10, 1)
  log.append(keyedBatch([['x', 'y']], transactional(0, 1)), client)
  fill(log, 30, 1)
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  const offsets = committedOf(log).map(({ offset }) => offset)
  expect(offsets.filter((offset) => offset < 10).length).toBeLessThan(10)
  expect(offsets.filter((offset) => offset >= 10).length).toBe(31)
})

test('when the memory for keys runs out it goes on from there', async () => {
  const space = bench()
  const log = space.open({}, compacted)
  for (let i = 0; i < 100; i++) log.append(keyedBatch([[`k${i >> 2}`, value(i)]]), client)
  const before = committedOf(log)
  await using cleaner = cleanerOf(space, [log], { keyBytesMax: 24 * 12 })
  await cleaner.round()
  expect(lastValues(committedOf(log))).toEqual(lastValues(before))
  expect(committedOf(log).length).toBeLessThan(50)
  expect(space.said.of('info').length).toBeGreaterThan(2)
})

test('it keeps to its rate', async () => {
  const space = bench()
  const log = space.open({}, compacted)
  fill(log, 60, 5)
  await using cleaner = cleanerOf(space, [log], { bytesPerSecond: 2000 })
  const done = cleaner.round()
  await space.clock.advanceSlowly(1000, 100)
  expect(committedOf(log).length).toBe(60)
  await space.clock.advanceSlowly(20_000, 100)
  await done
  expect(committedOf(log).length).toBeLessThan(20)
})
