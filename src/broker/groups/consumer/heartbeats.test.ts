import { describe, expect, test } from 'vitest'
import {
  ConsumerPeer,
  consumerGroup,
  faultOf,
  settle,
  sharedPartitions,
} from '../../../../test/fakes/consumer-members.ts'
import { groupBench, type GroupBench } from '../../../../test/fakes/groups.ts'
import { seededRandom } from '../../../../test/fakes/random.ts'
import { errorCodes } from '../../../protocol/error-codes.ts'
import { nothing } from './assignment.ts'

const bench = async (partitions = 4, more: Record<string, string> = {}): Promise<GroupBench> => {
  const made = await groupBench({ more })
  made.topics.create({ name: 't', partitions })
  return made
}

describe('members', () => {
  test('that come alone have everything with the first answer', async () => {
    const a = new ConsumerPeer(await bench(), 'a', ['t'])
    expect(await a.beat()).toMatchObject({ memberId: 'a', memberEpoch: 1 })
    expect(a.has).toBe('t:0,1,2,3')
    expect((await a.beat()).assignment).toBeUndefined()
    expect(consumerGroup(a.bench).state).toBe('Stable')
  })

  test('that come second wait until the first has given up', async () => {
    const one = await bench()
    const [a, b] = [new ConsumerPeer(one, 'a', ['t']), new ConsumerPeer(one, 'b', ['t'])]
    await a.beat()
    await b.beat()
    expect([b.has, b.epoch]).toEqual(['', 2])
    expect(consumerGroup(one).state).toBe('Reconciling')
    await a.beat()
    expect([a.has, a.epoch]).toEqual(['t:0,1', 1])
    await b.beat()
    expect(b.has).toBe('')
    await a.beat()
    expect(a.epoch).toBe(2)
    await b.beat()
    expect(b.has).toBe('t:2,3')
    expect(consumerGroup(one).state).toBe('Stable')
  })

  test('that say nothing of what they have are not believed to have given it up', async () => {
    const one = await bench()
    const [a, b] = [new ConsumerPeer(one, 'a', ['t']), new ConsumerPeer(one, 'b', ['t'])]
    await a.beat()
    await b.beat()
    await a.beat()
    await a.beat({ owned: null })
    await b.beat()
    expect([a.epoch, b.has]).toEqual([1, ''])
  })

  test('that leave make room at once', async () => {
    const one = await bench()
    const [a, b] = [new ConsumerPeer(one, 'a', ['t']), new ConsumerPeer(one, 'b', ['t'])]
    await settle(a, b)
    expect(await a.leave()).toMatchObject({ memberEpoch: -1 })
    await b.beat()
    expect(b.has).toBe('t:0,1,2,3')
    await b.leave()
    expect(consumerGroup(one).state).toBe('Empty')
  })

  test('that are silent are taken out, and told so when they speak again', async () => {
    const one = await bench()
    const [a, b] = [new ConsumerPeer(one, 'a', ['t']), new ConsumerPeer(one, 'b', ['t'])]
    await settle(a, b)
    one.clock.advance(30_000)
    await b.beat()
    one.clock.advance(15_000)
    await b.beat()
    expect(b.has).toBe('t:0,1,2,3')
    expect(await faultOf(a.beat())).toBe(errorCodes.UNKNOWN_MEMBER_ID)
    one.clock.advance(44_999)
    expect(await faultOf(b.beat())).toBe(0)
  })

  test('that hold on to partitions for longer than they said are taken out', async () => {
    const one = await bench()
    const [a, b] = [
      new ConsumerPeer(one, 'a', ['t'], { rebalanceTimeoutMs: 10_000 }),
      new ConsumerPeer(one, 'b', ['t']),
    ]
    await a.beat()
    await b.beat()
    const keeps = a.owned
    for (let i = 0; i < 5; i++) {
      await a.send({ owned: keeps })
      one.clock.advance(1999)
    }
    expect(consumerGroup(one).members.has('a')).toBe(true)
    one.clock.advance(1000)
    expect([...consumerGroup(one).members.keys()]).toEqual(['b'])
    await b.beat()
    expect(b.has).toBe('t:0,1,2,3')
  })

  test('of old epochs are shut out, except one that missed the last answer', async () => {
    const one = await bench()
    const [a, b] = [new ConsumerPeer(one, 'a', ['t']), new ConsumerPeer(one, 'b', ['t'])]
    await settle(a, b)
    const { epoch } = a
    expect(await faultOf(a.send({ memberEpoch: epoch + 1 }))).toBe(errorCodes.FENCED_MEMBER_EPOCH)
    expect(await faultOf(a.send({ memberEpoch: epoch - 1, owned: null }))).toBe(errorCodes.FENCED_MEMBER_EPOCH)
    expect(await faultOf(a.send({ memberEpoch: epoch - 1, owned: b.owned }))).toBe(errorCodes.FENCED_MEMBER_EPOCH)
    expect(await a.send({ memberEpoch: epoch - 1, owned: a.owned })).toMatchObject({ memberEpoch: epoch })
    a.epoch = 0
    await a.beat()
    expect([a.epoch, a.has]).toEqual([epoch, 't:0,1'])
  })

  test('are refused what no group could take', async () => {
    const one = await bench(1, { 'group.consumer.max.size': '1' })
    const a = new ConsumerPeer(one, 'a', ['t'])
    const joining = { rebalanceTimeoutMs: 1000, topics: ['t'], owned: nothing }
    expect(await faultOf(a.send({ ...joining, groupId: '' }))).toBe(errorCodes.INVALID_REQUEST)
    expect(await faultOf(a.send({ ...joining, memberId: '' }))).toBe(errorCodes.INVALID_REQUEST)
    expect(await faultOf(a.send({ ...joining, rebalanceTimeoutMs: -1 }))).toBe(errorCodes.INVALID_REQUEST)
    expect(await faultOf(a.send({ ...joining, topics: null }))).toBe(errorCodes.INVALID_REQUEST)
    expect(await faultOf(a.send({ ...joining, owned: null }))).toBe(errorCodes.INVALID_REQUEST)
    expect(await faultOf(a.send({ memberEpoch: -3 }))).toBe(errorCodes.INVALID_REQUEST)
    expect(await faultOf(a.send({ memberEpoch: -2 }))).toBe(errorCodes.INVALID_REQUEST)
    expect(await faultOf(a.send({ ...joining, assignor: 'mine' }))).toBe(errorCodes.UNSUPPORTED_ASSIGNOR)
    expect(await faultOf(a.send({ ...joining, assignor: 'constructor' }))).toBe(errorCodes.UNSUPPORTED_ASSIGNOR)
    expect(await faultOf(a.send({ ...joining, topics: null, pattern: '(' }))).toBe(errorCodes.INVALID_REGULAR_EXPRESSION) // prettier-ignore
    expect(await faultOf(a.send({ memberEpoch: 1 }))).toBe(errorCodes.GROUP_ID_NOT_FOUND)
    expect(await faultOf(a.send({ memberEpoch: -1 }))).toBe(errorCodes.GROUP_ID_NOT_FOUND)
    expect(one.groups.list()).toEqual([])
    await a.beat()
    expect(await faultOf(new ConsumerPeer(one, 'b', ['t']).beat())).toBe(errorCodes.GROUP_MAX_SIZE_REACHED)
    expect(await faultOf(new ConsumerPeer(one, 'b', ['t']).send({ memberEpoch: 1 }))).not.toBe(0)
  })

  test('of version 0 are given an id', async () => {
    const a = new ConsumerPeer(await bench(), '', ['t'], { version: 0 })
    await a.beat()
    expect(a.id).toMatch(/^[\w-]{22}$/)
  })
})

describe('static members', () => {
  const fixed = { instanceId: 'i' }

  test('that go for a while come back to what they had, under another id', async () => {
    const one = await bench()
    const [a, b] = [new ConsumerPeer(one, 'a', ['t'], fixed), new ConsumerPeer(one, 'b', ['t'])]
    await settle(a, b)
    const had = a.has
    expect(await a.leave(-2)).toMatchObject({ memberEpoch: -2 })
    const { epoch } = consumerGroup(one)
    await b.beat()
    expect(b.has).toBe('t:2,3')
    const again = new ConsumerPeer(one, 'c', ['t'], fixed)
    await again.beat()
    expect([again.has, consumerGroup(one).epoch]).toEqual([had, epoch])
    expect(await faultOf(a.beat())).toBe(errorCodes.FENCED_INSTANCE_ID)
    expect([...consumerGroup(one).members.keys()].toSorted()).toEqual(['b', 'c'])
  })

  test('that stay away are taken out', async () => {
    const one = await bench()
    const a = new ConsumerPeer(one, 'a', ['t'], fixed)
    await a.beat()
    await a.leave(-2)
    one.clock.advance(45_000)
    expect(consumerGroup(one).members.size).toBe(0)
  })

  test('cannot take an id that is in use', async () => {
    const one = await bench()
    const a = new ConsumerPeer(one, 'a', ['t'], fixed)
    await a.beat()
    expect(await faultOf(new ConsumerPeer(one, 'b', ['t'], fixed).beat())).toBe(errorCodes.UNRELEASED_INSTANCE_ID)
    expect(await faultOf(new ConsumerPeer(one, 'b', ['t'], { instanceId: 'none' }).send({ memberEpoch: 1 }))).toBe(errorCodes.UNKNOWN_MEMBER_ID) // prettier-ignore
    expect(one.groups.leave('g', { memberId: '', instanceId: 'i' }, '')).toBe(0)
    expect(consumerGroup(one).members.size).toBe(0)
  })
})

describe('topics', () => {
  test('that grow are shared out anew, within a second', async () => {
    const one = await bench(1)
    const a = new ConsumerPeer(one, 'a', ['t', 'later'])
    await settle(a)
    one.topics.create({ name: 'later', partitions: 2 })
    one.topics.grow('t', 2)
    await a.beat()
    expect(a.has).toBe('t:0')
    one.clock.advance(1000)
    await settle(a)
    expect(a.has).toBe('later:0,1 t:0,1')
    one.topics.delete('later')
    one.clock.advance(1000)
    await settle(a)
    expect(a.has).toBe('t:0,1')
  })

  test('are found by patterns, new ones too, internal ones not', async () => {
    const one = await bench(1)
    one.topics.create({ name: 'logs-a', partitions: 1 })
    const a = new ConsumerPeer(one, 'a', [], { topics: null, pattern: 'logs-.*|__.*' })
    await settle(a)
    expect(a.has).toBe('logs-a:0')
    one.topics.create({ name: 'logs-b', partitions: 1 })
    one.clock.advance(1000)
    await settle(a)
    expect(a.has).toBe('logs-a:0 logs-b:0')
    await a.beat({ pattern: '', topics: ['t'] })
    await settle(a)
    expect(a.has).toBe('t:0')
  })

  test('are not searched by a pattern that would take forever', async () => {
    const one = await bench(1)
    for (let i = 0; i < 20; i++) one.topics.create({ name: `${'a'.repeat(200)}${i}`, partitions: 1 })
    const a = new ConsumerPeer(one, 'a', [], { topics: null, pattern: '(a?){1000}(a?){1000}b' })
    expect(await faultOf(a.beat())).toBe(errorCodes.INVALID_REGULAR_EXPRESSION)
    expect(one.groups.list()).toEqual([])
  })

  test('may be other ones with every heartbeat', async () => {
    const one = await bench(2)
    one.topics.create({ name: 'u', partitions: 2 })
    const [a, b] = [new ConsumerPeer(one, 'a', ['t']), new ConsumerPeer(one, 'b', ['t', 'u'])]
    await settle(a, b)
    expect([a.has, b.has]).toEqual(['t:0,1', 'u:0,1'])
    await a.beat({ topics: ['t', 'u'], assignor: 'range' })
    await settle(a, b)
    expect([a.has, b.has]).toEqual(['t:0 u:0', 't:1 u:1'])
  })
})

test('a group comes to rest from any state, with everything in one hand each, and no partition ever in two', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed)
    const one = await bench(7)
    one.topics.create({ name: 'u', partitions: 5 })
    let peers: ConsumerPeer[] = []
    let names = 0
    for (let step = 0; step < 150; step++) {
      const pick = peers[Math.floor(random.next() * peers.length)]
      const choice = random.next()
      if (pick === undefined || (choice < 0.15 && peers.length < 6)) {
        peers.push(new ConsumerPeer(one, `m${names++}`, choice < 0.05 ? ['t'] : ['t', 'u']))
        await peers.at(-1)?.beat()
      } else if (choice < 0.22) {
        await pick.leave()
        peers = peers.filter((peer) => peer !== pick)
      } else if (choice < 0.3) await pick.beat({ topics: random.next() < 0.5 ? ['u'] : ['t', 'u'] })
      else await pick.beat()
      expect(sharedPartitions(peers)).toEqual([])
    }
    await settle(...peers)
    for (const peer of peers) await peer.beat({ topics: ['t', 'u'] })
    await settle(...peers)
    const counts = peers.map((peer) => [...peer.owned.values()].reduce((sum, set) => sum + set.size, 0))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(12)
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    expect(consumerGroup(one).state).toBe('Stable')
  }
})
