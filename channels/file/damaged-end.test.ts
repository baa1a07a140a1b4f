import { describe, expect, it } from 'vitest'
import { bodiesOf, numbered } from '../../test/conformance/events.ts'
import { fileChannelBench, fileChannelOptions } from '../../test/fakes/file-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'
import type { FileChannel } from './file-channel.ts'
import { StoppedChannel } from './stopped-channel.ts'

const never = new AbortController().signal
const newest = '/data/events-0000000001.data'

const bench = () => {
  const on = fileChannelBench({ fileBytesMax: 1_000_000 })
  const { disk } = on
  const damage = (back: number): void => {
    const fd = disk.open(newest, 'r+')
    disk.write(fd, Buffer.from('#'), 0, 1, disk.fstat(fd).size - back)
    disk.close(fd)
  }
  const look = () => new StoppedChannel(disk, fileChannelOptions).look()
  return { ...on, damage, look }
}

/** Three puts of ten events. */
const filled = async (open: () => Promise<FileChannel>): Promise<FileChannel> => {
  const channel = await open()
  for (const from of [0, 10, 20]) await channel.put(numbered(from, from + 10))
  return channel
}

describe('the end of a channel', () => {
  it('that was damaged after a clean stop is damage: told, put aside and counted', async () => {
    const { disk, log, open, damage, look } = bench()
    await (await filled(open))[Symbol.asyncDispose]()
    damage(5)
    expect(look()).toMatchObject({ missing: 10, held: 20, files: [{ tail: undefined, damaged: [{ path: newest }] }] })
    const channel = await open()
    expect(channel.lost).toEqual({ events: 0, keptIn: [] })
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 20)))
    expect(channel.lost).toEqual({ events: 10, keptIn: ['/data/*.damaged'] })
    expect(log.of('error')).toContainEqual(expect.stringMatching(/is damaged at \d+: 10 events are lost/))
    expect(disk.list('/data').some((one) => one.endsWith('.damaged'))).toBe(true)
  })

  it('is missed when the newest file is gone', async () => {
    const { disk, log, open, look } = bench()
    await (await filled(open))[Symbol.asyncDispose]()
    disk.unlink(newest)
    disk.plant('/data/new-disk', Buffer.alloc(0))
    expect(look()).toMatchObject({ missing: 30, held: 0 })
    const channel = await open()
    expect(await takeAll(channel)).toEqual([])
    expect(channel.lost).toEqual({ events: 30, keptIn: [] })
    expect(log.of('error')).toContainEqual(expect.stringMatching(/^30 events that were held are in no data file/))
    await channel.put(numbered(30, 31))
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(30, 31)))
  })

  it('is known after a crash as far as the last take said', async () => {
    const { log, open, kill, damage, look } = bench()
    const channel = await filled(open)
    const take = await channel.take(10, never)
    await take.commit()
    kill()
    damage(5)
    expect(look()).toMatchObject({ missing: 10, held: 10 })
    expect(await takeAll(await open())).toEqual(bodiesOf(numbered(10, 20)))
    expect(log.of('error')).toContainEqual(expect.stringMatching(/10 events are lost/))
  })

  it('that is damaged after a crash is told as what it probably is, a put that was cut off, and as what else it may be', async () => {
    const { disk, log, open, kill, damage, look } = bench()
    await filled(open)
    kill()
    damage(5)
    expect(look()).toMatchObject({ missing: 0, held: 20, files: [{ damaged: [], tail: { path: newest } }] })
    const left = disk.bytes(newest)
    const channel = await open()
    expect(disk.bytes(newest)).toEqual(left)
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 20)))
    expect(log.of('error')).toEqual([])
    expect(log.of('warn')).toContainEqual(
      expect.stringMatching(
        /bytes at \d+ that are no whole record: probably a put that was cut off and never acknowledged, though damage to what was acknowledged last looks the same/,
      ),
    )
  })
})

describe('a data file that is missing in the middle', () => {
  it('is named, and the whole one before it is not blamed', async () => {
    const { disk, log, open, dataFiles } = fileChannelBench({ fileBytesMax: 100 })
    await (await filled(open))[Symbol.asyncDispose]()
    expect(dataFiles()).toHaveLength(3)
    disk.unlink('/data/events-0000000002.data')
    const gone = 'Data file 2 (/data/events-0000000002.data) is not there'
    expect(new StoppedChannel(disk, fileChannelOptions).look()).toMatchObject({
      missing: 10,
      missingFiles: [`${gone.replace(')', ', unless another dataDir had it)')}: 10 events lost`],
    })
    const channel = await open()
    expect(await takeAll(channel)).toEqual([...bodiesOf(numbered(0, 10)), ...bodiesOf(numbered(20, 30))])
    expect(log.of('error')).toEqual([`${gone}: 10 events that were held, ordinals 10 to 19, are lost.`])
    expect(channel.lost).toEqual({ events: 10, keptIn: [] })
  })

  it.each([
    [1, 'Data file 1 (/data/events-0000000001.data) is not there: 10 events lost'],
    [
      3,
      'Data file 3 (/data/events-0000000003.data) is not there, or /data/events-0000000002.data was cut off at 95: 10 events lost',
    ],
  ])('is named at the ends as well, number %i', async (id, line) => {
    const { disk, open } = fileChannelBench({ fileBytesMax: 100 })
    await (await filled(open))[Symbol.asyncDispose]()
    disk.unlink(`/data/events-000000000${id}.data`)
    expect(new StoppedChannel(disk, fileChannelOptions).look().missingFiles).toEqual([line])
  })

  it('is none that was taken: nothing is said of those', async () => {
    const { disk, open, dataFiles } = fileChannelBench({ fileBytesMax: 100 })
    const channel = await filled(open)
    const [one, two] = [await channel.take(10, never), await channel.take(10, never)]
    await two.commit()
    await one[Symbol.asyncDispose]()
    await channel[Symbol.asyncDispose]()
    await (await open())[Symbol.asyncDispose]()
    expect(dataFiles()).toEqual(['events-0000000001.data', 'events-0000000003.data'])
    expect(new StoppedChannel(disk, fileChannelOptions).look()).toMatchObject({ missing: 0, missingFiles: [] })
  })
})

it('damage before the end is not taken for a put that was cut off', async () => {
  const { disk, log, open, damage } = bench()
  await (await filled(open))[Symbol.asyncDispose]()
  damage(Math.floor((disk.stat(newest)?.size ?? 0) / 2))
  expect(await takeAll(await open())).toEqual([...bodiesOf(numbered(0, 10)), ...bodiesOf(numbered(20, 30))])
  expect(log.of('warn')).toEqual([])
  expect(log.of('error')).toContainEqual(expect.stringMatching(/is damaged at \d+: 10 events are lost/))
})
