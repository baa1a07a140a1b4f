/** The counter that a monitor watches: 1 while the disk refuses puts or takes, and 0 again once they work. */
import { expect, it } from 'vitest'
import { numbered } from '../../test/conformance/events.ts'
import { fileChannelBench } from '../../test/fakes/file-channel.ts'
import { spillableBench } from '../../test/fakes/spillable-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'
import { journalBytes } from './takes-journal.ts'

const never = new AbortController().signal

it('is 1 while the disk is full, though takes go on, and 0 with the next put', async () => {
  const { open, disk, counters } = fileChannelBench()
  const channel = await open()
  await channel.put(numbered(0, 10))
  expect(counters.values['Unhealthy']).toBe(0)
  disk.capacityBytes = 2 * journalBytes
  await expect(channel.put(numbered(10, 20))).rejects.toMatchObject({ code: 'CHANNEL_NO_SPACE' })
  expect(counters.values['Unhealthy']).toBe(1)
  await takeAll(channel, 5)
  expect(counters.values['Unhealthy']).toBe(1)
  disk.capacityBytes = Infinity
  await channel.put(numbered(10, 20))
  expect(counters.values['Unhealthy']).toBe(0)
})

it('is 1 while a data folder is gone', async () => {
  const { open, disk, counters } = fileChannelBench()
  const channel = await open()
  disk.rename('/data', '/away')
  await expect(channel.put(numbered(0, 10))).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
  expect(counters.values['Unhealthy']).toBe(1)
  disk.rename('/away', '/data')
  await channel.put(numbered(0, 10))
  expect(counters.values['Unhealthy']).toBe(0)
})

it('is 1 while takes cannot be noted, though events can be read', async () => {
  const { open, disk, counters } = fileChannelBench()
  const channel = await open()
  await channel.put(numbered(0, 10))
  for (const _ of [1, 2]) {
    const take = await channel.take(10, never)
    disk.fail('sync', 'EIO', { path: '/checkpoint' })
    await expect(take.commit()).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
    await take[Symbol.asyncDispose]()
  }
  const take = await channel.take(10, never)
  expect(counters.values['Unhealthy']).toBe(1)
  await take.commit()
  expect(counters.values['Unhealthy']).toBe(0)
})

it('is 1 while events cannot be read', async () => {
  const { open, disk, counters } = fileChannelBench()
  {
    await using first = await open()
    await first.put(numbered(0, 10))
  }
  const channel = await open()
  disk.fail('read', 'EIO', { path: '/data' })
  await expect(channel.take(10, never)).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
  expect(counters.values['Unhealthy']).toBe(1)
  await takeAll(channel)
  expect(counters.values['Unhealthy']).toBe(0)
})

it('is 1 while the channel cannot be opened', async () => {
  const { make, disk, counters } = fileChannelBench()
  disk.fail('makeFolder', 'EACCES')
  await expect(make().open()).rejects.toThrow()
  expect(counters.values['Unhealthy']).toBe(1)
  await using channel = make()
  await channel.open()
  expect(counters.values['Unhealthy']).toBe(0)
})

it('counts for the disk behind a memory as well', async () => {
  const { open, disk, counters } = spillableBench()
  const channel = await open()
  await channel.put(numbered(0, 10))
  disk.fail('sync', 'EIO', { path: '/checkpoint' })
  await expect(channel.put(numbered(10, 20))).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
  expect(counters.values['Unhealthy']).toBe(1)
  await channel.put(numbered(20, 30))
  expect(counters.values['Unhealthy']).toBe(0)
})
