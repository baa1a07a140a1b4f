import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import {
  cleanerOf,
  committedOf,
  compacted,
  fillKeys as fill,
  keyedBatch,
  lastValues,
} from '../../../../test/fakes/cleaner.ts'
import { bench, client } from '../../../../test/fakes/partition-log.ts'

test('a damaged log is left as it is, and said once', async () => {
  const space = bench()
  const log = space.open({}, compacted)
  fill(log, 60, 5)
  const file = `${space.folder}/00000000000000000000.log`
  const bytes = space.disk.bytes(file) ?? Buffer.alloc(0)
  bytes.fill(0x55, 100, 110)
  const fd = space.disk.open(file, 'r+')
  space.disk.write(fd, bytes, 0, bytes.length, 0)
  space.disk.close(fd)
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  await cleaner.round()
  expect(space.said.of('warn')).toEqual(['t-0 cannot be compacted, and grows until the broker is started again.'])
  expect(space.disk.list(space.folder).filter((name) => /cleaned|swap|deleted/.test(name))).toEqual([])
})

test('a full disk postpones it and leaves nothing behind', async () => {
  const space = bench()
  const log = space.open({}, compacted)
  fill(log, 60, 5)
  const before = committedOf(log)
  space.disk.fail('write', 'ENOSPC', { path: '.cleaned', times: 100 })
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  expect(lastValues(committedOf(log))).toEqual(lastValues(before))
  expect(space.disk.list(space.folder).filter((name) => /cleaned|swap/.test(name))).toEqual([])
  expect(space.said.of('warn')).toEqual(['t-0 could not be compacted; it is tried again.'])
  space.disk.heal()
  await cleaner.round()
  expect(lastValues(committedOf(log))).toEqual(lastValues(before))
  expect(space.said.of('info').length).toBe(1)
})

test('segments that retention takes away meanwhile are not missed, and it begins again', async () => {
  const space = bench()
  const log = space.open({}, compacted)
  fill(log, 60, 5)
  await using cleaner = cleanerOf(space, [log], { bytesPerSecond: 2000 })
  const done = cleaner.round()
  await space.clock.advanceSlowly(4600, 100)
  log.compacting((state) => state.dropOldest(2))
  const before = committedOf(log)
  await space.clock.advanceSlowly(20_000, 100)
  await done
  expect(log.logStartOffset).toBeGreaterThan(0)
  expect(lastValues(committedOf(log))).toEqual(lastValues(before))
  expect(space.disk.list(space.folder).filter((name) => /cleaned|swap/.test(name))).toEqual([])
  await space.clock.advanceSlowly(60_000, 100)
  expect(committedOf(log).length).toBeLessThan(20)
  expect(space.said.of('warn')).toEqual([])
})

test('messages of the formats before Kafka 0.11 are not compacted, and a warning says why', async () => {
  const space = bench()
  const message = Buffer.alloc(12 + 22)
  message.writeInt32BE(22, 8)
  message.writeInt8(1, 16)
  message.writeInt32BE(-1, 26)
  message.writeInt32BE(-1, 30)
  message.writeUInt32BE(crc32(message.subarray(16)), 12)
  space.disk.plant(`${space.folder}/00000000000000000000.log`, message)
  const log = space.open({}, { ...compacted, segmentBytes: 200 })
  fill(log, 5, 1)
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  await cleaner.round()
  expect(space.said.of('warn')).toEqual(['t-0 cannot be compacted, and grows until the broker is started again.'])
  expect(log.logEndOffset).toBe(6)
})

test('a topic that is deleted, or a broker that stops, ends it without a word', async () => {
  const space = bench()
  const log = space.open({}, compacted)
  fill(log, 60, 5)
  const cleaner = cleanerOf(space, [log], { bytesPerSecond: 2000 })
  const done = cleaner.round()
  await space.clock.advanceSlowly(300, 100)
  log.abandon()
  await space.clock.advanceSlowly(20_000, 100)
  await done
  expect(space.said.of('warn')).toEqual([])
  await cleaner[Symbol.asyncDispose]()
})

test('an old value does not go for the sake of a new one that a power cut can still take', async () => {
  for (let step = 1; step < 60; step++) {
    const space = bench()
    const log = space.open({}, compacted)
    fill(log, 12, 4)
    await log.flush()
    // not synced yet: it may be lost, but then what was there before must be there
    fill(log, 12, 4)
    space.disk.crashIn(step)
    await using cleaner = cleanerOf(space, [log])
    await cleaner.round().catch(() => undefined)
    space.disk.kill()
    space.disk.restart('power')
    const again = space.open({ recoveryPoint: 0 }, compacted)
    expect(Object.keys(lastValues(committedOf(again))), `step ${step}`).toEqual(['k0', 'k1', 'k2', 'k3'])
  }
})

test('where clean records cannot get their place, they are not given up, and the next start puts them there', async () => {
  const space = bench()
  const log = space.open({}, compacted)
  log.append(keyedBatch([['only here', 'old']]), client)
  fill(log, 60, 5)
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  fill(log, 60, 7)
  await log.flush()
  const before = lastValues(committedOf(log))
  // the old ones are out of sight by then
  space.disk.fail('rename', 'EIO', { path: '00000000000000000000.log.swap' })
  await cleaner.round()
  await cleaner.round()
  await space.clock.advanceSlowly(120_000, 1000)
  space.disk.kill()
  space.disk.restart('process')
  expect(lastValues(committedOf(space.open({ recoveryPoint: 0 }, compacted)))).toEqual(before)
  expect(space.said.of('warn')).toContain('t-0 cannot be compacted, and grows until the broker is started again.')
})
