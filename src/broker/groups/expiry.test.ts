import { describe, expect, test } from 'vitest'
import { groupBench } from '../../../test/fakes/groups.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { encodeSubscription } from '../../protocol/consumer-protocol.ts'

const dayMs = 24 * 3_600_000
/** Offsets live for an hour, and are looked at every minute. */
const bench = () => groupBench({ delayMs: 0, more: { 'offsets.retention.minutes': '60', 'offsets.retention.check.interval.ms': '60000' } }) // prettier-ignore
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
