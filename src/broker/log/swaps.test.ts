import { expect, test } from 'vitest'
import { cleanerOf, committedOf, keyedBatch, lastValues, type FoundRecord } from '../../../test/fakes/cleaner.ts'
import { DiskCrashed } from '../../../test/fakes/disk.ts'
import { bench, client, type Bench } from '../../../test/fakes/partition-log.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import type { LogSettings } from './log-settings.ts'

const compacted: Partial<LogSettings> = {
  isCompacted: true,
  segmentBytes: 600,
  indexIntervalBytes: 100,
  minCleanableRatio: 0.01,
}

/** A log of several segments, on disk, and what it says. */
const filled = async (): Promise<{ space: Bench; before: FoundRecord[] }> => {
  const space = bench()
  const log = space.open({}, compacted)
  for (let i = 0; i < 40; i++) log.append(keyedBatch([[`k${i % 7}`, `value ${i}`.padEnd(40)]], {}, 1000 + i), client)
  // as if it had been cleaned before: then small segments are merged
  const cleaner = cleanerOf(space, [log])
  await cleaner.round()
  for (let i = 40; i < 60; i++) log.append(keyedBatch([[`k${i % 5}`, `value ${i}`.padEnd(40)]], {}, 1000 + i), client)
  await log.flush()
  await cleaner[Symbol.asyncDispose]()
  return { space, before: committedOf(log) }
}

/** Changes to the disk in one cleaning. */
const changesOf = async (): Promise<number> => {
  const { space } = await filled()
  const log = space.open({ recoveryPoint: 60 }, compacted)
  const from = space.disk.changes
  await using cleaner = cleanerOf(space, [log])
  await cleaner.round()
  return space.disk.changes - from
}

test.each(['process', 'power'] as const)('whenever it dies (%s), nothing is lost or comes back', async (kind) => {
  const steps = await changesOf()
  expect(steps).toBeGreaterThan(40)
  for (let step = 1; step <= steps; step++) {
    const { space, before } = await filled()
    const log = space.open({ recoveryPoint: 60 }, compacted)
    log.ready()
    await using cleaner = cleanerOf(space, [log])
    space.disk.crashIn(step)
    try {
      await cleaner.round()
    } catch (thrown) {
      if (!(thrown instanceof DiskCrashed) && !(thrown instanceof KafkaFault)) throw thrown
    }
    space.disk.kill()
    space.disk.restart(kind)
    const again = space.open({ recoveryPoint: 60 }, compacted)
    again.ready()
    const after = committedOf(again)
    expect(again.logEndOffset, `step ${step}`).toBe(60)
    expect(lastValues(after), `step ${step}`).toEqual(lastValues(before))
    expect(before).toEqual(expect.arrayContaining(after))
    expect(space.disk.list(space.folder).filter((name) => /cleaned|swap|deleted/.test(name))).toEqual([])
  }
})

test('what Kafka left half renamed is taken back', async () => {
  const { space, before } = await filled()
  const bytes = space.disk.bytes(`${space.folder}/00000000000000000000.log`) ?? Buffer.alloc(0)
  space.disk.plant(`${space.folder}/00000000000000000000.log.swap`, bytes.subarray(0, 0))
  space.disk.plant(`${space.folder}/00000000000000000000.index.cleaned`, Buffer.alloc(0))
  const log = space.open({ recoveryPoint: 60 }, compacted)
  expect(committedOf(log)).toEqual(before)
  expect(space.disk.list(space.folder).filter((name) => /cleaned|swap/.test(name))).toEqual([])
})
