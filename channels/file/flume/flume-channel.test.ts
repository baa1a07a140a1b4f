import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { RecordingLog } from '../../../test/fakes/context.ts'
import { FakeDisk } from '../../../test/fakes/disk.ts'
import { FlumeChannelWriter } from '../../../test/fakes/flume-channel.ts'
import { FlumeChannel } from './flume-channel.ts'
import type { UnreadableEvent } from './held-events.ts'

const bench = () => {
  const disk = new FakeDisk()
  const log = new RecordingLog()
  const unreadable: UnreadableEvent[] = []
  const read = async (dataFolders: readonly string[] = ['/data'], backupFolder?: string) => {
    const folders = { dataFolders, checkpointFolder: '/checkpoint', backupFolder }
    using channel = await FlumeChannel.open(folders, { disk, clock: new FakeClock(), log })
    if (channel === undefined) throw new Error('There is no channel')
    const events = channel.events((event) => unreadable.push(event)).read(1000, 1_000_000)
    const { checkpoint, damaged, replayed } = channel
    return { bodies: events.map(({ body }) => String(body)), events, checkpoint, damaged, replayed }
  }
  return { disk, log, unreadable, flume: new FlumeChannelWriter(disk), read }
}

describe('log files alone', () => {
  it('tell what was committed and not taken, in the order of the commits', async () => {
    const { flume, read } = bench()
    const log = flume.log(1)
    const [a, b] = [log.put(1, 'a'), log.put(2, 'b')]
    log.put(1, 'c', { k: 'v', schlüssel: 'größe', empty: '' })
    log.put(3, 'undone')
    log.rollback(3)
    log.put(4, 'never committed')
    log.commit(2)
    log.commit(1)
    log.take(5, b)
    log.commit(5, 'takes')
    log.take(6, a)
    log.rollback(6)
    log.take(7, a)
    flume.store('/data', 1, log)
    const { bodies, events, replayed } = await read()
    expect(bodies).toEqual(['a', 'c'])
    expect(events[1]?.headers).toEqual({ k: 'v', schlüssel: 'größe', empty: '' })
    expect(replayed).toMatchObject({ openPuts: 1, openTakes: 1 })
  })

  it('of several folders are one channel: takes may stand before the puts they are of', async () => {
    const { flume, read } = bench()
    const [one, two] = [flume.log(1), flume.log(2)]
    const first = two.put(2, 'first')
    two.put(2, 'second')
    two.commit(2)
    one.put(1, 'third')
    one.take(3, first)
    one.commit(3, 'takes')
    one.commit(1)
    flume.store('/data', 1, one)
    flume.store('/data2', 2, two)
    expect((await read(['/data', '/data2'])).bodies).toEqual(['second', 'third'])
  })

  it('of a transaction that goes on in the next file are read on', async () => {
    const { flume, read } = bench()
    const [one, two] = [flume.log(1), flume.log(10)]
    one.put(1, 'a')
    two.put(1, 'b')
    two.commit(1)
    flume.store('/data', 10, two)
    flume.store('/data', 1, one)
    expect((await read()).bodies).toEqual(['a', 'b'])
  })

  it('need no meta file', async () => {
    const { flume, read, log: said } = bench()
    const log = flume.log(1)
    log.put(1, 'a')
    log.commit(1)
    flume.store('/data', 1, log, null)
    expect((await read()).bodies).toEqual(['a'])
    expect(said.of('warn')).toEqual([expect.stringContaining('/data/log-1 has no readable meta file')])
  })
})

describe('a checkpoint', () => {
  const written = (incomplete = false, capacity = 16) => {
    const made = bench()
    const { flume } = made
    const log = flume.log(1)
    const pointers = ['a', 'b', 'c', 'd'].map((body) => log.put(1, body))
    log.commit(1)
    const [a = 0, b = 0, c = 0, d = 0] = pointers
    log.take(2, a)
    log.take(3, b)
    const e = log.put(4, 'e')
    const writeOrderId = flume.order++
    const position = log.size
    flume.checkpoint({
      writeOrderId,
      queue: [c, d],
      head: capacity - 1,
      capacity,
      openPuts: { 4: [e] },
      openTakes: { 2: [a], 3: [b] },
      incomplete,
    })
    log.commit(4)
    log.commit(3, 'takes')
    log.put(5, 'f')
    log.commit(5)
    log.take(6, c)
    log.commit(6, 'takes')
    flume.store('/data', 1, log, { position, writeOrderId })
    return { ...made, position }
  }

  it('is gone on from: open takes come back to the head unless they were committed', async () => {
    const { bodies, checkpoint, replayed } = await written().read()
    expect(bodies).toEqual(['a', 'd', 'e', 'f'])
    expect(checkpoint).toEqual({ folder: '/checkpoint' })
    expect(replayed.records).toBe(6)
  })

  it.each([
    ['is of another capacity', (): ReturnType<typeof written> => written(false, 3), true],
    ['was being written', (): ReturnType<typeof written> => written(true), false],
  ])('that %s gives the same events', async (_, make, isUsed) => {
    const { bodies, checkpoint } = await make().read()
    expect(bodies).toEqual(['a', 'd', 'e', 'f'])
    expect('folder' in checkpoint).toBe(isUsed)
  })

  it.each(['checkpoint', 'checkpoint.meta', 'inflightputs', 'inflighttakes'])(
    'is not used when %s is damaged, and nothing is missed',
    async (name) => {
      const made = written()
      const bytes = Buffer.from(made.disk.bytes(`/checkpoint/${name}`) ?? [])
      bytes.fill(0xff, 0, 12)
      made.disk.plant(`/checkpoint/${name}`, bytes)
      const { bodies, checkpoint } = await made.read()
      expect(bodies).toEqual(['a', 'd', 'e', 'f'])
      expect(checkpoint).toHaveProperty('unusable')
    },
  )

  it('that is damaged is replaced by its backup, if that was completed', async () => {
    const made = written()
    for (const name of ['checkpoint', 'checkpoint.meta', 'inflightputs', 'inflighttakes'])
      made.disk.plant(`/backup/${name}`, made.disk.bytes(`/checkpoint/${name}`) ?? Buffer.alloc(0))
    made.disk.plant('/checkpoint/checkpoint', Buffer.alloc(100))
    expect((await made.read(['/data'], '/backup')).checkpoint).toHaveProperty('unusable')
    made.disk.plant('/backup/backupComplete', Buffer.alloc(0))
    const { bodies, checkpoint } = await made.read(['/data'], '/backup')
    expect(checkpoint).toEqual({ folder: '/backup' })
    expect(bodies).toEqual(['a', 'd', 'e', 'f'])
  })

  it('may be newer than the meta file knows, which then tells the one before', async () => {
    const made = written()
    const backup = { position: 0, writeOrderId: 1 }
    made.disk.plant('/data/log-1.meta', made.flume.meta(1, { position: 7, writeOrderId: 99_999, backup }))
    expect((await made.read()).bodies).toEqual(['a', 'd', 'e', 'f'])
    made.disk.plant('/data/log-1.meta', made.flume.meta(1, { position: 1_000_000, writeOrderId: 1 }))
    expect((await made.read()).bodies).toEqual(['a', 'd', 'e', 'f'])
  })
})

describe('damage', () => {
  it('between records costs what stood there, and no more', async () => {
    const { flume, read } = bench()
    const log = flume.log(1)
    log.put(1, 'a')
    log.raw(Buffer.from([0x7f, 0, 0, 0, 40, 0x17, 0x0d, 1, 2, 3]))
    log.raw(Buffer.alloc(3000, 7))
    log.put(1, 'b')
    log.commit(1)
    flume.store('/data', 1, log)
    const { bodies, damaged } = await read()
    expect(bodies).toEqual(['a', 'b'])
    expect(damaged).toEqual([expect.objectContaining({ path: '/data/log-1', length: 3010 })])
  })

  it('at the end is what was being written', async () => {
    const { flume, read, log: said } = bench()
    const log = flume.log(1)
    log.put(1, 'a')
    log.commit(1)
    log.raw(Buffer.from([0x7f, 0, 0, 0, 40, 0x17, 0x0d, 1]))
    flume.store('/data', 1, log)
    const { bodies, damaged } = await read()
    expect([bodies, damaged]).toEqual([['a'], []])
    expect(said.of('warn')).toEqual([expect.stringContaining('in the middle of a record')])
  })

  it('of a body costs that event', async () => {
    const { flume, read, disk, unreadable } = bench()
    const log = flume.log(1)
    for (const body of ['one', 'two', 'three']) log.put(1, body)
    log.commit(1)
    flume.store('/data', 1, log)
    const bytes = Buffer.from(disk.bytes('/data/log-1') ?? [])
    bytes.write('TWO', bytes.indexOf('two'))
    disk.plant('/data/log-1', bytes)
    expect((await read()).bodies).toEqual(['one', 'three'])
    expect(unreadable).toEqual([expect.objectContaining({ fileId: 1, wasRemoved: false })])
  })

  it('that Flume’s integrity tool has removed is stepped over', async () => {
    const { flume, read, disk, unreadable } = bench()
    const log = flume.log(1)
    log.put(1, 'a')
    const removed = log.put(1, 'b') % 2 ** 32
    log.commit(1)
    flume.store('/data', 1, log)
    const bytes = Buffer.from(disk.bytes('/data/log-1') ?? [])
    bytes[removed] = 0
    disk.plant('/data/log-1', bytes)
    const { bodies, damaged } = await read()
    expect([bodies, damaged, unreadable]).toEqual([['a'], [], []])
  })

  it('that took a whole log file is told for each event', async () => {
    const { flume, read, unreadable } = bench()
    const log = flume.log(2)
    const b = log.put(1, 'b')
    log.commit(1)
    flume.checkpoint({ writeOrderId: flume.order++, queue: [2 ** 32 + 5, b] })
    flume.store('/data', 2, log)
    expect((await read()).bodies).toEqual(['b'])
    expect(unreadable).toEqual([expect.objectContaining({ fileId: 1, file: undefined })])
  })
})

describe('what cannot be taken over', () => {
  it('is an encrypted channel, and one of an old version', async () => {
    const { flume, read, disk } = bench()
    const log = flume.log(1)
    log.raw(Buffer.alloc(50, 3))
    flume.store('/data', 1, log, { keyAlias: 'key-0' })
    await expect(read()).rejects.toMatchObject({ code: 'FLUME_CHANNEL_ENCRYPTED', details: { key: 'key-0' } })
    disk.remove('/data/log-1.meta')
    disk.plant('/data/log-1', Buffer.from([0, 0, 0, 2, 9, 9, 9, 9]))
    await expect(read()).rejects.toMatchObject({ code: 'FLUME_CHANNEL_VERSION', details: { version: 2 } })
  })
})
