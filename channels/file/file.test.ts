import { describe, expect, it } from 'vitest'
import { bodiesOf, eventOf, numbered } from '../../test/conformance/events.ts'
import { isSettled } from '../../test/conformance/scope.ts'
import { fileChannelBench } from '../../test/fakes/file-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'
import type { Batch } from '../../src/flow/event.ts'

const never = new AbortController().signal

describe('what is held', () => {
  it('is there after a clean stop, headers and all', async () => {
    const { open } = fileChannelBench()
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
    const { open, kill } = fileChannelBench()
    const channel = await open()
    await channel.put(numbered(0, 50))
    const take = await channel.take(20, never)
    await take.commit()
    kill('power')
    expect(await takeAll(await open())).toEqual(bodiesOf(numbered(20, 50)))
  })

  it('may be changed in capacity between two starts', async () => {
    const { open } = fileChannelBench()
    const first = await open()
    await first.put(numbered(0, 50))
    await first[Symbol.asyncDispose]()
    const smaller = await open({ capacity: 10, transactionCapacity: 10 })
    expect(smaller.held).toBe(50)
    expect(await takeAll(smaller, 10)).toEqual(bodiesOf(numbered(0, 50)))
  })

  it('goes over several data folders in turns', async () => {
    const { open, disk, kill } = fileChannelBench()
    const given = { dataFolders: ['/data', '/data2'] }
    const channel = await open(given)
    for (let i = 0; i < 10; i++) await channel.put(numbered(i * 10, i * 10 + 10))
    expect(disk.list('/data').length).toBeGreaterThan(2)
    expect(disk.list('/data2').length).toBeGreaterThan(2)
    kill()
    expect(await takeAll(await open(given))).toEqual(bodiesOf(numbered(0, 100)))
  })

  it('is read back from disk when memory is full, in order', async () => {
    const { open } = fileChannelBench()
    const channel = await open({ memoryBytesMax: 100 })
    for (let i = 0; i < 40; i++) await channel.put(numbered(i * 10, i * 10 + 10))
    expect(await takeAll(channel, 7)).toEqual(bodiesOf(numbered(0, 400)))
  })
})

describe('syncs', () => {
  it('serve every put and every take that wait', async () => {
    const { open, disk } = fileChannelBench()
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
    const { open, clock, kill } = fileChannelBench()
    const channel = await open({ syncEveryMs: 5000, fileBytesMax: 100_000 })
    await channel.put(numbered(0, 10))
    const synced = isSettled(Promise.resolve())
    clock.advance(5000)
    await synced
    await channel.put(numbered(10, 20))
    kill('process')
    expect(await takeAll(await open({ syncEveryMs: 5000 }))).toEqual(bodiesOf(numbered(0, 20)))
  })
})

it('a loss of power after fsyncInterval keeps what was put before, where fsyncPerTransaction is false', async () => {
  // What a machine forgets of bytes that no sync covers is chance.
  for (let seed = 1; seed <= 20; seed++) {
    const { open, clock, kill } = fileChannelBench({ fileBytesMax: 100_000 }, seed)
    const channel = await open({ syncEveryMs: 5000 })
    await channel.put(numbered(0, 50).map(({ body }) => eventOf(String(body).padEnd(1000, '.'))))
    await clock.advanceSlowly(5000, 1000)
    kill('power')
    expect((await open()).held).toBe(50)
  }
})

describe('its folders', () => {
  it('belong to one owner', async () => {
    const { open } = fileChannelBench()
    await open()
    await expect(open({ checkpointFolder: '/other' })).rejects.toMatchObject({ code: 'FOLDER_LOCKED' })
    const elsewhere = await open({ checkpointFolder: '/other', dataFolders: ['/elsewhere'] })
    await elsewhere[Symbol.asyncDispose]()
  })
})
