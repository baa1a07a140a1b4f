import { describe, expect, it } from 'vitest'
import { numbered } from '../../test/conformance/events.ts'
import { isSettled } from '../../test/conformance/scope.ts'
import { bodiesFrom, interleaved, spillableBench } from '../../test/fakes/spillable-channel.ts'
import { takeAll } from '../../test/fakes/takes.ts'

const never = new AbortController().signal
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the next start', () => {
  it('finds everything in order after a clean stop, open takes included', async () => {
    const { open, log } = spillableBench()
    const channel = await open()
    await interleaved(channel)
    const take = await channel.take(12, never)
    await channel[Symbol.asyncDispose]()
    await expect(take.commit()).rejects.toMatchObject({ code: 'CHANNEL_CLOSED' })
    await take[Symbol.asyncDispose]()
    const again = await open()
    expect([again.heldInMemory, again.held]).toEqual([0, 30])
    await again.put(numbered(35, 40))
    expect(await takeAll(again, 8)).toEqual(bodiesFrom(5, 40))
    expect(log.of('error')).toEqual([])
  })

  it('finds it all, too, when the agent wrote memory down first and sources went on meanwhile', async () => {
    const { open } = spillableBench()
    const channel = await open()
    await interleaved(channel)
    const take = await channel.take(3, never)
    await channel.writeDown()
    await channel.put(numbered(35, 40))
    await take[Symbol.asyncDispose]()
    expect(await isSettled(channel.take(1, never))).toBe(false)
    await channel[Symbol.asyncDispose]()
    expect(await takeAll(await open())).toEqual(bodiesFrom(5, 40))
  })

  it('finds a put in its place that came while others were still on their way to the disk, with memory in between', async () => {
    const { open, disk } = spillableBench()
    const channel = await open({ memory: 4 })
    await channel.put(numbered(0, 4))
    const take = await channel.take(4, never)
    await channel.put(numbered(4, 6))
    const synced = Promise.withResolvers<void>()
    const sync = disk.sync.bind(disk)
    disk.sync = (fd) => {
      disk.sync = sync
      return synced.promise.then(() => sync(fd))
    }
    const puts = [channel.put(numbered(6, 8))]
    await turn()
    puts.push(channel.put(numbered(8, 9)))
    await take.commit()
    puts.push(channel.put(numbered(9, 11)), channel.put(numbered(11, 14)))
    expect(channel.heldInMemory).toBe(2)
    for (let turns = 0; turns < 10; turns++) await turn()
    synced.resolve()
    await Promise.all(puts)
    await channel[Symbol.asyncDispose]()
    expect(await takeAll(await open())).toEqual(bodiesFrom(4, 14))
  })

  it.each(['process', 'power'] as const)(
    'finds what was on disk after a %s crash, and misses nothing else',
    async (kind) => {
      const { open, log, kill } = spillableBench()
      const channel = await open()
      await interleaved(channel)
      kill(kind)
      const again = await open()
      expect(again.held).toBe(20)
      expect(await takeAll(again)).toEqual([...bodiesFrom(10, 20), ...bodiesFrom(25, 35)])
      expect(log.of('error')).toEqual([])
    },
  )

  it('finds what was written down, whatever became of the agent after it', async () => {
    const { open, kill } = spillableBench()
    const channel = await open()
    await interleaved(channel)
    await channel.writeDown()
    kill('power')
    expect(await takeAll(await open())).toEqual(bodiesFrom(5, 35))
  })
})

it.each([1, 2, 3, 4])('calls nothing lost when the power fails while memory is written down, seed %i', async (seed) => {
  for (let step = 1; step <= 30; step++) {
    const { open, disk, log, kill } = spillableBench(seed)
    const channel = await open()
    await interleaved(channel)
    disk.crashIn(step)
    const written = channel.writeDown()
    const put = channel.put(numbered(35, 40)).then(
      () => 40,
      () => 35,
    )
    await written
    const end = await put
    kill('power')
    const bodies = await takeAll(await open())
    expect(bodies).toEqual(expect.arrayContaining([...bodiesFrom(10, 20), ...bodiesFrom(25, end)]))
    expect(log.of('error').filter((line) => line.includes('events are lost'))).toEqual([])
  }
})

describe('a put that waits for memory', () => {
  it('goes to the disk at once when memory is written down, behind what it waited for', async () => {
    const { open } = spillableBench()
    const channel = await open({ overflowTimeoutMs: 60_000 })
    await channel.put(numbered(0, 10))
    const waiting = channel.put(numbered(10, 15))
    expect(await isSettled(waiting)).toBe(false)
    await channel.writeDown()
    await (
      await waiting
    ).settled
    await channel[Symbol.asyncDispose]()
    expect(await takeAll(await open())).toEqual(bodiesFrom(0, 15))
  })
})

describe('a disk that cannot take the memory', () => {
  it('leaves it to the sinks, and says so', async () => {
    const { open, disk, log } = spillableBench()
    const channel = await open()
    const { settled } = await channel.put(numbered(0, 10))
    disk.fail('sync', 'EIO', { path: '/data' })
    await channel.writeDown()
    expect(log.of('error')).toEqual([expect.stringContaining('10 events in memory cannot be written down')])
    expect(await isSettled(settled)).toBe(false)
    expect(disk.list('/data').filter((name) => name.endsWith('.data'))).toEqual([])
    await (await channel.take(4, never)).commit()
    await channel[Symbol.asyncDispose]()
    expect(await takeAll(await open())).toEqual(bodiesFrom(4, 10))
  })

  it('refuses a put whose place in the order cannot be noted, and takes the next', async () => {
    const { open, disk, kill } = spillableBench()
    const channel = await open({ memory: 2 })
    await channel.put(numbered(0, 2))
    disk.fail('sync', 'EIO', { path: '/checkpoint' })
    await expect(channel.put(numbered(2, 4))).rejects.toMatchObject({ code: 'CHANNEL_DISK' })
    await channel.put(numbered(4, 6))
    kill('power')
    expect(await takeAll(await open())).toEqual(bodiesFrom(4, 6))
  })
})
