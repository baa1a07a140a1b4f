/** A disk that never reads some blocks again: their records are lost, counted and told, and the channel goes on. */
import { describe, expect, it } from 'vitest'
import { bodiesOf, eventOf } from '../../test/conformance/events.ts'
import { systemError } from '../../test/fakes/disk-names.ts'
import { fileChannelBench, fileChannelOptions } from '../../test/fakes/file-channel.ts'
import type { FileChannel } from './file-channel.ts'
import { StoppedChannel } from './stopped-channel.ts'

const never = new AbortController().signal
const pathOf = (id: number): string => `/data/events-000000000${id}.data`
const bodyOf = (i: number): string => String(i % 10).repeat(9000)
const bodies = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => bodyOf(from + i))

/** Thirty puts of an event that takes three blocks, ten in each file. */
const filled = async () => {
  const on = fileChannelBench({ fileBytesMax: 91_000, memoryBytesMax: 1 })
  const { disk } = on
  const channel = await on.open()
  for (let i = 0; i < 30; i++) await channel.put([eventOf(bodyOf(i))])
  await channel[Symbol.asyncDispose]()
  let bad: { path: string; from: number; to: number } | undefined
  const paths = new Map<number, string>()
  const [open, read] = [disk.open.bind(disk), disk.read.bind(disk)]
  disk.open = (path, flag) => {
    const fd = open(path, flag)
    paths.set(fd, path)
    return fd
  }
  disk.read = (fd, into, offset, length, position) => {
    const path = paths.get(fd)
    const at = position ?? 0
    if (bad !== undefined && path === bad.path && at < bad.to && at + length > bad.from)
      throw systemError('EIO', 'read', path)
    return read(fd, into, offset, length, position)
  }
  const breakAt = (path: string, from: number, to: number): void => {
    bad = { path, from, to }
  }
  const heal = (): void => {
    bad = undefined
  }
  return { ...on, breakAt, heal }
}

/** All that can be taken, whatever is refused between; how often it was. */
const takeOn = async (channel: FileChannel): Promise<{ taken: string[]; refused: number }> => {
  const taken: string[] = []
  let refused = 0
  while (channel.held > 0 && refused < 50) {
    try {
      const take = await channel.take(1, never)
      taken.push(...bodiesOf(take.events))
      await take.commit()
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'CHANNEL_DISK' })
      refused++
    }
  }
  return { taken, refused }
}

describe('a block that cannot be read', () => {
  it.each([1, 2, 3])('in the middle of file %i costs its records, after some tries', async (id) => {
    const { disk, log, open, breakAt } = await filled()
    breakAt(pathOf(id), 40_960, 45_056)
    const channel = await open()
    const { taken, refused } = await takeOn(channel)
    const lost = (id - 1) * 10 + 4
    expect(taken).toEqual([...bodies(0, lost), ...bodies(lost + 1, 30)])
    expect(refused).toBeGreaterThan(3)
    expect(channel.lost).toEqual({ events: 1, keptIn: ['/data/*.damaged'] })
    expect(log.of('error')).toEqual([
      expect.stringMatching(/damaged at \d+, where the disk cannot read 4096 bytes: 1 events are lost\. The bytes are/),
    ])
    expect(disk.stat(`${pathOf(id)}.damaged`)?.size).toBeGreaterThan(90_000)
  })

  it.each([1, 2, 3])('at the start of file %i costs the first record', async (id) => {
    const { log, open, breakAt } = await filled()
    breakAt(pathOf(id), 0, 4096)
    const channel = await open()
    const lost = (id - 1) * 10
    expect((await takeOn(channel)).taken).toEqual([...bodies(0, lost), ...bodies(lost + 1, 30)])
    expect(channel.lost).toEqual({ events: 1, keptIn: ['/data/*.damaged'] })
    expect(log.of('error')).toHaveLength(2)
  })

  it('is stepped over by what looks at the stopped channel', async () => {
    const { disk, breakAt } = await filled()
    breakAt(pathOf(2), 40_960, 45_056)
    const stopped = new StoppedChannel(disk, fileChannelOptions)
    expect(stopped.look()).toMatchObject({ held: 29, missing: 1 })
    expect([...stopped.batches(() => undefined)].flatMap(bodiesOf)).toEqual([...bodies(0, 14), ...bodies(15, 30)])
  })
})

it('a start that cannot read the first block, and is healed later, loses nothing', async () => {
  const { log, open, breakAt, heal } = await filled()
  breakAt(pathOf(2), 0, 4096)
  const channel = await open()
  heal()
  expect((await takeOn(channel)).taken).toEqual(bodies(0, 30))
  expect(channel.lost?.events).toBe(0)
  expect(log.of('error')).toHaveLength(1)
})

it('the end of the newest file, which may have had puts that were acknowledged, is waited for', async () => {
  const { open, make, breakAt, heal } = await filled()
  breakAt(pathOf(3), 86_016, 100_000)
  await expect(make().open()).rejects.toMatchObject({ code: 'EIO' })
  heal()
  expect((await takeOn(await open())).taken).toEqual(bodies(0, 30))
})

it('a disk that reads nothing for a while is waited for, however long', async () => {
  const { disk, open } = await filled()
  const channel = await open()
  disk.fail('read', 'EIO', { path: '/data', times: 100_000 })
  expect(await takeOn(channel)).toEqual({ taken: [], refused: 50 })
  disk.heal()
  expect((await takeOn(channel)).taken).toEqual(bodies(0, 30))
  expect(channel.lost?.events).toBe(0)
})
