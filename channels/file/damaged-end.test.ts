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

  it('that a crash cut off was not acknowledged', async () => {
    const { log, open, kill, damage, look } = bench()
    await filled(open)
    kill()
    damage(5)
    expect(look()).toMatchObject({ missing: 0, held: 20, files: [{ damaged: [], tail: { path: newest } }] })
    expect(await takeAll(await open())).toEqual(bodiesOf(numbered(0, 20)))
    expect(log.of('error')).toEqual([])
    expect(log.of('warn')).toContainEqual(expect.stringMatching(/was not acknowledged/))
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
