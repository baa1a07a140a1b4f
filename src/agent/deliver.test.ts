import { describe, expect, it } from 'vitest'
import { bodiesOf, eventOf, numbered } from '../../test/conformance/events.ts'
import { isSettled } from '../../test/conformance/scope.ts'
import { fakeDelivery } from '../../test/fakes/delivery.ts'
import { ScriptedChannel } from '../../test/fakes/scripted-channel.ts'
import { InvariantBroken } from '../base/assert.ts'
import { Fault } from '../base/faults.ts'
import type { Channel } from '../flow/channel.ts'
import type { Interceptor } from '../flow/interceptor.ts'

const never = new AbortController().signal
const full = (): Fault => new Fault('CHANNEL_FULL', { channel: 'c1', events: 1, seconds: 3 })

const takeAll = async (channel: Channel): Promise<string[]> => {
  const bodies: string[] = []
  while (channel.held > 0) {
    await using take = await channel.take(1000, never)
    bodies.push(...bodiesOf(take.events))
    await take.commit()
  }
  return bodies
}

const dropping = (...bodies: string[]): Interceptor => ({
  intercept: (batch) => batch.filter((event) => !bodies.includes(String(event.body))),
})

describe('deliver', () => {
  it('resolves with the channel’s own receipt when there is one channel and one piece', async () => {
    const c1 = new ScriptedChannel()
    const receipts: unknown[] = []
    const put = c1.put.bind(c1)
    c1.put = async (batch) => {
      const receipt = await put(batch)
      receipts.push(receipt)
      return receipt
    }
    const { deliver } = fakeDelivery({ c1 })
    expect(await deliver(numbered(0, 3))).toBe(receipts[0])
  })

  it('takes effect in call order, whatever batch a channel refuses on the way', async () => {
    const c1 = new ScriptedChannel()
    c1.refusals.push(undefined, full(), full())
    const { deliver, clock } = fakeDelivery({ c1 })
    const all = Promise.all([deliver(numbered(0, 2)), deliver(numbered(2, 4)), deliver(numbered(4, 6))])
    await clock.advanceSlowly(1000, 50)
    await all
    expect(await takeAll(c1)).toEqual(['0', '1', '2', '3', '4', '5'])
  })

  it('puts a batch in pieces of transactionCapacity, in order, and settles when all of them have', async () => {
    const c1 = new ScriptedChannel({ transactionCapacity: 2 })
    const { deliver } = fakeDelivery({ c1 })
    const receipt = await deliver(numbered(0, 5))
    expect(c1.tried).toEqual([['0', '1'], ['2', '3'], ['4']])
    for (let piece = 0; piece < 3; piece++) {
      expect(await isSettled(receipt.settled)).toBe(false)
      await using take = await c1.take(2, never)
      await take.commit()
    }
    await receipt.settled
  })

  it('never puts a piece again that the channel has', async () => {
    const c1 = new ScriptedChannel({ transactionCapacity: 2 })
    c1.refusals.push(undefined, full(), full(), undefined)
    const { deliver, clock } = fakeDelivery({ c1 })
    const delivered = deliver(numbered(0, 5))
    await clock.advanceSlowly(1000, 50)
    await delivered
    expect(await takeAll(c1)).toEqual(['0', '1', '2', '3', '4'])
  })

  it('never puts a batch again into a channel that has it, when another one refuses it', async () => {
    const channels = { c1: new ScriptedChannel(), c2: new ScriptedChannel() }
    channels.c2.refusals.push(full(), full())
    const { deliver, clock } = fakeDelivery(channels)
    const delivered = deliver(numbered(0, 3))
    await clock.advanceSlowly(1000, 50)
    await delivered
    expect(channels.c1.tried).toEqual([['0', '1', '2']])
    expect(await takeAll(channels.c2)).toEqual(['0', '1', '2'])
  })

  it.each([
    ['c1', 'c2'],
    ['c2', 'c1'],
  ] as const)('settles when all required channels have, %s before %s', async (first, last) => {
    const channels = { c1: new ScriptedChannel(), c2: new ScriptedChannel() }
    const { deliver } = fakeDelivery(channels)
    const receipt = await deliver(numbered(0, 3))
    await takeAll(channels[first])
    expect(await isSettled(receipt.settled)).toBe(false)
    await takeAll(channels[last])
    await receipt.settled
  })

  it('rejects once the channel has refused, when the source tells its peer', async () => {
    const c1 = new ScriptedChannel()
    c1.refusals.push(full())
    const { deliver, counters } = fakeDelivery({ c1 }, { whenRefused: 'tell' })
    await expect(deliver(numbered(0, 3))).rejects.toMatchObject({ code: 'CHANNEL_FULL' })
    await deliver(numbered(3, 4))
    expect(await takeAll(c1)).toEqual(['3'])
    expect(counters.counter('ChannelWriteFail').value).toBe(1)
    expect(counters.counter('EventReceivedCount').value).toBe(4)
    expect(counters.counter('EventAcceptedCount').value).toBe(1)
  })

  it('says once that a channel refuses, and once that it takes again', async () => {
    const c1 = new ScriptedChannel()
    c1.refusals.push(full(), full(), full())
    const { deliver, clock, log } = fakeDelivery({ c1 })
    const delivered = deliver(numbered(0, 1))
    await clock.advanceSlowly(2000, 50)
    await delivered
    await deliver(numbered(1, 2))
    expect(log.of('warn')).toHaveLength(1)
    expect(log.of('warn')[0]).toMatch(/^Channel c1 refuses events of source r1: Channel c1 had no room/)
    expect(log.of('info')).toEqual(['Channel c1 takes events of source r1 again.'])
  })

  it('gives up when the grace period of a stop is over, saying that the batch is not held', async () => {
    const c1 = new ScriptedChannel({ capacity: 1 })
    const { deliver, grace, clock } = fakeDelivery({ c1 })
    await deliver(numbered(0, 1))
    const [second, third] = [deliver(numbered(1, 2)), deliver(numbered(2, 3))]
    const outcomes = Promise.allSettled([second, third])
    grace.abort()
    clock.advance(3000)
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'STOPPED_BEFORE_HELD' } })
    }
    expect(await takeAll(c1)).toEqual(['0'])
  })

  it('lets nothing in while it is held, and everything in order after', async () => {
    const c1 = new ScriptedChannel()
    const { delivery, deliver } = fakeDelivery({ c1 })
    delivery.hold()
    delivery.hold()
    const all = Promise.all([deliver(numbered(0, 2)), deliver(numbered(2, 4))])
    expect(await isSettled(all)).toBe(false)
    expect(c1.tried).toEqual([])
    delivery.release()
    delivery.release()
    await all
    expect(await takeAll(c1)).toEqual(['0', '1', '2', '3'])
  })

  it('lets the event loop turn, whatever a source delivers', async () => {
    const c1 = new ScriptedChannel({ capacity: 1_000_000 })
    const { deliver } = fakeDelivery({ c1 })
    const turned = AbortSignal.timeout(0)
    for (let i = 0; i < 100_000 && !turned.aborted; i++) await deliver(numbered(i, i + 1))
    expect(turned.aborted).toBe(true)
  })
})

describe('on the way', () => {
  it('interceptors see a batch in the order of the file, and what they drop settles at once and counts as dropped', async () => {
    const c1 = new ScriptedChannel()
    const seen: string[] = []
    const watching: Interceptor = {
      intercept: (batch) => {
        seen.push(...bodiesOf(batch))
        return batch
      },
    }
    const { deliver, delivery } = fakeDelivery({ c1 }, { interceptors: [dropping('1'), watching] })
    await deliver(numbered(0, 3))
    expect(seen).toEqual(['0', '2'])
    expect(c1.tried).toEqual([['0', '2']])
    const receipt = await deliver([eventOf('1')])
    await receipt.settled
    expect(c1.tried).toHaveLength(1)
    expect(delivery.account.account()).toEqual({ in: 4, out: 2, dropped: 2, held: 0 })
  })

  it('an interceptor’s error goes to the source and nothing into the channels', async () => {
    const c1 = new ScriptedChannel()
    const failing: Interceptor = {
      intercept: () => {
        throw new Error('Cannot parse')
      },
    }
    const { deliver, delivery, broken } = fakeDelivery({ c1 }, { interceptors: [failing] })
    await expect(deliver(numbered(0, 1))).rejects.toThrow('Cannot parse')
    expect(c1.tried).toEqual([])
    expect(delivery.account.account()).toEqual({ in: 0, out: 0, dropped: 0, held: 0 })
    expect(broken).toEqual([])
  })

  it('a broken invariant ends the agent, and is not tried again', async () => {
    const c1 = new ScriptedChannel()
    c1.refusals.push(new InvariantBroken('The count is off'))
    const { deliver, broken } = fakeDelivery({ c1 })
    await expect(deliver(numbered(0, 1))).rejects.toThrow('The count is off')
    expect(broken).toHaveLength(1)
  })
})

describe('optional channels', () => {
  it('do not count for the receipt', async () => {
    const channels = { c1: new ScriptedChannel(), c2: new ScriptedChannel() }
    const { deliver } = fakeDelivery(channels, { optional: ['c2'] })
    const receipt = await deliver(numbered(0, 2))
    await takeAll(channels.c1)
    await receipt.settled
    expect(channels.c2.held).toBe(2)
  })

  it('may refuse without consequence, which is said once', async () => {
    const channels = { c1: new ScriptedChannel(), c2: new ScriptedChannel() }
    channels.c2.refusals.push(new Error('Disk full'), new Error('Disk full'))
    const { deliver, log, delivery } = fakeDelivery(channels, { optional: ['c2'] })
    for (let i = 0; i < 3; i++) await deliver(numbered(i, i + 1))
    expect(channels.c2.held).toBe(1)
    expect(log.of('warn')).toEqual(['Optional channel c2 goes without events of source r1: Disk full.'])
    expect(log.of('info')).toHaveLength(1)
    expect(delivery.account.account()).toEqual({ in: 3, out: 3, dropped: 0, held: 0 })
  })

  it('never hold up their source: where they are full they are passed over at once', async () => {
    const channels = { c1: new ScriptedChannel(), c2: new ScriptedChannel({ capacity: 1, transactionCapacity: 1 }) }
    const { deliver } = fakeDelivery(channels, { optional: ['c2'] })
    await deliver(numbered(0, 1))
    await deliver(numbered(1, 2))
    expect(channels.c1.held).toBe(2)
    expect(await takeAll(channels.c2)).toEqual(['0'])
  })

  it('drop, and count as dropped, what no required channel wanted and they refused', async () => {
    const channels = { c1: new ScriptedChannel(), c2: new ScriptedChannel() }
    channels.c2.refusals.push(new Error('Disk full'))
    const { deliver, delivery } = fakeDelivery(channels, { optional: ['c1', 'c2'] })
    await (
      await deliver(numbered(0, 2))
    ).settled
    const only = fakeDelivery({ c2: channels.c2 }, { optional: ['c2'] })
    channels.c2.refusals.push(new Error('Disk full'))
    await (
      await only.deliver(numbered(0, 2))
    ).settled
    expect(delivery.account.account()).toEqual({ in: 2, out: 2, dropped: 0, held: 0 })
    expect(only.delivery.account.account()).toEqual({ in: 2, out: 0, dropped: 2, held: 0 })
    expect(only.delivery.account.copied).toBe(0)
  })
})
