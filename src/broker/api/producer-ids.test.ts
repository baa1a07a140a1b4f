import { expect, test } from 'vitest'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { FakeDisk } from '../../../test/fakes/disk.ts'
import { ProducerIds } from './producer-ids.ts'

const bench = () => {
  const disk = new FakeDisk()
  for (const folder of ['/a', '/b']) disk.makeFolder(folder)
  const clock = new FakeClock()
  const open = (folders: readonly string[], isComplete = true): ProducerIds =>
    new ProducerIds({ disk, folders: () => folders, clock, isUsed: true, isComplete })
  return { disk, open }
}

const taken = async (ids: ProducerIds, count: number): Promise<number[]> => {
  const all: number[] = []
  for (let i = 0; i < count; i++) all.push(await ids.next())
  return all
}

test('a log folder that fails does not end the ids, and none is given twice whichever folders there are later', async () => {
  const { disk, open } = bench()
  const given = await taken(open(['/a', '/b']), 1500)
  disk.fail('open', 'EIO', { path: '/a', times: Infinity })
  given.push(...(await taken(open(['/b'], false), 1500)))
  disk.heal()
  given.push(...(await taken(open(['/a', '/b']), 1500)))
  disk.fail('open', 'EIO', { path: '/b', times: Infinity })
  const running = open(['/a', '/b'])
  given.push(...(await taken(running, 1500)))
  given.push(...(await taken(open(['/a'], false), 1500)))
  expect(new Set(given).size).toBe(given.length)
})

test('without a folder that takes the note none is given', async () => {
  const { disk, open } = bench()
  disk.fail('rename', 'ENOSPC', { times: 2 })
  const ids = open(['/a', '/b'])
  await expect(ids.next()).rejects.toThrow('ENOSPC')
  expect(await ids.next()).toBeGreaterThan(0)
})
