/** Many and large puts at once: what is on its way to the disk has a limit in bytes, and the rest waits in line and is not refused. */
import { describe, expect, it } from 'vitest'
import { bodiesOf, eventOf } from '../../test/conformance/events.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { fileChannelOptions, freeLocks } from '../../test/fakes/file-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'
import type { Batch } from '../../src/flow/event.ts'
import { FileChannel, type FileChannelOptions } from './file-channel.ts'

/** Sees how much is written at once. */
class WatchedDisk extends FakeDisk {
  mostWritten = 0

  override write(fd: number, from: Uint8Array, offset: number, length: number, position: number | null): number {
    if (length < 1_000_000) this.mostWritten = Math.max(this.mostWritten, length)
    return super.write(fd, from, offset, length, position)
  }
}

const limit = 2000
const putBytes = 500
const batches: readonly Batch[] = Array.from({ length: 20 }, (_, i) => [eventOf(String(i).padEnd(putBytes, '.'))])
const names = (bodies: readonly string[]): number[] => bodies.map((body) => Number.parseInt(body, 10))
const all = batches.map((_, i) => i)

const bench = () => {
  const disk = new WatchedDisk()
  const clock = new FakeClock()
  const open = async (given: Partial<FileChannelOptions> = {}): Promise<FileChannel> => {
    const options = { ...fileChannelOptions, fileBytesMax: 1_000_000, bytesUnderWayMax: limit, ...given }
    const channel = new FileChannel(options, fakeContext({ disk, clock }))
    await channel.open()
    return channel
  }
  return { disk, clock, open }
}

/** All puts at once; `admitted` says which of them have begun. */
const putAll = (channel: FileChannel) => {
  const admitted: number[] = []
  const puts = batches.map((batch, i) => channel.put(batch, () => admitted.push(i)))
  return { admitted, puts }
}

describe('many puts at once', () => {
  it.each([undefined, 1000])('all come in, in order, and few go to the disk at once (sync every %s ms)', async (ms) => {
    const { disk, open } = bench()
    const channel = await open({ syncEveryMs: ms })
    const { admitted, puts } = putAll(channel)
    expect(admitted).toEqual([0, 1, 2, 3])
    expect(channel.held).toBe(20)
    await Promise.all(puts)
    expect(admitted).toEqual(all)
    expect(disk.mostWritten).toBeLessThan(limit + 2 * putBytes)
    expect(names(await takeAll(channel))).toEqual(all)
  })

  it('wait for the disk as long as it takes, whatever the keep-alive, and for capacity no longer than that', async () => {
    const { disk, clock, open } = bench()
    const channel = await open({ keepAliveMs: 1000, capacity: 10 })
    const synced = Promise.withResolvers<void>()
    const sync = disk.sync.bind(disk)
    disk.sync = (fd) => synced.promise.then(() => sync(fd))
    const { admitted, puts } = putAll(channel)
    const settled = Promise.allSettled(puts)
    clock.advance(3_600_000)
    await Promise.allSettled(puts.slice(10))
    expect(admitted).toEqual([0, 1, 2, 3])
    synced.resolve()
    const statuses = (await settled).map(({ status }) => status)
    expect(statuses).toEqual(all.map((i) => (i < 10 ? 'fulfilled' : 'rejected')))
    await expect(puts[10]).rejects.toMatchObject({ code: 'CHANNEL_FULL' })
    expect(names(await takeAll(channel))).toEqual(all.slice(0, 10))
  })

  it('are refused by the group: those that waited behind a sync that failed are stored', async () => {
    const { disk, open } = bench()
    const channel = await open()
    await channel.put([eventOf('first')])
    disk.fail('sync', 'EIO', { path: '/data' })
    const { admitted, puts } = putAll(channel)
    const statuses = (await Promise.allSettled(puts)).map(({ status }) => status)
    expect(statuses).toEqual(all.map((i) => (i < 4 ? 'rejected' : 'fulfilled')))
    expect(admitted).toEqual(all)
    expect(channel.held).toBe(17)
    expect(names((await takeAll(channel)).slice(1))).toEqual(all.slice(4))
  })

  it('that wait when the channel is closed are stored', async () => {
    const { disk, open } = bench()
    const channel = await open()
    const { puts } = putAll(channel)
    await channel[Symbol.asyncDispose]()
    await Promise.all(puts)
    freeLocks(disk, ['/checkpoint', '/data'])
    expect(names(await takeAll(await open()))).toEqual(all)
  })
})

it('a put above the limit goes alone', async () => {
  const { open } = bench()
  const channel = await open({ fileBytesMax: 200 })
  const large = [eventOf('x'.repeat(3 * limit))]
  const admitted: string[] = []
  const puts = ['a', 'b', 'c'].map((name) => channel.put(large, () => admitted.push(name)))
  expect(admitted).toEqual(['a'])
  await Promise.all(puts)
  expect(await takeAll(channel)).toEqual(bodiesOf([...large, ...large, ...large]))
})
