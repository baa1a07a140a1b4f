/** A disk that has less room than must stay free when the channel is opened: it says so, and gives out what it holds. */
import { expect, it } from 'vitest'
import { bodiesOf, numbered } from '../../test/conformance/events.ts'
import { fileChannelBench } from '../../test/fakes/file-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'
import { journalBytes } from './takes-journal.ts'

const given = { dataFolders: ['/data', '/data2'], requiredSpaceBytes: 5000 }

it('says at the open that nothing can be put, why, and what to do; takes go on', async () => {
  const { open, disk, log } = fileChannelBench()
  {
    await using first = await open()
    await first.put(numbered(0, 10))
  }
  expect(log.of('warn')).toEqual([])
  disk.capacityBytes = 2 * journalBytes + 4000
  await using channel = await open({ requiredSpaceBytes: 5000 })
  const [says = '', ...more] = log.of('warn')
  expect(more).toEqual([])
  expect(says).toContain('Channel c1 takes no events')
  expect(says).toMatch(/\/data has \d{4} bytes left/)
  expect(says).toContain('5000 must stay free')
  expect(says).toContain('minimumRequiredSpace')
  expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 10)))
})

it('says it once where none of several folders has room', async () => {
  const { open, disk, log } = fileChannelBench()
  disk.capacities.set('/data', 3000)
  disk.capacities.set('/data2', 2000)
  await using _ = await open(given)
  expect(log.of('warn')).toEqual([expect.stringMatching(/takes no events.*\/data has 2\d{3} .*\/data2 has 1\d{3} /)])
})

it('names the folders without room where others have some', async () => {
  const { open, disk, log } = fileChannelBench()
  disk.capacities.set('/data2', 4999)
  await using channel = await open(given)
  const [says = '', ...more] = log.of('warn')
  expect(more).toEqual([])
  expect(says).toMatch(/\/data2 has \d{4} bytes left/)
  expect(says).not.toMatch(/\/data has|takes no events/)
  await channel.put(numbered(0, 3))
})

it('says nothing where there is enough', async () => {
  const { open, disk, log } = fileChannelBench()
  for (const folder of given.dataFolders) disk.capacities.set(folder, 5500)
  await using _ = await open(given)
  expect(log.of('warn')).toEqual([])
})

it('opens where the disk does not say how much is free', async () => {
  const { open, disk } = fileChannelBench()
  disk.fail('space', 'EIO')
  await using channel = await open()
  await channel.put(numbered(0, 3))
})
