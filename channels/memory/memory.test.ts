import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { bodiesOf, eventOf, numbered } from '../../test/conformance/events.ts'
import { isSettled } from '../../test/conformance/scope.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import type { Event } from '../../src/flow/event.ts'
import { chargeOf, defaultByteCapacity, heapOf } from './byte-budget.ts'
import { memory } from './memory.ts'
import { MemoryChannel } from './memory-channel.ts'

const never = new AbortController().signal

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const channelOf = (given: { bytesMax?: number; capacity?: number; keepAliveMs?: number } = {}) => {
  const clock = new FakeClock()
  const options = { name: 'c1', capacity: 100, transactionCapacity: 100, keepAliveMs: 3000, bytesMax: 1e9, ...given }
  return { clock, channel: new MemoryChannel(options, clock) }
}

const sized = (bytes: number): Event => eventOf('x'.repeat(bytes))

describe('the byte limit', () => {
  it('charges events in steps of 100 bytes, at least one, headers included', () => {
    expect(chargeOf([sized(101), sized(101), sized(101)], 0, 3)).toBe(600)
    expect(chargeOf([sized(0)], 0, 1)).toBe(100)
    expect(chargeOf([sized(100)], 0, 1)).toBe(100)
    expect(chargeOf([eventOf('x'.repeat(90), { name: 'value!!' })], 0, 1)).toBe(200)
    expect(chargeOf([sized(1), sized(250), sized(1)], 1, 2)).toBe(300)
  })

  it('holds puts up like the number of events does, and lets them in by what is committed', async () => {
    const { channel } = channelOf({ bytesMax: 500 })
    await channel.put([sized(200), sized(200)])
    const waiting = channel.put([sized(150)])
    expect(await isSettled(waiting)).toBe(false)
    const take = await channel.take(1, never)
    expect(await isSettled(waiting)).toBe(false)
    await take.commit()
    await waiting
    expect(channel.heldBytes).toBe(400)
  })

  it('gives back exactly what it charged, in whatever slices events leave', async () => {
    const { channel } = channelOf()
    await channel.put([sized(10), sized(120), sized(330), eventOf('h', { k: 'v'.repeat(150) })])
    for (const [max, commits] of [
      [3, false],
      [1, true],
      [2, false],
      [2, true],
      [1, true],
    ] as const) {
      const take = await channel.take(max, never)
      if (commits) await take.commit()
      else await take[Symbol.asyncDispose]()
    }
    expect([channel.held, channel.heldBytes]).toEqual([0, 0])
  })

  it('lets a batch above the whole limit in when there is nothing else', async () => {
    const { channel } = channelOf({ bytesMax: 500 })
    await channel.put([sized(10_000)])
    const waiting = channel.put([sized(1)])
    expect(await isSettled(waiting)).toBe(false)
    const take = await channel.take(10, never)
    await take.commit()
    await waiting
  })

  it('leaves a refused put without a trace', async () => {
    const { channel, clock } = channelOf({ bytesMax: 300 })
    await channel.put([sized(200)])
    const refused = channel.put([sized(200)])
    const outcome = expect(refused).rejects.toMatchObject({ code: 'CHANNEL_FULL' })
    clock.advance(3000)
    await outcome
    expect([channel.held, channel.heldBytes]).toEqual([1, 200])
  })
})

describe('its settings', () => {
  it('take the heap of JAVA_OPTS as the default byte limit, else a quarter of the machine', () => {
    expect(heapOf('-Xms100m -Xmx2g -Dx=y')).toBe(2 * 1024 ** 3)
    expect(heapOf('-Xmx512M')).toBe(512 * 1024 ** 2)
    expect(heapOf('-Xmx1g -Xmx20m')).toBe(20 * 1024 ** 2)
    expect(heapOf('-Xmx4096')).toBe(4096)
    expect(heapOf('-Dname=-Xmx1g')).toBeUndefined()
    expect(heapOf('')).toBeUndefined()
    expect(defaultByteCapacity('-Xmx1000k', 0)).toBe(819_200)
    expect(defaultByteCapacity('', 8_000_000)).toBe(1_600_000)
  })

  it('are Flume’s by default, and a transactionCapacity above capacity is a fault', () => {
    const values = { capacity: 100, transactionCapacity: 101, 'keep-alive': 3, byteCapacityBufferPercentage: 20 }
    expect(memory.settings['capacity']?.default).toBe(100)
    expect(memory.settings['transactionCapacity']?.default).toBe(100)
    expect(memory.settings['keep-alive']?.default).toBe(3)
    expect(memory.check?.(values)).toMatchObject([{ level: 'fault', setting: 'transactionCapacity' }])
    expect(memory.check?.({ ...values, transactionCapacity: 100 })).toEqual([])
  })

  it('keep a share of byteCapacity back', async () => {
    const values = {
      capacity: 100,
      transactionCapacity: 100,
      'keep-alive': 0,
      byteCapacity: 1000,
      byteCapacityBufferPercentage: 20,
    }
    const channel = await memory.create(values, fakeContext({ clock: new FakeClock() }))
    await channel.put(Array.from({ length: 8 }, () => sized(100)))
    expect(await isSettled(channel.put([sized(1)]).catch(() => undefined))).toBe(false)
    const unlimited = await memory.create({ ...values, byteCapacity: 0 }, fakeContext())
    await unlimited.put([sized(10_000)])
    await unlimited.put([sized(10_000)])
  })
})

describe('its queue', () => {
  it('keeps nothing of a batch alive that was taken, whatever waits for its receipt', async () => {
    const { channel } = channelOf()
    const taken = async () => {
      const receipt = await channel.put(numbered(0, 10))
      const take = await channel.take(10, never)
      return {
        receipt,
        batch: new WeakRef(take.events),
        event: new WeakRef(take.events[0] ?? {}),
      }
    }
    const { receipt, batch, event } = await taken()
    await channel.put(numbered(10, 20))
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
    expect(batch.deref()).toBeUndefined()
    expect(event.deref()).toBeUndefined()
    expect(await isSettled(receipt.settled)).toBe(false)
  })

  it('gives a whole batch as it was put, and joins small ones up to the number asked for', async () => {
    const { channel } = channelOf()
    const batch = numbered(0, 3)
    await channel.put(batch)
    const whole = await channel.take(5, never)
    expect(whole.events).toBe(batch)
    await whole.commit()
    for (let i = 0; i < 4; i++) await channel.put(numbered(i * 2, i * 2 + 2))
    const joined = await channel.take(5, never)
    expect(bodiesOf(joined.events)).toEqual(['0', '1', '2', '3', '4'])
    await joined.commit()
  })

  it('keeps the order of the puts, whichever take is rolled back first', async () => {
    const { channel } = channelOf()
    await channel.put(numbered(0, 9))
    const takes = [await channel.take(2, never), await channel.take(3, never), await channel.take(2, never)]
    for (const index of [1, 0, 2]) await takes[index]?.[Symbol.asyncDispose]()
    const again = await channel.take(100, never)
    expect(bodiesOf(again.events)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8'])
  })

  it('keeps the order of the puts where a take that comes back spans what another take still holds', async () => {
    const { channel } = channelOf()
    for (const first of [0, 2, 4]) await channel.put(numbered(first, first + 2))
    const before = await channel.take(2, never)
    const between = await channel.take(2, never)
    await before[Symbol.asyncDispose]()
    const around = await channel.take(3, never)
    expect(bodiesOf(around.events)).toEqual(['0', '1', '4'])
    await between[Symbol.asyncDispose]()
    await around[Symbol.asyncDispose]()
    expect(bodiesOf((await channel.take(100, never)).events)).toEqual(['0', '1', '2', '3', '4', '5'])
  })

  it('does not spin with keep-alive 0: a take still waits a second', async () => {
    const { channel, clock } = channelOf({ keepAliveMs: 0 })
    const waiting = channel.take(1, never)
    clock.advance(999)
    expect(await isSettled(waiting)).toBe(false)
    clock.advance(1)
    expect((await waiting).events).toEqual([])
  })

  it('serves takes and puts that wait by one timer each, however many there are', async () => {
    const { channel, clock } = channelOf({ capacity: 1 })
    await channel.put(numbered(0, 1))
    const first = await channel.take(1, never)
    const puts = Array.from({ length: 50 }, (_, i) => channel.put(numbered(i, i + 1)).catch(() => 'refused'))
    const takes = Array.from({ length: 50 }, () => channel.take(1, never))
    expect(clock.waiting).toBe(2)
    clock.advance(3000)
    expect(await Promise.all(puts)).toEqual(puts.map(() => 'refused'))
    expect((await Promise.all(takes)).every((take) => take.events.length === 0)).toBe(true)
    await first[Symbol.asyncDispose]()
  })
})
