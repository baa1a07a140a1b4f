import { describe, expect, it } from 'vitest'
import { bodiesOf, eventOf, numbered } from '../../test/conformance/events.ts'
import { isSettled } from '../../test/conformance/scope.ts'
import { bodiesFrom, interleaved, spillableBench } from '../../test/fakes/spillable-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'
import { spillable } from './spillable.ts'

const never = new AbortController().signal

describe('the order', () => {
  it('is that of the puts, however often they go over from memory to disk and back', async () => {
    for (const max of [1, 3, 7, 100]) {
      const channel = await spillableBench().open()
      await interleaved(channel)
      expect(await takeAll(channel, max)).toEqual(bodiesFrom(5, 35))
    }
  })

  it('is kept by takes over the boundary that come back in any order', async () => {
    const channel = await spillableBench().open()
    await interleaved(channel)
    const takes = []
    for (let i = 0; i < 4; i++) takes.push(await channel.take(7, never))
    expect(bodiesOf(takes[0]?.events ?? [])).toEqual(bodiesFrom(5, 12))
    for (const i of [2, 0, 3, 1]) await takes[i]?.[Symbol.asyncDispose]()
    expect(await takeAll(channel, 4)).toEqual(bodiesFrom(5, 35))
  })

  it('lets nothing of memory overtake what is on its way to the disk', async () => {
    const { open, disk } = spillableBench()
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
    expect(bodiesOf((await waiting).events)).toEqual(bodiesFrom(4, 10))
  })
})

it('settles nothing of a take over both whose commit the disk refuses', async () => {
  const { open, disk } = spillableBench()
  const channel = await open()
  const { settled } = await channel.put(numbered(0, 10))
  await channel.put(numbered(10, 20))
  const take = await channel.take(20, never)
  disk.fail('sync', 'EIO', { path: '/checkpoint' })
  await expect(take.commit()).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
  await take[Symbol.asyncDispose]()
  expect([channel.heldInMemory, channel.held, await isSettled(settled)]).toEqual([10, 20, false])
  expect(await takeAll(channel)).toEqual(bodiesFrom(0, 20))
  expect([channel.held, await isSettled(settled)]).toEqual([0, true])
})

it('waits for no put that was refused, when nobody took since one before it was stored', async () => {
  const { open, disk } = spillableBench()
  const channel = await open({ memory: 4 })
  await channel.put(numbered(0, 4))
  const first = await channel.take(4, never)
  await channel.put(numbered(4, 8))
  await first.commit()
  await channel.put(numbered(8, 10))
  disk.fail('sync', 'EIO', { path: '/checkpoint' })
  await expect(channel.put(numbered(10, 14))).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
  await (await channel.take(6, never)).commit()
  await channel.put(numbered(14, 16))
  expect(channel.heldInMemory).toBe(2)
  const waiting = channel.take(6, never)
  expect(await isSettled(waiting)).toBe(true)
  expect(bodiesOf((await waiting).events)).toEqual(bodiesFrom(14, 16))
})

describe('spilling over', () => {
  it('begins when memory had no room for the overflow timeout, for all who wait', async () => {
    const { open, clock } = spillableBench()
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
    expect(await takeAll(channel)).toEqual(bodiesFrom(0, 16))
  })

  it('does not begin when room comes up in time', async () => {
    const { open, clock } = spillableBench()
    const channel = await open({ overflowTimeoutMs: 2000 })
    await channel.put(numbered(0, 10))
    const waiting = channel.put(numbered(10, 12))
    clock.advance(1999)
    await (await channel.take(2, never)).commit()
    await waiting
    expect([channel.heldInMemory, channel.held]).toEqual([10, 10])
  })

  it('ends when so much of memory is free as the threshold says', async () => {
    const channel = await spillableBench().open({ memoryAgainPercent: 50 })
    await channel.put(numbered(0, 10))
    await channel.put(numbered(10, 11))
    await (await channel.take(4, never)).commit()
    await channel.put(numbered(11, 12))
    expect(channel.heldInMemory).toBe(6)
    await (await channel.take(1, never)).commit()
    await channel.put(numbered(12, 13))
    expect(channel.heldInMemory).toBe(6)
    expect(await takeAll(channel)).toEqual(bodiesFrom(5, 13))
  })

  it('is for what memory can never hold, at once', async () => {
    const channel = await spillableBench().open({ bytes: 1000, overflowTimeoutMs: 2000 })
    await channel.put([eventOf('x'.repeat(1001))])
    expect([channel.heldInMemory, channel.held]).toEqual([0, 1])
  })

  it('comes by bytes, too, in steps of avgEventSize', async () => {
    const channel = await spillableBench().open({ bytes: 1500 })
    await channel.put([eventOf('a'.repeat(501))])
    await channel.put([eventOf('b')])
    await channel.put([eventOf('c')])
    expect(channel.heldInMemory).toBe(2)
  })

  it('ends in a refusal where the disk is full as well', async () => {
    const { open, clock } = spillableBench()
    const channel = await open({ overflow: 5, overflowTimeoutMs: 1000 })
    await channel.put(numbered(0, 10))
    const stored = channel.put(numbered(10, 15))
    clock.advance(1000)
    await stored
    const refused = channel.put(numbered(15, 16)).catch((error: unknown) => error)
    clock.advance(3000)
    expect(await refused).toMatchObject({ code: 'CHANNEL_FULL' })
    expect(await takeAll(channel)).toEqual(bodiesFrom(0, 15))
  })
})

describe('a receipt', () => {
  it('settles by the sinks for a batch in memory, by its sync for one on disk', async () => {
    const channel = await spillableBench().open()
    const inMemory = await channel.put(numbered(0, 10))
    const onDisk = await channel.put(numbered(10, 20))
    expect(await isSettled(onDisk.settled)).toBe(true)
    await (await channel.take(9, never)).commit()
    expect(await isSettled(inMemory.settled)).toBe(false)
    await (await channel.take(1, never)).commit()
    expect(await isSettled(inMemory.settled)).toBe(true)
  })

  it('settles when memory is written down at the stop', async () => {
    const channel = await spillableBench().open()
    const { settled } = await channel.put(numbered(0, 10))
    await channel.writeDown()
    expect(await isSettled(settled)).toBe(true)
    expect([channel.heldInMemory, channel.held]).toEqual([0, 10])
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
    const { open, disk } = spillableBench()
    const channel = await open({ overflow: 0 })
    await channel.put(numbered(0, 5))
    await channel.writeDown()
    expect([channel.durable, disk.changes]).toEqual([false, 0])
    expect(await takeAll(channel)).toEqual(bodiesFrom(0, 5))
  })

  it('that leave no room at all are a fault', () => {
    const values = { memoryCapacity: 0, overflowCapacity: 0 }
    expect(spillable.check?.(values)).toMatchObject([{ level: 'fault', setting: 'overflowCapacity' }])
  })
})
