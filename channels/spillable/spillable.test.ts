import { describe, expect, it } from 'vitest'
import { bodiesOf, eventOf, numbered } from '../../test/conformance/events.ts'
import { isSettled } from '../../test/conformance/scope.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { SpillableChannel, type SpillableOptions } from './spillable-channel.ts'
import { spillable } from './spillable.ts'

const never = new AbortController().signal

interface Given {
  readonly memory?: number
  readonly bytes?: number
  readonly overflow?: number
  readonly overflowTimeoutMs?: number
  readonly keepAliveMs?: number
  readonly memoryAgainPercent?: number
}

const optionsOf = ({ memory = 10, bytes = 1e9, overflow = 1000, ...given }: Given): SpillableOptions => ({
  name: 'c1',
  transactionCapacity: 100,
  memory: { events: memory, bytes, slotBytes: 500 },
  overflowCapacity: overflow,
  disk: {
    name: 'c1',
    checkpointFolder: '/checkpoint',
    dataFolders: ['/data'],
    fileBytesMax: 500,
    requiredSpaceBytes: 0,
    syncEveryMs: undefined,
    memoryBytesMax: 200,
  },
  overflowTimeoutMs: 0,
  keepAliveMs: 3000,
  memoryAgainPercent: 5,
  ...given,
})

const bench = () => {
  const disk = new FakeDisk()
  const clock = new FakeClock()
  const context = fakeContext({ disk, clock })
  const open = async (given: Given = {}): Promise<SpillableChannel> => {
    const channel = new SpillableChannel(optionsOf(given), context)
    await channel.open()
    return channel
  }
  return { disk, clock, log: context.log, open }
}

const kill = (disk: FakeDisk, kind: 'process' | 'power' = 'process'): void => {
  disk.kill()
  disk.restart(kind)
  for (const folder of ['/checkpoint', '/data']) disk.remove(`${folder}/in_use.lock`)
}

const takeAll = async (channel: SpillableChannel, max = 100): Promise<string[]> => {
  const bodies: string[] = []
  while (channel.held > 0) {
    const take = await channel.take(max, never)
    bodies.push(...bodiesOf(take.events))
    await take.commit()
  }
  return bodies
}

const range = (from: number, to: number): string[] => bodiesOf(numbered(from, to))

/** Memory, disk and memory again in turns: 0–9 in memory, 10–19 on disk, 20–24 in memory, 25–34 on disk. */
const interleaved = async (channel: SpillableChannel): Promise<void> => {
  await channel.put(numbered(0, 10))
  await channel.put(numbered(10, 20))
  await (await channel.take(5, never)).commit()
  await channel.put(numbered(20, 25))
  await channel.put(numbered(25, 35))
  expect(channel.heldInMemory).toBe(10)
}

describe('the order', () => {
  it('is that of the puts, however often they go over from memory to disk and back', async () => {
    for (const max of [1, 3, 7, 100]) {
      const channel = await bench().open()
      await interleaved(channel)
      expect(await takeAll(channel, max)).toEqual(range(5, 35))
    }
  })

  it('is kept by takes over the boundary that come back in any order', async () => {
    const channel = await bench().open()
    await interleaved(channel)
    const takes = []
    for (let i = 0; i < 4; i++) takes.push(await channel.take(7, never))
    expect(bodiesOf(takes[0]?.events ?? [])).toEqual(range(5, 12))
    for (const i of [2, 0, 3, 1]) await takes[i]?.[Symbol.asyncDispose]()
    expect(await takeAll(channel, 4)).toEqual(range(5, 35))
  })

  it('lets nothing of memory overtake what is on its way to the disk', async () => {
    const { open, disk } = bench()
    const channel = await open({ memory: 4 })
    await channel.put(numbered(0, 4))
    const first = await channel.take(4, never)
    const synced = Promise.withResolvers<void>()
    const sync = disk.sync.bind(disk)
    disk.sync = (fd) => synced.promise.then(() => sync(fd))
    const stored = channel.put(numbered(4, 8))
    await first.commit()
    await channel.put(numbered(8, 10))
    expect(channel.heldInMemory).toBe(2)
    const waiting = channel.take(10, never)
    expect(await isSettled(waiting)).toBe(false)
    synced.resolve()
    await stored
    expect(bodiesOf((await waiting).events)).toEqual(range(4, 10))
  })
})

describe('spilling over', () => {
  it('begins when memory had no room for the overflow timeout, for all who wait', async () => {
    const { open, clock } = bench()
    const channel = await open({ overflowTimeoutMs: 2000 })
    await channel.put(numbered(0, 10))
    const first = channel.put(numbered(10, 12))
    clock.advance(1000)
    const second = channel.put(numbered(12, 14))
    clock.advance(999)
    expect(await isSettled(first)).toBe(false)
    clock.advance(1)
    await Promise.all([first, second])
    await channel.put(numbered(14, 16))
    expect([channel.heldInMemory, channel.held]).toEqual([10, 16])
    expect(await takeAll(channel)).toEqual(range(0, 16))
  })

  it('does not begin when room comes up in time', async () => {
    const { open, clock } = bench()
    const channel = await open({ overflowTimeoutMs: 2000 })
    await channel.put(numbered(0, 10))
    const waiting = channel.put(numbered(10, 12))
    clock.advance(1999)
    await (await channel.take(2, never)).commit()
    await waiting
    expect([channel.heldInMemory, channel.held]).toEqual([10, 10])
  })

  it('ends when so much of memory is free as the threshold says', async () => {
    const channel = await bench().open({ memoryAgainPercent: 50 })
    await channel.put(numbered(0, 10))
    await channel.put(numbered(10, 11))
    await (await channel.take(4, never)).commit()
    await channel.put(numbered(11, 12))
    expect(channel.heldInMemory).toBe(6)
    await (await channel.take(1, never)).commit()
    await channel.put(numbered(12, 13))
    expect(channel.heldInMemory).toBe(6)
    expect(await takeAll(channel)).toEqual(range(5, 13))
  })

  it('is for what memory can never hold, at once', async () => {
    const channel = await bench().open({ bytes: 1000, overflowTimeoutMs: 2000 })
    await channel.put([eventOf('x'.repeat(1001))])
    expect([channel.heldInMemory, channel.held]).toEqual([0, 1])
  })

  it('comes by bytes, too, in steps of avgEventSize', async () => {
    const channel = await bench().open({ bytes: 1500 })
    await channel.put([eventOf('a'.repeat(501))])
    await channel.put([eventOf('b')])
    await channel.put([eventOf('c')])
    expect(channel.heldInMemory).toBe(2)
  })

  it('ends in a refusal where the disk is full as well', async () => {
    const { open, clock } = bench()
    const channel = await open({ overflow: 5, overflowTimeoutMs: 1000 })
    await channel.put(numbered(0, 10))
    const stored = channel.put(numbered(10, 15))
    clock.advance(1000)
    await stored
    const refused = channel.put(numbered(15, 16)).catch((error: unknown) => error)
    clock.advance(3000)
    expect(await refused).toMatchObject({ code: 'CHANNEL_FULL' })
    expect(await takeAll(channel)).toEqual(range(0, 15))
  })
})

describe('a receipt', () => {
  it('settles by the sinks for a batch in memory, by its sync for one on disk', async () => {
    const channel = await bench().open()
    const inMemory = await channel.put(numbered(0, 10))
    const onDisk = await channel.put(numbered(10, 20))
    expect(await isSettled(onDisk.settled)).toBe(true)
    await (await channel.take(9, never)).commit()
    expect(await isSettled(inMemory.settled)).toBe(false)
    await (await channel.take(1, never)).commit()
    expect(await isSettled(inMemory.settled)).toBe(true)
  })

  it('settles when memory is written down at the stop', async () => {
    const channel = await bench().open()
    const { settled } = await channel.put(numbered(0, 10))
    await channel.writeDown()
    expect(await isSettled(settled)).toBe(true)
    expect([channel.heldInMemory, channel.held]).toEqual([0, 10])
  })
})

describe('the next start', () => {
  it('finds everything in order after a clean stop, open takes included', async () => {
    const { open, log } = bench()
    const channel = await open()
    await interleaved(channel)
    const take = await channel.take(12, never)
    await channel[Symbol.asyncDispose]()
    await expect(take.commit()).rejects.toMatchObject({ code: 'CHANNEL_CLOSED' })
    await take[Symbol.asyncDispose]()
    const again = await open()
    expect([again.heldInMemory, again.held]).toEqual([0, 30])
    await again.put(numbered(35, 40))
    expect(await takeAll(again, 8)).toEqual(range(5, 40))
    expect(log.of('error')).toEqual([])
  })

  it('finds it all, too, when the agent wrote memory down first and sources went on meanwhile', async () => {
    const { open } = bench()
    const channel = await open()
    await interleaved(channel)
    const take = await channel.take(3, never)
    await channel.writeDown()
    await channel.put(numbered(35, 40))
    await take[Symbol.asyncDispose]()
    expect(await isSettled(channel.take(1, never))).toBe(false)
    await channel[Symbol.asyncDispose]()
    expect(await takeAll(await open())).toEqual(range(5, 40))
  })

  it.each(['process', 'power'] as const)(
    'finds what was on disk after a %s crash, and misses nothing else',
    async (kind) => {
      const { open, disk, log } = bench()
      const channel = await open()
      await interleaved(channel)
      kill(disk, kind)
      const again = await open()
      expect(again.held).toBe(20)
      expect(await takeAll(again)).toEqual([...range(10, 20), ...range(25, 35)])
      expect(log.of('error')).toEqual([])
    },
  )

  it('finds what was written down, whatever became of the agent after it', async () => {
    const { open, disk } = bench()
    const channel = await open()
    await interleaved(channel)
    await channel.writeDown()
    kill(disk, 'power')
    expect(await takeAll(await open())).toEqual(range(5, 35))
  })
})

describe('a disk that cannot take the memory', () => {
  it('leaves it to the sinks, and says so', async () => {
    const { open, disk, log } = bench()
    const channel = await open()
    const { settled } = await channel.put(numbered(0, 10))
    disk.fail('sync', 'EIO', { path: '/data' })
    await channel.writeDown()
    expect(log.of('error')).toEqual([expect.stringContaining('10 events in memory cannot be written down')])
    expect(await isSettled(settled)).toBe(false)
    expect(disk.list('/data').filter((name) => name.endsWith('.data'))).toEqual([])
    await (await channel.take(4, never)).commit()
    await channel[Symbol.asyncDispose]()
    expect(await takeAll(await open())).toEqual(range(4, 10))
  })

  it('refuses a put whose place in the order cannot be noted, and takes the next', async () => {
    const { open, disk } = bench()
    const channel = await open({ memory: 2 })
    await channel.put(numbered(0, 2))
    disk.fail('sync', 'EIO', { path: '/checkpoint' })
    await expect(channel.put(numbered(2, 4))).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
    await channel.put(numbered(4, 6))
    kill(disk, 'power')
    expect(await takeAll(await open())).toEqual(range(4, 6))
  })
})

describe('its settings', () => {
  it('are Flume’s by default, with those of the file channel', () => {
    const defaults = Object.fromEntries(Object.entries(spillable.settings).map(([name, one]) => [name, one.default]))
    expect(defaults).toMatchObject({
      memoryCapacity: 10_000,
      overflowCapacity: 100_000_000,
      overflowTimeout: 3,
      overflowDeactivationThreshold: 5,
      byteCapacityBufferPercentage: 20,
      avgEventSize: 500,
      transactionCapacity: 10_000,
      minimumRequiredSpace: 524_288_000,
    })
  })

  it('touch no folder with overflowCapacity 0', async () => {
    const { open, disk } = bench()
    const channel = await open({ overflow: 0 })
    await channel.put(numbered(0, 5))
    await channel.writeDown()
    expect([channel.durable, disk.changes]).toEqual([false, 0])
    expect(await takeAll(channel)).toEqual(range(0, 5))
  })

  it('that leave no room at all are a fault', () => {
    const values = { memoryCapacity: 0, overflowCapacity: 0 }
    expect(spillable.check?.(values)).toMatchObject([{ level: 'fault', setting: 'overflowCapacity' }])
  })
})
