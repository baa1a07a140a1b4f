/** Groups that change their protocol while members are in them, and members of both at once. */
import { describe, expect, test } from 'vitest'
import { ConsumerPeer, consumerGroup, faultOf, settle } from '../../../../test/fakes/consumer-members.ts'
import { groupBench, type GroupBench, type TestMember } from '../../../../test/fakes/groups.ts'
import { decodeAssignment, encodeAssignment, encodeSubscription } from '../../../protocol/consumer-protocol.ts'
import { errorCodes } from '../../../protocol/error-codes.ts'

const bench = async (more: Record<string, string> = {}): Promise<GroupBench> => {
  const made = await groupBench({ delayMs: 0, more })
  made.topics.create({ name: 't', partitions: 4 })
  return made
}

/** What a classic member says when it joins: that it reads `t`, and which partitions it has. */
const having = (...owned: number[]) => ({
  protocols: [
    {
      name: 'cooperative-sticky',
      metadata: encodeSubscription({ topics: ['t'], userData: null, ownedPartitions: owned.length === 0 ? [] : [{ topic: 't', partitions: owned }] }), // prettier-ignore
    },
  ],
})

const partitionsIn = (assignment: Buffer): readonly number[] => decodeAssignment(assignment).partitions[0]?.partitions ?? [] // prettier-ignore

/** A classic member that has all of `t`. */
const alone = async (one: GroupBench, usual: Parameters<GroupBench['member']>[0] = {}): Promise<TestMember> => {
  const a = one.member(usual)
  await a.join(having())
  const assignment = encodeAssignment({ partitions: [{ topic: 't', partitions: [0, 1, 2, 3] }], userData: null })
  await a.sync({ [a.id]: assignment })
  return a
}

/** Joins and syncs; what it may have then. */
const again = async (a: TestMember, ...owned: number[]): Promise<readonly number[]> => {
  expect(await a.join(having(...owned))).toMatchObject({ error: 0, protocolName: 'cooperative-sticky', members: [] })
  const synced = await a.sync()
  expect(synced.error).toBe(0)
  return partitionsIn(synced.assignment)
}

describe('a group of the classic protocol', () => {
  test('goes over when a member of the newer one comes, and goes on with what it had', async () => {
    const one = await bench()
    const a = await alone(one)
    const b = new ConsumerPeer(one, 'b', ['t'])
    await b.beat()
    expect([b.epoch, b.has]).toEqual([2, ''])
    expect(a.heartbeat()).toBe(errorCodes.REBALANCE_IN_PROGRESS)
    expect(await again(a, 0, 1, 2, 3)).toEqual([0, 1])
    expect(a.generation).toBe(1)
    await b.beat()
    expect(b.has).toBe('')
    expect(a.heartbeat()).toBe(errorCodes.REBALANCE_IN_PROGRESS)
    expect(await again(a, 0, 1)).toEqual([0, 1])
    expect(a.generation).toBe(2)
    await b.beat()
    expect(b.has).toBe('t:2,3')
    expect([a.heartbeat(), consumerGroup(one).state]).toEqual([0, 'Stable'])
    expect(await a.commit(5)).toBe(0)
    a.generation = 1
    expect(await a.commit(5)).toBe(errorCodes.ILLEGAL_GENERATION)
  })

  test('hands over at once what an eager member gives up before it joins', async () => {
    const one = await bench()
    const a = await alone(one)
    const b = new ConsumerPeer(one, 'b', ['t'])
    await b.beat()
    expect(await again(a)).toEqual([0, 1])
    await b.beat()
    expect(b.has).toBe('t:2,3')
  })

  test('goes back when the last member of the newer one goes', async () => {
    const one = await bench()
    const a = await alone(one)
    const b = new ConsumerPeer(one, 'b', ['t'])
    await b.beat()
    await again(a)
    await b.beat()
    await b.leave()
    expect(one.group()).toMatchObject({ state: 'PreparingRebalance', consumer: undefined, generation: 2 })
    expect(a.heartbeat()).toBe(errorCodes.REBALANCE_IN_PROGRESS)
    expect(await a.join(having(0, 1))).toMatchObject({ error: 0, generation: 3, leaderId: a.id })
    const back = await one.afterCrash()
    expect(back.group()).toMatchObject({ consumer: undefined, generation: 2, state: 'Stable' })
    expect([...(back.group()?.members.keys() ?? [])]).toEqual([a.id])
  })

  test('stays as it is where groups may not go over', async () => {
    for (const policy of ['disabled', 'DOWNGRADE']) {
      const one = await bench({ 'group.consumer.migration.policy': policy })
      const a = await alone(one)
      expect(await faultOf(new ConsumerPeer(one, 'b', ['t']).beat())).toBe(errorCodes.GROUP_ID_NOT_FOUND)
      expect(a.heartbeat()).toBe(0)
    }
  })

  test('stays as it is when its change cannot be stored', async () => {
    const one = await bench()
    const a = await alone(one)
    one.store.disk.capacityBytes = 1
    expect(await faultOf(new ConsumerPeer(one, 'b', ['t']).beat())).not.toBe(0)
    expect([a.heartbeat(), one.group()?.state]).toEqual([0, 'Stable'])
  })

  test('that is in the middle of a rebalance goes over too: who waits is told to come again', async () => {
    const one = await bench()
    const a = await alone(one)
    const joining = one.member().join(having())
    await new ConsumerPeer(one, 'b', ['t']).beat()
    expect(await joining).toMatchObject({ error: errorCodes.REBALANCE_IN_PROGRESS })
    expect(a.heartbeat()).toBe(errorCodes.REBALANCE_IN_PROGRESS)
  })
})

describe('members of the classic protocol', () => {
  test('join a group of the newer one, and leave it', async () => {
    const one = await bench()
    const b = new ConsumerPeer(one, 'b', ['t'])
    await settle(b)
    const a = one.member({ takesIdFirst: true })
    const first = await a.join(having())
    expect(first).toMatchObject({ error: errorCodes.MEMBER_ID_REQUIRED })
    a.id = first.memberId
    expect(await again(a)).toEqual([])
    await settle(b)
    expect(a.heartbeat()).toBe(errorCodes.REBALANCE_IN_PROGRESS)
    expect(await again(a)).toEqual([2, 3])
    await settle(b)
    expect(b.has).toBe('t:0,1')
    expect([...consumerGroup(one).members.values()].map(({ classic }) => classic !== undefined)).toEqual([false, true])
    expect(a.leave()).toBe(0)
    await settle(b)
    expect(b.has).toBe('t:0,1,2,3')
    expect(one.groups.leave('g', { memberId: 'b', instanceId: undefined }, '')).toBe(errorCodes.UNKNOWN_MEMBER_ID)
  })

  test('are refused where groups may not mix, and where they say what nobody understands', async () => {
    const strict = await bench({ 'group.consumer.migration.policy': 'disabled' })
    await new ConsumerPeer(strict, 'b', ['t']).beat()
    expect(await strict.member().join(having())).toMatchObject({ error: errorCodes.INCONSISTENT_GROUP_PROTOCOL })
    const one = await bench()
    await new ConsumerPeer(one, 'b', ['t']).beat()
    expect(await one.member({ protocolType: 'connect' }).join(having())).toMatchObject({ error: errorCodes.INCONSISTENT_GROUP_PROTOCOL }) // prettier-ignore
    expect(await one.member().join()).toMatchObject({ error: errorCodes.INCONSISTENT_GROUP_PROTOCOL })
  })

  test('are taken out when they are silent, or do not come when they are called', async () => {
    const one = await bench()
    const a = await alone(one, { sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 20_000 })
    const b = new ConsumerPeer(one, 'b', ['t'])
    await b.beat()
    for (let i = 0; i < 4; i++) {
      expect(a.heartbeat()).toBe(errorCodes.REBALANCE_IN_PROGRESS)
      one.clock.advance(5000)
    }
    expect(a.heartbeat()).toBe(errorCodes.UNKNOWN_MEMBER_ID)
    const c = one.member({ sessionTimeoutMs: 10_000 })
    await again(c)
    one.clock.advance(10_000)
    expect(c.heartbeat()).toBe(errorCodes.UNKNOWN_MEMBER_ID)
    await settle(b)
    expect(b.has).toBe('t:0,1,2,3')
  })

  test('of a fixed name come back under another id, and the old one is fenced', async () => {
    const one = await bench()
    const a = await alone(one, { instanceId: 'i' })
    const b = new ConsumerPeer(one, 'b', ['t'])
    await b.beat()
    await again(a)
    await settle(b)
    const a2 = one.member({ instanceId: 'i' })
    expect(await again(a2)).toEqual([0, 1])
    expect([a2.heartbeat(), a.heartbeat()]).toEqual([0, errorCodes.FENCED_INSTANCE_ID])
    expect(await a.join(having())).toMatchObject({ error: errorCodes.FENCED_INSTANCE_ID })
  })

  test('go on after the broker was killed', async () => {
    const one = await bench()
    const a = await alone(one)
    const b = new ConsumerPeer(one, 'b', ['t'])
    await b.beat()
    await again(a)
    await settle(b)
    const second = await one.afterCrash()
    expect(consumerGroup(second).members.get(a.id)).toEqual(consumerGroup(one).members.get(a.id))
    const name = { memberId: a.id, instanceId: undefined }
    expect(second.groups.heartbeat('g', name, a.generation)).toBe(0)
    second.clock.advance(10_000)
    expect(second.groups.heartbeat('g', name, a.generation)).toBe(errorCodes.UNKNOWN_MEMBER_ID)
  })

  test('that take up the newer protocol under their id go on with what they had', async () => {
    const one = await bench()
    const a = await alone(one)
    const b = new ConsumerPeer(one, a.id, ['t'])
    await b.beat()
    expect([b.has, consumerGroup(one).members.size, consumerGroup(one).natives]).toEqual(['t:0,1,2,3', 1, 1])
    expect(a.heartbeat()).toBe(errorCodes.UNKNOWN_MEMBER_ID)
  })
})
