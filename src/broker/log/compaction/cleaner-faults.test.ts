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
import { bench, client, type Bench } from '../../../../test/fakes/partition-log.ts'
import type { PartitionLog } from '../partition-log.ts'

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

const onlyCompacted = { ...compacted, isDeleted: false }

/** A log with a swap that the disk refuses at this name, and what was in it before. */
const refused = async (name: string): Promise<{ space: Bench; log: PartitionLog; before: Record<string, string> }> => {
  const space = bench()
  const log = space.open({}, onlyCompacted)
  log.append(keyedBatch([['only here', 'old']]), client)
  fill(log, 60, 5)
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  fill(log, 60, 7)
  await log.flush()
  const before = lastValues(committedOf(log))
  const rename = space.disk.rename.bind(space.disk)
  space.disk.rename = (from, to) => {
    if (from.endsWith(name)) space.disk.fail('rename', 'EIO')
    rename(from, to)
  }
  await cleaner.round()
  await cleaner.round()
  space.disk.rename = rename
  return { space, log, before }
}

// the first is refused before anything has changed, the others when old segments are out of sight already
const places = ['.log', '.log.swap', '.index.swap', '.timeindex.swap']

test.each(places)(
  'where clean records cannot get their place (%s), they are not given up: by the next start',
  async (place) => {
    const { space, before } = await refused(place)
    expect(space.said.of('warn')).toEqual(['t-0 could not be compacted; it is tried again.'])
    await space.clock.advanceSlowly(120_000, 1000)
    space.disk.kill()
    space.disk.restart('process')
    expect(lastValues(committedOf(space.open({ recoveryPoint: 0 }, onlyCompacted)))).toEqual(before)
  },
)

test.each(places)(
  'where clean records cannot get their place (%s), they get it once the disk is well again',
  async (place) => {
    for (const who of ['cleaner', 'retention']) {
      const { space, log, before } = await refused(place)
      await using cleaner = cleanerOf(space, [log])
      if (who === 'cleaner') await cleaner.round()
      else await log.retain()
      expect(lastValues(committedOf(log))).toEqual(before)
      await cleaner.round()
      await space.clock.advanceSlowly(120_000, 1000)
      expect(lastValues(committedOf(log))).toEqual(before)
      expect(space.disk.list(space.folder).filter((name) => /cleaned|swap|deleted/.test(name))).toEqual([])
      space.disk.kill()
      space.disk.restart('process')
      expect(lastValues(committedOf(space.open({ recoveryPoint: 0 }, onlyCompacted)))).toEqual(before)
    }
  },
)

test('while clean records have their place only by half, no reader gets others in their stead', async () => {
  const space = bench()
  const log = space.open({}, { ...onlyCompacted, segmentBytes: 2000 })
  for (let i = 0; i < 100; i++) log.append(keyedBatch([[i % 2 === 0 ? 'same' : `k${100 + i}`, 'value']]), client)
  await log.flush()
  for (let offset = 0; offset < 20; offset++) log.read(offset, { maxBytes: 100, minOne: true })
  space.disk.fail('rename', 'EIO', { path: '.index.swap', times: Infinity })
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  for (let offset = 0; offset < 20; offset++)
    expect(() => log.read(offset, { maxBytes: 100, minOne: true })).toThrow('t-0 cannot be read: EIO')
  space.disk.heal()
  expect(committedOf(log).map(({ offset }) => offset)).toEqual(expect.arrayContaining([1, 3, 5, 7, 9, 11, 97, 99]))
})
