import { expect, test } from 'vitest'
import { cleanerOf, compacted, fillKeys, keyedBatch } from '../../../test/fakes/cleaner.ts'
import { bench, client } from '../../../test/fakes/partition-log.ts'
import { PartitionCopy } from './partition-copy.ts'

const future = '/logs/t-0.copy'
const noBytes = Buffer.alloc(0)

test('a copy has what compaction made of segments that were copied before', async () => {
  const space = bench()
  const { disk, clock } = space
  const log = space.open({}, { ...compacted, segmentBytes: 2_000_000 })
  fillKeys(log, 60, 5)
  log.settings = { ...log.settings, ...compacted }
  fillKeys(log, 60, 5)
  log.settings = { ...log.settings, segmentBytes: 2_000_000 }
  await using cleaner = cleanerOf(space, [log])
  const copy = new PartitionCopy(log, future, disk, clock)
  // enough for a second pass
  const appendMuch = (): void => {
    for (let i = 0; i < 5; i++) log.append(keyedBatch([['large', 'x'.repeat(900_000)]]), client)
  }
  appendMuch()
  const begun = copy.begin()
  await clock.advanceSlowly(5, 1)
  await cleaner.round()
  appendMuch()
  await clock.advanceSlowly(500, 1)
  await begun
  const state = log.compacting((all) => all)
  await log.close()
  await copy.finish(state.segments.all())
  const logsIn = (folder: string): string[] =>
    disk
      .list(folder)
      .filter((name) => name.endsWith('.log'))
      .toSorted()
  expect(logsIn(future)).toEqual(logsIn(space.folder))
  // an equality of megabytes that says where takes minutes
  const differs = logsIn(future).filter((name) => disk.bytes(`${future}/${name}`)?.equals(disk.bytes(`${space.folder}/${name}`) ?? noBytes) !== true) // prettier-ignore
  expect(differs).toEqual([])
})
