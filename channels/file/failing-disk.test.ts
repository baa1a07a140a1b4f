/** A disk that is full or refuses: what the channel says yes to lasts, and it goes on. */
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { bodiesOf, numbered } from '../../test/conformance/events.ts'
import type { FakeDisk } from '../../test/fakes/disk.ts'
import { fileChannelBench } from '../../test/fakes/file-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'
import { until } from '../../test/fakes/until.ts'
import { fileHeaderBytes } from './data-file-header.ts'
import { journalBytes } from './takes-journal.ts'

const never = new AbortController().signal

describe('a full disk', () => {
  it('refuses puts, gives events out, and takes puts again once there is room', async () => {
    const { open, disk } = fileChannelBench()
    const channel = await open()
    for (let i = 0; i < 20; i++) await channel.put(numbered(i * 10, i * 10 + 10))
    disk.capacityBytes = 2 * journalBytes
    await expect(channel.put(numbered(200, 210))).rejects.toMatchObject({ code: 'CHANNEL_NO_SPACE' })
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 200)))
    disk.capacityBytes = Infinity
    await channel.put(numbered(200, 210))
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(200, 210)))
  })

  it.each(['clean stop', 'kill'] as const)(
    'without a byte left: after a %s takes go on, and make room for puts',
    async (end) => {
      const { open, disk, kill } = fileChannelBench()
      const first = await open()
      for (let i = 0; i < 5; i++) await first.put(numbered(i * 10, i * 10 + 10))
      if (end === 'kill') kill()
      else await first[Symbol.asyncDispose]()
      disk.capacityBytes = 2 ** 40
      disk.capacityBytes -= disk.space('/').usableBytes
      const channel = await open()
      await expect(open()).rejects.toMatchObject({ code: 'FOLDER_LOCKED' })
      await expect(channel.put(numbered(50, 60))).rejects.toMatchObject({ code: 'CHANNEL_NO_SPACE' })
      expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 50)))
      await channel.put(numbered(50, 60))
      await channel[Symbol.asyncDispose]()
      expect([...disk.list('/checkpoint'), ...disk.list('/data')].filter((name) => name.includes('lock'))).toEqual([])
      expect(await takeAll(await open())).toEqual(bodiesOf(numbered(50, 60)))
    },
  )

  it('is met before the last byte: minimumRequiredSpace stays free', async () => {
    const { open, disk } = fileChannelBench()
    const channel = await open({ requiredSpaceBytes: 10_000 })
    disk.capacityBytes = 2 * journalBytes + 10_100
    const refused = channel.put(numbered(0, 20))
    await expect(refused).rejects.toMatchObject({ code: 'CHANNEL_NO_SPACE', details: { required: 10_000 } })
    expect(channel.held).toBe(0)
  })
})

describe('a disk that fails', () => {
  it('refuses the put whose sync has failed, and goes on in another file', async () => {
    const { open, disk, dataFiles } = fileChannelBench()
    const channel = await open({ fileBytesMax: 100_000 })
    await channel.put(numbered(0, 1))
    disk.fail('sync', 'EIO', { path: '/data' })
    await expect(channel.put(numbered(1, 2))).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
    await channel.put(numbered(2, 3))
    expect(dataFiles()).toHaveLength(2)
    expect(await takeAll(channel)).toEqual(['0', '2'])
  })

  it('keeps events whose take could not be noted', async () => {
    const { open, disk } = fileChannelBench()
    const channel = await open()
    await channel.put(numbered(0, 3))
    const take = await channel.take(3, never)
    disk.fail('sync', 'EIO', { path: '/checkpoint' })
    await expect(take.commit()).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
    await take[Symbol.asyncDispose]()
    expect(await takeAll(channel)).toEqual(['0', '1', '2'])
  })
})

it('appends nothing more to a file whose sync by time has failed, and tells what is in it', async () => {
  const { open, disk, clock, log, dataFiles, kill } = fileChannelBench()
  const channel = await open({ fileBytesMax: 100_000, syncEveryMs: 500 })
  await channel.put(numbered(0, 1))
  disk.fail('sync', 'EIO', { path: '/data' })
  clock.advance(500)
  await until(() => log.of('error').length > 0, 'the word about the sync')
  const [spoilt = ''] = dataFiles()
  expect(log.of('error')).toEqual([expect.stringContaining(spoilt)])
  const before = disk.bytes(`/data/${spoilt}`)
  await channel.put(numbered(1, 2))
  expect(disk.bytes(`/data/${spoilt}`)).toEqual(before)
  expect(dataFiles()).toHaveLength(2)
  await channel[Symbol.asyncDispose]()
  kill('power')
  expect(await takeAll(await open())).toContain('1')
})

it('waits at its end for a sync by time that takes longer than the time between two', async () => {
  const { open, disk, clock } = fileChannelBench()
  const channel = await open({ fileBytesMax: 100_000, syncEveryMs: 500 })
  const slow = Promise.withResolvers<void>()
  const sync = disk.sync.bind(disk)
  const steps: string[] = []
  disk.sync = async (fd) => {
    disk.sync = sync
    await slow.promise
    await sync(fd)
    steps.push('synced')
  }
  for (const from of [0, 1]) {
    await channel.put(numbered(from, from + 1))
    clock.advance(500)
  }
  const closed = channel[Symbol.asyncDispose]().then(() => steps.push('closed'))
  for (let turns = 0; turns < 100; turns++) await turn()
  slow.resolve()
  await closed
  expect(steps).toEqual(['synced', 'closed'])
})

describe('a channel on several disks', () => {
  const batch = numbered(0, 20)
  const given = { dataFolders: ['/data', '/data2'], fileBytesMax: 2000, requiredSpaceBytes: 3000, capacity: 10_000 }
  const filesIn = (disk: FakeDisk, folder: string): string[] =>
    disk.list(folder).filter((name) => name.endsWith('.data'))

  it.each(['/data', '/data2'])('goes on while others fill %s', async (full) => {
    const { open, disk } = fileChannelBench()
    disk.plant(`${full}/other`, Buffer.alloc(5000))
    disk.capacities.set(full, 6000)
    const channel = await open(given)
    for (let i = 0; i < 30; i++) await channel.put(batch)
    expect(filesIn(disk, full)).toEqual([])
    await channel[Symbol.asyncDispose]()
    const again = await open(given)
    await again.put(batch)
    expect(await takeAll(again)).toEqual(Array.from({ length: 31 }, () => bodiesOf(batch)).flat())
  })

  it.each(['/data', '/data2'])('leaves minimumRequiredSpace free on each: %s is small', async (small) => {
    const { open, disk } = fileChannelBench()
    disk.capacities.set(small, 8000)
    const channel = await open(given)
    for (let i = 0; i < 300; i++) await channel.put(batch)
    expect(filesIn(disk, small).length).toBeGreaterThan(2)
    const { usableBytes } = disk.space(small)
    expect(usableBytes).toBeGreaterThanOrEqual(3000 - fileHeaderBytes)
    expect(usableBytes).toBeLessThan(3200)
    expect(await takeAll(channel)).toHaveLength(300 * 20)
    await channel.put(batch)
  })

  it('refuses a put when none has room, names the one with the most, and goes on wherever there is room again', async () => {
    const { open, disk } = fileChannelBench()
    disk.capacities.set('/data', 1000)
    disk.capacities.set('/data2', 2000)
    const channel = await open(given)
    const refused = { code: 'CHANNEL_NO_SPACE', details: { folder: '/data2', required: 3000 } }
    for (let i = 0; i < 3; i++) await expect(channel.put(batch)).rejects.toMatchObject(refused)
    disk.capacities.delete('/data')
    await channel.put(batch)
    expect(filesIn(disk, '/data')).toHaveLength(1)
    expect(await takeAll(channel)).toEqual(bodiesOf(batch))
  })

  it('goes over to another in the middle of a data file', async () => {
    const { open, disk } = fileChannelBench()
    const channel = await open({ ...given, fileBytesMax: 1_000_000 })
    await channel.put(batch)
    const [full = ''] = given.dataFolders.filter((folder) => filesIn(disk, folder).length > 0)
    disk.capacities.set(full, 10)
    await expect(channel.put(batch)).rejects.toMatchObject({ code: 'CHANNEL_NO_SPACE' })
    for (let i = 0; i < 10; i++) await channel.put(batch)
    expect(filesIn(disk, full)).toHaveLength(1)
    expect(await takeAll(channel)).toHaveLength(11 * 20)
  })
})
