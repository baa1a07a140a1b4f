import { describe, expect, it } from 'vitest'
import { bodiesOf, eventOf, numbered } from '../../../test/conformance/events.ts'
import { DiskCrashed, type FakeDisk } from '../../../test/fakes/disk.ts'
import { fileChannelBench } from '../../../test/fakes/file-channel.ts'
import { FlumeChannelWriter } from '../../../test/fakes/flume-channel.ts'
import { takeAll, takeSome } from '../../../test/fakes/takes.ts'
import type { FileChannel } from '../file-channel.ts'
import { journalBytes } from '../takes-journal.ts'

const bench = (seed?: number) =>
  fileChannelBench(
    { capacity: 10, transactionCapacity: 10, dataFolders: ['/data', '/data2'], fileBytesMax: 2000 },
    seed,
  )

/** A Flume channel of two folders that holds the numbers from 0 to `count` - 1, and a checkpoint that is of no use. */
const fill = (disk: FakeDisk, count: number): void => {
  const flume = new FlumeChannelWriter(disk)
  const [one, two] = [flume.log(1), flume.log(2)]
  for (let n = 0; n < count; n += 10) {
    const log = n % 20 === 0 ? one : two
    for (let i = n; i < n + 10; i++) log.put(n + 1, String(i), { kind: i % 2 === 0 ? 'even' : 'odd' })
    log.commit(n + 1)
  }
  flume.store('/data', 1, one)
  flume.store('/data2', 2, two)
  flume.checkpoint({ writeOrderId: 5, incomplete: true })
}

const numbers = (from: number, to: number): string[] => bodiesOf(numbered(from, to))

const flumeNames = (disk: FakeDisk, folder: string): string[] =>
  disk.list(folder).filter((name) => /^(?:log-|checkpoint|inflight|flume)/.test(name))

/** The last place in Flume's first log file where `text` stands begins with `byte` now. */
const damageEvent = (disk: FakeDisk, text: string, byte: number): void => {
  const bytes = Buffer.from(disk.bytes('/data/log-1') ?? [])
  bytes[bytes.lastIndexOf(text)] = byte
  disk.plant('/data/log-1', bytes)
}

/** Names of the files in /data that keep damaged bytes, or are to. */
const sideFiles = (disk: FakeDisk): string[] =>
  disk
    .list('/data')
    .filter((name) => name.includes('.damaged'))
    .toSorted()

describe('the channel of a stopped Flume', () => {
  it('is delivered in its order, each event once, whatever the capacity; then what is put', async () => {
    const { disk, open, log } = bench()
    fill(disk, 100)
    const channel = await open()
    expect(channel.held).toBe(100)
    expect(log.of('info')).toContainEqual(expect.stringContaining('took over 100 events'))
    expect(await takeAll(channel)).toEqual(numbers(0, 100))
    await channel.put([eventOf('new')])
    expect(await takeAll(channel)).toEqual(['new'])
  })

  it('stays, moved aside, until all of it was delivered, and is never read twice', async () => {
    const { disk, open } = bench()
    fill(disk, 50)
    const first = await open()
    expect(flumeNames(disk, '/data')).toEqual(['flume-originals-1'])
    expect(disk.list('/data/flume-originals-1').toSorted()).toEqual(['log-1', 'log-1.meta'])
    expect(disk.list('/checkpoint/flume-originals-1')).toContain('checkpoint')
    expect(await takeSome(first, 20)).toEqual(numbers(0, 20))
    await first[Symbol.asyncDispose]()
    const again = await open()
    expect(flumeNames(disk, '/data2')).toEqual(['flume-originals-1'])
    expect(await takeAll(again)).toEqual(numbers(20, 50))
    for (const folder of ['/data', '/data2', '/checkpoint']) expect(flumeNames(disk, folder)).toEqual([])
  })

  it('may come back: who goes back to Flume for a while is taken over again', async () => {
    const { disk, open } = bench()
    fill(disk, 20)
    const first = await open()
    expect(await takeSome(first, 10)).toEqual(numbers(0, 10))
    await first[Symbol.asyncDispose]()
    fill(disk, 30)
    const again = await open()
    expect(await takeAll(again)).toEqual([...numbers(10, 20), ...numbers(0, 30)])
    for (const folder of ['/data', '/data2', '/checkpoint']) expect(flumeNames(disk, folder)).toEqual([])
  })

  it('that is damaged costs the damaged event, whose bytes and originals are kept', async () => {
    const { disk, open, log } = bench()
    fill(disk, 30)
    damageEvent(disk, '25', 0xff)
    const channel = await open()
    expect(channel.lost).toEqual({ events: 1, keptIn: ['/data/*.damaged'] })
    expect(log.of('error')).toEqual([expect.stringMatching(/1 events of Flume’s are lost: \/data\/log-1 is damaged/)])
    expect(await takeAll(channel)).toEqual([...numbers(0, 25), ...numbers(26, 30)])
    expect(flumeNames(disk, '/data').toSorted()).toEqual(['flume-log-1.damaged', 'flume-originals-1'])
    expect(disk.bytes('/data/flume-log-1.damaged')?.includes(Buffer.from([0xff]))).toBe(true)
    await channel[Symbol.asyncDispose]()
    expect((await open()).held).toBe(0)
  })

  it('that is damaged again after it came back has its bytes kept beside those of before', async () => {
    const { disk, open } = bench()
    for (const byte of [0xf1, 0xf2]) {
      fill(disk, 30)
      damageEvent(disk, '25', byte)
      const channel = await open()
      await takeAll(channel)
      await channel[Symbol.asyncDispose]()
    }
    expect(sideFiles(disk)).toEqual(['flume-log-1-2.damaged', 'flume-log-1.damaged'])
    expect(disk.bytes('/data/flume-log-1.damaged')?.includes(0xf1)).toBe(true)
    expect(disk.bytes('/data/flume-log-1-2.damaged')?.includes(0xf2)).toBe(true)
  })

  it('that is damaged, and copied only after a few tries, leaves one file of its bytes', async () => {
    const { disk, open, kill } = bench()
    fill(disk, 30)
    damageEvent(disk, '25', 0xff)
    disk.fail('sync', 'EIO', { path: 'events-' })
    await expect(open()).rejects.toThrow('EIO')
    expect(sideFiles(disk)).toEqual([])
    kill()
    disk.plant('/data/flume-log-1.damaged.part', Buffer.from('what a kill in the middle has left'))
    expect(await takeAll(await open())).toHaveLength(29)
    expect(sideFiles(disk)).toEqual(['flume-log-1.damaged'])
  })

  it('that is damaged, on a disk that has no room for the damaged bytes, waits for room', async () => {
    const { disk, open, kill } = bench()
    fill(disk, 30)
    damageEvent(disk, '25', 0xff)
    disk.fail('write', 'ENOSPC', { path: 'flume-log-1' })
    await expect(open()).rejects.toMatchObject({ code: 'CHANNEL_NO_SPACE', details: { folder: '/data' } })
    expect(sideFiles(disk)).toEqual([])
    kill()
    expect(await takeAll(await open())).toHaveLength(29)
  })

  it('never costs a file of that name that is none of Flume’s', async () => {
    const { disk, open, log } = bench()
    fill(disk, 20)
    disk.plant('/data/log-7', Buffer.from('the lines of another program\n'))
    const channel = await open()
    expect(log.of('error')).toEqual([expect.stringContaining('/data/log-7 is damaged at 0')])
    expect(await takeAll(channel)).toEqual(numbers(0, 20))
    await channel[Symbol.asyncDispose]()
    await open()
    expect(String(disk.bytes('/data/flume-originals-1/log-7'))).toBe('the lines of another program\n')
  })

  it('waits where the disk has no room for a second copy, and is as it was', async () => {
    const { disk, open, kill } = bench()
    fill(disk, 100)
    disk.capacityBytes = 2 * journalBytes + 40_000
    await expect(open({ requiredSpaceBytes: 30_000 })).rejects.toMatchObject({ code: 'CHANNEL_NO_SPACE' })
    expect(flumeNames(disk, '/data').toSorted()).toEqual(['log-1', 'log-1.meta'])
    expect(disk.list('/data').filter((name) => name.endsWith('.data'))).toEqual([])
    disk.capacityBytes = Infinity
    kill()
    expect(await takeAll(await open())).toEqual(numbers(0, 100))
  })

  it('whose files somebody takes away after a broken-off attempt leaves nothing behind', async () => {
    const { disk, open, kill } = bench()
    fill(disk, 20)
    disk.fail('sync', 'EIO', { path: 'events-' })
    await expect(open()).rejects.toThrow('EIO')
    for (const path of ['/data/log-1', '/data2/log-2']) disk.remove(path)
    kill()
    const channel = await open()
    await channel.put(numbered(0, 5))
    await channel[Symbol.asyncDispose]()
    expect(await takeAll(await open())).toEqual(numbers(0, 5))
  })
})

/** What is given back on the way out of a crashed open meets the crash, too. */
const isCrash = (thrown: unknown): boolean =>
  thrown instanceof DiskCrashed || (thrown instanceof SuppressedError && isCrash(thrown.error))

/** Opens the channel on a disk that is to fail; whether it got through. */
const survives = async (open: () => Promise<FileChannel>): Promise<boolean> => {
  try {
    await open()
    return true
  } catch (thrown) {
    if (!isCrash(thrown)) throw thrown
    return false
  }
}

describe('a crash in the middle of a take-over', () => {
  it.each([
    ['process', 'once'],
    ['process', 'twice'],
    ['power', 'once'],
    ['power', 'twice'],
  ] as const)('at any step loses nothing and repeats nothing: %s, %s', async (kind, times) => {
    let steps = 0
    for (let crashAt = 1, isOver = false; !isOver; crashAt++) {
      const { disk, open, kill } = bench(crashAt)
      fill(disk, 60)
      disk.crashIn(crashAt)
      isOver = await survives(open)
      kill(kind)
      if (times === 'twice') {
        disk.crashIn(1 + ((crashAt * 7) % 41))
        await survives(open)
        kill(kind)
      }
      const channel = await open({ capacity: 100 })
      await channel.put([eventOf('new')])
      await channel[Symbol.asyncDispose]()
      expect([crashAt, await takeAll(await open())]).toEqual([crashAt, [...numbers(0, 60), 'new']])
      expect(flumeNames(disk, '/data')).toEqual([])
      steps++
    }
    expect(steps).toBeGreaterThan(30)
  })
})
