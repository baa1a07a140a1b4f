import { describe, expect, test } from 'vitest'
import { groupBench } from '../../../test/fakes/groups.ts'
import type { StoreBench } from '../../../test/fakes/topic-store.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { encodeSubscription } from '../../protocol/consumer-protocol.ts'

const dayMs = 24 * 3_600_000
/** Offsets live for an hour, and are looked at every minute. */
const bench = (store?: StoreBench) => groupBench({ delayMs: 0, more: { 'offsets.retention.minutes': '60', 'offsets.retention.check.interval.ms': '60000' } }, store) // prettier-ignore
const reading = (...topics: string[]) => ({
  sessionTimeoutMs: 1_800_000,
  protocols: [{ name: 'range', metadata: encodeSubscription({ topics, userData: null }) }],
})

describe('committed offsets', () => {
  test('of clients without a group are forgotten when their time since the commit is over', async () => {
    const { member, clock, group, afterCrash } = await bench()
    const simple = member()
    await simple.commit(1, 'old', { commitMs: clock.now() })
    clock.advance(30 * 60_000)
    await simple.commit(1, 'new', { commitMs: clock.now() })
    clock.advance(29 * 60_000)
    expect(group()?.committed.topics()).toEqual(['old', 'new'])
    clock.advance(60_000)
    expect(group()?.committed.topics()).toEqual(['new'])
    clock.advance(dayMs)
    expect(group()).toBeUndefined()
    expect((await afterCrash()).groups.list()).toEqual([])
  })

  test('of a group live as long as it has members, and their time begins when the last one leaves', async () => {
    const { member, stable, clock, group, afterCrash } = await bench()
    const a = member(reading('t'))
    await stable(a)
    await a.commit(1, 't', { commitMs: clock.now() })
    for (let hours = 0; hours < 10; hours++) {
      clock.advance(1_700_000)
      a.heartbeat()
    }
    expect(group()?.committed.topics()).toEqual(['t'])
    a.leave()
    clock.advance(59 * 60_000)
    expect(group()?.committed.topics()).toEqual(['t'])
    const again = await afterCrash()
    again.clock.advance(60_000)
    expect(again.group()).toBeUndefined()
  })

  test('of topics that the members read no more are forgotten after the commit, the others not', async () => {
    const { member, stable, clock, group } = await bench()
    const a = member(reading('read'))
    await stable(a)
    for (const topic of ['read', 'left']) await a.commit(1, topic, { commitMs: clock.now() })
    for (let i = 0; i < 3; i++) {
      clock.advance(1_700_000)
      a.heartbeat()
    }
    expect(group()?.committed.topics()).toEqual(['read'])
  })

  test('of a protocol that the broker does not know stay while it has members', async () => {
    const { member, stable, clock, group } = await bench()
    const a = member({ protocolType: 'connect', sessionTimeoutMs: 1_800_000 })
    await stable(a)
    await a.commit(1, 't', { commitMs: 0 })
    clock.advance(1_700_000)
    expect(group()?.committed.topics()).toEqual(['t'])
  })

  test('go when their client said so, whatever the rule', async () => {
    const { member, clock, group } = await bench()
    const simple = member()
    await simple.commit(1, 'soon', { commitMs: clock.now(), expireMs: clock.now() + 1000 })
    await simple.commit(1, 'late', { commitMs: clock.now(), expireMs: clock.now() + dayMs })
    clock.advance(61_000)
    expect(group()?.committed.topics()).toEqual(['late'])
    clock.advance(dayMs / 2)
    expect(group()?.committed.topics()).toEqual(['late'])
  })

  test('stay when they cannot be deleted on disk', async () => {
    const { member, clock, group, store } = await bench()
    await member().commit(1, 't', { commitMs: clock.now() })
    store.disk.capacityBytes = 1
    clock.advance(dayMs)
    expect(group()?.committed.topics()).toEqual(['t'])
    store.disk.capacityBytes = Infinity
    clock.advance(60_000)
    expect(group()).toBeUndefined()
  })

  test('do not expire, nor do memberships, as long as what was committed later cannot be read', async () => {
    const { groups, topics, member, stable, clock, store } = await bench()
    const a = member({ sessionTimeoutMs: 10_000 })
    await stable(a)
    await a.commit(1, 't', { commitMs: clock.now(), expireMs: clock.now() + 60_000 })
    // more than the start reads at once
    for (let i = 0; i < 40; i++) await a.commit(1, 'much', { metadata: 'm'.repeat(30_000) })
    await a.commit(9, 't', { commitMs: clock.now(), expireMs: clock.now() + dayMs })
    const read = store.disk.read.bind(store.disk)
    store.disk.read = (fd, into, offset, length, position) => {
      if ((position ?? 0) > 0 && length > 65_536) throw Object.assign(new Error('EIO: read'), { code: 'EIO' })
      return read(fd, into, offset, length, position)
    }
    groups[Symbol.dispose]()
    await topics[Symbol.asyncDispose]()
    const torn = await bench(store)
    expect(torn.groups.isUnread('g')).toBe(true)
    const offsets = [{ topic: 't', partition: 0, offset: 2, leaderEpoch: 0, metadata: '', commitMs: 1, expireMs: undefined }] // prettier-ignore
    const late = { groupId: 'g', generation: -1, memberId: '', instanceId: undefined, offsets, producerId: 1, producerEpoch: 0 } // prettier-ignore
    expect(await torn.groups.commitInTransaction(late)).toBe(errorCodes.NOT_COORDINATOR)
    expect(torn.groups.deleteOffsets('g', offsets).error).toBe(errorCodes.NOT_COORDINATOR)
    clock.advance(10 * 60_000)
    store.disk.read = read
    const whole = await torn.afterCrash()
    expect(whole.group()?.committed.get('t', 0)?.offset).toBe(9)
    expect(whole.group()?.state).toBe('Stable')
  })
})

describe('deleting offsets by hand', () => {
  const partition = (topic: string) => ({ topic, partition: 0 })

  test('spares topics that the group reads', async () => {
    const { groups, member, stable, group, afterCrash } = await bench()
    const a = member(reading('read'))
    await stable(a)
    for (const topic of ['read', 'left']) await a.commit(1, topic)
    const asked = ['read', 'left', 'never'].map(partition)
    expect(groups.deleteOffsets('g', asked)).toEqual({ error: 0, partitions: [errorCodes.GROUP_SUBSCRIBED_TO_TOPIC, 0, 0] }) // prettier-ignore
    expect(group()?.committed.topics()).toEqual(['read'])
    expect((await afterCrash()).group()?.committed.topics()).toEqual(['read'])
  })

  test('is refused where the broker cannot know what is read, and for groups that are not there', async () => {
    const { groups, member, stable } = await bench()
    const a = member({ protocolType: 'connect' })
    await stable(a)
    expect(groups.deleteOffsets('g', [partition('t')]).error).toBe(errorCodes.NON_EMPTY_GROUP)
    expect(groups.deleteOffsets('none', []).error).toBe(errorCodes.GROUP_ID_NOT_FOUND)
    expect(groups.deleteOffsets('', []).error).toBe(errorCodes.INVALID_GROUP_ID)
    a.leave()
    expect(groups.deleteOffsets('g', [partition('t')])).toEqual({ error: 0, partitions: [0] })
  })
})
