/** Memory that is written down at a stop, on several disks of which some have no room or refuse: it goes where it can, once and whole. */
import { describe, expect, it } from 'vitest'
import { bodiesOf, eventOf, numbered } from '../../test/conformance/events.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { diskQueueOptions, killOn } from '../../test/fakes/file-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'
import { SpillableChannel } from './spillable-channel.ts'

const folders = ['/data', '/data2'] as const
const dataFiles = (disk: FakeDisk, folder: string): string[] =>
  disk.list(folder).filter((name) => name.endsWith('.data'))

const bench = (fileBytesMax = 500, requiredSpaceBytes = 0) => {
  const disk = new FakeDisk()
  const context = fakeContext({ disk })
  const open = async (): Promise<SpillableChannel> => {
    const channel = new SpillableChannel(
      {
        name: 'c1',
        transactionCapacity: 100,
        memory: { events: 100, bytes: 1e9, slotBytes: 500 },
        overflowCapacity: 1000,
        disk: { ...diskQueueOptions, dataFolders: folders, fileBytesMax, requiredSpaceBytes },
        overflowTimeoutMs: 0,
        keepAliveMs: 3000,
        memoryAgainPercent: 5,
      },
      context,
    )
    await channel.open()
    return channel
  }
  return { disk, open, log: context.log }
}

const never = new AbortController().signal

/** The events 0 to 9 and 20 to 29, in memory alone; two files when they are written down. */
const filled = async (open: () => Promise<SpillableChannel>): Promise<SpillableChannel> => {
  const channel = await open()
  for (const from of [0, 10, 20]) await channel.put(numbered(from, from + 10))
  const [first, second] = [await channel.take(10, never), await channel.take(10, never)]
  await second.commit()
  await first[Symbol.asyncDispose]()
  expect(channel.heldInMemory).toBe(20)
  return channel
}

const bodies = [...bodiesOf(numbered(0, 10)), ...bodiesOf(numbered(20, 30))]

/** The first and the second file that goes to a folder: numbers take turns. */
const idsIn = { '/data': [2, 4], '/data2': [1, 3] } as const

/** A sync of the file fails, once its header was synced. */
const failLaterSync = (disk: FakeDisk, path: string): void => {
  const syncNow = disk.syncNow.bind(disk)
  disk.syncNow = (fd) => {
    syncNow(fd)
    if (disk.stat(path) !== undefined) disk.fail('sync', 'EIO', { path })
  }
}

describe.each(folders)('memory that is written down while %s', (bad) => {
  const good = folders.find((folder) => folder !== bad) ?? ''

  it('is full goes to the other disk, though little is left there', async () => {
    const { disk, open, log } = bench(500, 1_000_000)
    const channel = await filled(open)
    disk.capacities.set(bad, 150)
    disk.capacities.set(good, 2000)
    await channel[Symbol.asyncDispose]()
    expect([log.of('error'), dataFiles(disk, bad)]).toEqual([[], []])
    disk.capacities.clear()
    expect(await takeAll(await open())).toEqual(bodies)
  })

  it.each([
    ['open', 'ENOSPC'],
    ['write', 'ENOSPC'],
    ['write', 'EROFS'],
    ['sync', 'EIO'],
  ] as const)('refuses a file goes to the other disk, once: %s %s', async (operation, code) => {
    for (const id of idsIn[bad]) {
      const { disk, open, log } = bench()
      const channel = await filled(open)
      disk.capacities.set(good, 5000)
      disk.fail(operation, code, { path: `${bad}/events-000000000${id}` })
      await channel[Symbol.asyncDispose]()
      expect([log.of('error'), dataFiles(disk, bad)]).toEqual([[], []])
      killOn(disk, 'power')
      expect(await takeAll(await open())).toEqual(bodies)
      expect(log.of('error')).toEqual([])
    }
  })

  it('fails to sync what was written goes to the other disk, once', async () => {
    for (const id of idsIn[bad]) {
      const { disk, open, log } = bench()
      const channel = await filled(open)
      disk.capacities.set(good, 5000)
      failLaterSync(disk, `${bad}/events-000000000${id}.data`)
      await channel[Symbol.asyncDispose]()
      expect([log.of('error'), dataFiles(disk, bad)]).toEqual([[], []])
      killOn(disk, 'power')
      expect(await takeAll(await open())).toEqual(bodies)
    }
  })
})

it('is spread over disks that have room for a part each', async () => {
  const { disk, open, log } = bench(5_000_000)
  const channel = await open()
  const batches = Array.from({ length: 12 }, (_, i) => [eventOf(`${i} ${'.'.repeat(1_000_000)}`)])
  for (const batch of batches) await channel.put(batch)
  for (const folder of folders) disk.capacities.set(folder, 9_000_000)
  await channel[Symbol.asyncDispose]()
  expect(log.of('error')).toEqual([])
  for (const folder of folders) expect(dataFiles(disk, folder).length).toBeGreaterThan(0)
  disk.capacities.clear()
  expect((await takeAll(await open())).map((body) => Number.parseInt(body, 10))).toEqual(batches.map((_, i) => i))
})

it('stays with the sinks where every disk refuses it, and nothing of it is left on them', async () => {
  const { disk, open, log } = bench()
  const channel = await filled(open)
  disk.fail('write', 'ENOSPC', { path: 'events-', times: 10 })
  await channel.writeDown()
  expect(log.of('error')).toEqual([expect.stringContaining('20 events in memory cannot be written down')])
  expect(folders.flatMap((folder) => dataFiles(disk, folder))).toEqual([])
  expect(channel.heldInMemory).toBe(20)
  disk.heal()
  await channel[Symbol.asyncDispose]()
  expect(await takeAll(await open())).toEqual(bodies)
})
