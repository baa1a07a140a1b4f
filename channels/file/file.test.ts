import { describe, expect, it } from 'vitest'
import { bodiesOf, eventOf, numbered } from '../../test/conformance/events.ts'
import { isSettled } from '../../test/conformance/scope.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import type { Batch } from '../../src/flow/event.ts'
import { file } from './file.ts'
import { FileChannel, type FileChannelOptions } from './file-channel.ts'
import { journalBytes } from './takes-journal.ts'

const never = new AbortController().signal

interface Bench {
  readonly disk: FakeDisk
  readonly clock: FakeClock
  readonly log: ReturnType<typeof fakeContext>['log']
  readonly open: (given?: Partial<FileChannelOptions>) => Promise<FileChannel>
  readonly files: () => string[]
}

const bench = (): Bench => {
  const disk = new FakeDisk()
  const clock = new FakeClock()
  const context = fakeContext({ disk, clock })
  return {
    disk,
    clock,
    log: context.log,
    async open(given = {}) {
      const channel = new FileChannel(
        {
          name: 'c1',
          capacity: 1000,
          transactionCapacity: 100,
          keepAliveMs: 0,
          checkpointFolder: '/checkpoint',
          dataFolders: ['/data'],
          fileBytesMax: 200,
          requiredSpaceBytes: 0,
          syncEveryMs: undefined,
          memoryBytesMax: 10_000,
          ...given,
        },
        context,
      )
      await channel.open()
      return channel
    },
    files: () =>
      disk
        .list('/data')
        .filter((name) => name.endsWith('.data'))
        .toSorted(),
  }
}

const kill = (disk: FakeDisk, kind: 'process' | 'power' = 'process'): void => {
  disk.kill()
  disk.restart(kind)
  for (const folder of ['/checkpoint', '/data', '/data2']) disk.remove(`${folder}/in_use.lock`)
}

const takeAll = async (channel: FileChannel, max = 100): Promise<string[]> => {
  const bodies: string[] = []
  while (channel.held > 0) {
    const take = await channel.take(max, never)
    bodies.push(...bodiesOf(take.events))
    await take.commit()
  }
  return bodies
}

describe('what is held', () => {
  it('is there after a clean stop, headers and all', async () => {
    const { open } = bench()
    const first = await open()
    const events: Batch = [eventOf('a', { k: 'v', schlüssel: 'größe' }), eventOf(''), eventOf('c', { __proto__x: '' })]
    await first.put(events)
    await first[Symbol.asyncDispose]()
    const again = await open()
    expect(again.held).toBe(3)
    const take = await again.take(10, never)
    expect(take.events.map(({ headers, body }) => [headers, String(body)])).toEqual([
      [{ k: 'v', schlüssel: 'größe' }, 'a'],
      [{}, ''],
      [{ __proto__x: '' }, 'c'],
    ])
  })

  it('survives a power cut once the put has resolved, and what was committed does not come again', async () => {
    const { open, disk } = bench()
    const channel = await open()
    await channel.put(numbered(0, 50))
    const take = await channel.take(20, never)
    await take.commit()
    kill(disk, 'power')
    expect(await takeAll(await open())).toEqual(bodiesOf(numbered(20, 50)))
  })

  it('may be changed in capacity between two starts', async () => {
    const { open } = bench()
    const first = await open()
    await first.put(numbered(0, 50))
    await first[Symbol.asyncDispose]()
    const smaller = await open({ capacity: 10, transactionCapacity: 10 })
    expect(smaller.held).toBe(50)
    expect(await takeAll(smaller, 10)).toEqual(bodiesOf(numbered(0, 50)))
  })

  it('goes over several data folders in turns', async () => {
    const { open, disk } = bench()
    const given = { dataFolders: ['/data', '/data2'] }
    const channel = await open(given)
    for (let i = 0; i < 10; i++) await channel.put(numbered(i * 10, i * 10 + 10))
    expect(disk.list('/data').length).toBeGreaterThan(2)
    expect(disk.list('/data2').length).toBeGreaterThan(2)
    kill(disk)
    expect(await takeAll(await open(given))).toEqual(bodiesOf(numbered(0, 100)))
  })

  it('is read back from disk when memory is full, in order', async () => {
    const { open } = bench()
    const channel = await open({ memoryBytesMax: 100 })
    for (let i = 0; i < 40; i++) await channel.put(numbered(i * 10, i * 10 + 10))
    expect(await takeAll(channel, 7)).toEqual(bodiesOf(numbered(0, 400)))
  })
})

describe('data files', () => {
  it('go as their events are taken, also behind one event that nobody takes', async () => {
    const { open, files } = bench()
    const channel = await open()
    for (let i = 0; i < 20; i++) await channel.put(numbered(i * 10, i * 10 + 10))
    expect(files().length).toBeGreaterThanOrEqual(10)
    const stuck = await channel.take(1, never)
    for (let taken = 1; taken < 200;) {
      const take = await channel.take(50, never)
      taken += take.events.length
      await take.commit()
    }
    for (let i = 0; i < 70; i++) {
      await channel.put(numbered(0, 1))
      await (await channel.take(1, never)).commit()
    }
    expect(files().length).toBeLessThan(5)
    expect(channel.held).toBe(1)
    await stuck.commit()
    expect(channel.held).toBe(0)
  })

  it('that are damaged cost the damaged record, which is put aside and counted', async () => {
    const { open, disk, log } = bench()
    const channel = await open({ fileBytesMax: 100_000 })
    for (let i = 0; i < 5; i++) await channel.put(numbered(i * 10, i * 10 + 10))
    kill(disk)
    const [name = ''] = disk.list('/data').filter((one) => one.endsWith('.data'))
    const bytes = Buffer.from(disk.bytes(`/data/${name}`) ?? [])
    const at = bytes.indexOf('22')
    bytes[at] = 0xff
    disk.plant(`/data/${name}`, bytes)
    const again = await open({ fileBytesMax: 100_000 })
    expect(await takeAll(again)).toEqual([...bodiesOf(numbered(0, 20)), ...bodiesOf(numbered(30, 50))])
    expect(log.of('error')).toEqual([
      expect.stringMatching(/is damaged at \d+: 10 events are lost\. The bytes are kept in/),
    ])
    expect(disk.list('/data').some((one) => one.endsWith('.damaged'))).toBe(true)
  })

  it('that are missing are told, and the channel goes on', async () => {
    const { open, disk, log, files } = bench()
    const channel = await open()
    for (let i = 0; i < 10; i++) await channel.put(numbered(i * 10, i * 10 + 10))
    kill(disk)
    disk.remove(`/data/${files()[0]}`)
    const again = await open()
    const taken = await takeAll(again)
    expect(taken).toEqual(bodiesOf(numbered(0, 100)).slice(-taken.length))
    expect(log.of('error')).toEqual([expect.stringContaining(`${100 - taken.length} events that were held`)])
  })

  it('without the journal of takes are delivered whole, with a warning', async () => {
    const { open, disk, log } = bench()
    const channel = await open({ fileBytesMax: 100_000 })
    await channel.put(numbered(0, 10))
    await (await channel.take(5, never)).commit()
    kill(disk)
    disk.remove('/checkpoint/taken-0.journal')
    disk.remove('/checkpoint/taken-1.journal')
    expect(await takeAll(await open())).toEqual(bodiesOf(numbered(0, 10)))
    expect(log.of('warn')).toEqual([expect.stringContaining('has no journal of what was taken')])
  })
})

describe('a full disk', () => {
  it('refuses puts, gives events out, and takes puts again once there is room', async () => {
    const { open, disk } = bench()
    const channel = await open()
    for (let i = 0; i < 20; i++) await channel.put(numbered(i * 10, i * 10 + 10))
    disk.capacityBytes = 2 * journalBytes
    await expect(channel.put(numbered(200, 210))).rejects.toMatchObject({ code: 'CHANNEL_NO_SPACE' })
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(0, 200)))
    disk.capacityBytes = Infinity
    await channel.put(numbered(200, 210))
    expect(await takeAll(channel)).toEqual(bodiesOf(numbered(200, 210)))
  })

  it('is met before the last byte: minimumRequiredSpace stays free', async () => {
    const { open, disk } = bench()
    const channel = await open({ requiredSpaceBytes: 10_000 })
    disk.capacityBytes = 2 * journalBytes + 10_100
    const refused = channel.put(numbered(0, 20))
    await expect(refused).rejects.toMatchObject({ code: 'CHANNEL_NO_SPACE', details: { required: 10_000 } })
    expect(channel.held).toBe(0)
  })
})

describe('a disk that fails', () => {
  it('refuses the put whose sync has failed, and goes on in another file', async () => {
    const { open, disk, files } = bench()
    const channel = await open({ fileBytesMax: 100_000 })
    await channel.put(numbered(0, 1))
    disk.fail('sync', 'EIO', { path: '/data' })
    await expect(channel.put(numbered(1, 2))).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
    await channel.put(numbered(2, 3))
    expect(files()).toHaveLength(2)
    expect(await takeAll(channel)).toEqual(['0', '2'])
  })

  it('keeps events whose take could not be noted', async () => {
    const { open, disk } = bench()
    const channel = await open()
    await channel.put(numbered(0, 3))
    const take = await channel.take(3, never)
    disk.fail('sync', 'EIO', { path: '/checkpoint' })
    await expect(take.commit()).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
    await take[Symbol.asyncDispose]()
    expect(await takeAll(channel)).toEqual(['0', '1', '2'])
  })
})

describe('syncs', () => {
  it('serve every put and every take that wait', async () => {
    const { open, disk } = bench()
    const channel = await open({ fileBytesMax: 100_000 })
    let syncs = 0
    const sync = disk.sync.bind(disk)
    disk.sync = (fd) => {
      syncs++
      return sync(fd)
    }
    await Promise.all(Array.from({ length: 50 }, (_, i) => channel.put(numbered(i, i + 1))))
    expect(syncs).toBe(1)
    const takes = await Promise.all(Array.from({ length: 50 }, () => channel.take(1, never)))
    await Promise.all(takes.map((take) => take.commit()))
    expect(syncs).toBe(2)
  })

  it('come by time where fsyncPerTransaction is false', async () => {
    const { open, disk, clock } = bench()
    const channel = await open({ syncEveryMs: 5000, fileBytesMax: 100_000 })
    await channel.put(numbered(0, 10))
    const synced = isSettled(Promise.resolve())
    clock.advance(5000)
    await synced
    await channel.put(numbered(10, 20))
    kill(disk, 'process')
    expect(await takeAll(await open({ syncEveryMs: 5000 }))).toEqual(bodiesOf(numbered(0, 20)))
  })
})

describe('its folders', () => {
  it('belong to one owner', async () => {
    const { open } = bench()
    await open()
    await expect(open({ checkpointFolder: '/other' })).rejects.toMatchObject({ code: 'FOLDER_LOCKED' })
    const elsewhere = await open({ checkpointFolder: '/other', dataFolders: ['/elsewhere'] })
    await elsewhere[Symbol.asyncDispose]()
  })

  it('and settings are checked', () => {
    const values = {
      checkpointDir: '/a',
      dataDirs: ['/a'],
      capacity: 10,
      transactionCapacity: 100,
      'encryption.*': new Map([
        ['activeKey', 'k'],
        ['keyProvider', 'JCEKSFILE'],
      ]),
    }
    const found = file.check?.(values) ?? []
    expect(found.map(({ setting }) => setting)).toEqual(['transactionCapacity', 'dataDirs', 'encryption.activeKey'])
    expect(found.at(-1)?.says).toMatch(
      /cannot be encrypted yet, as encryption\.activeKey, encryption\.keyProvider would/,
    )
  })
})
