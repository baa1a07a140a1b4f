/** Groups of the newer protocol over crashes, full disks and changes of protocol. */
import { expect, test } from 'vitest'
import { ConsumerPeer, consumerGroup, faultOf, settle } from '../../../../test/fakes/consumer-members.ts'
import { groupBench, type GroupBench } from '../../../../test/fakes/groups.ts'
import { errorCodes } from '../../../protocol/error-codes.ts'

const bench = async (more: Record<string, string> = {}): Promise<GroupBench> => {
  const made = await groupBench({ delayMs: 0, more })
  made.topics.create({ name: 't', partitions: 4 })
  return made
}

/** The same member with a broker that was started again. */
const after = (peer: ConsumerPeer, again: GroupBench): ConsumerPeer => {
  const one = new ConsumerPeer(again, peer.id, ['t'])
  one.epoch = peer.epoch
  one.owned = peer.owned
  return one
}

test('members go on with their epochs and partitions after the broker was killed', async () => {
  const one = await bench()
  const [a, b] = [new ConsumerPeer(one, 'a', ['t'], { instanceId: 'i', rackId: 'r', assignor: 'range' }), new ConsumerPeer(one, 'b', [], { topics: null, pattern: 't.*' })] // prettier-ignore
  await settle(a, b)
  const told = consumerGroup(one)
  const again = await one.afterCrash()
  const group = consumerGroup(again)
  expect([...group.members.values()]).toEqual([...told.members.values()])
  expect([...group.targets]).toEqual([...told.targets])
  expect([group.epoch, group.assignmentEpoch, group.metadataHash, group.state]).toEqual([told.epoch, told.assignmentEpoch, told.metadataHash, 'Stable']) // prettier-ignore
  const b2 = after(b, again)
  expect((await b2.beat()).memberEpoch).toBe(b.epoch)
  expect(group.epoch).toBe(told.epoch)
  again.clock.advance(45_000)
  expect(await faultOf(b2.beat())).toBe(errorCodes.UNKNOWN_MEMBER_ID)
})

test('a member that was giving up partitions still has to, after the broker was killed', async () => {
  const one = await bench()
  const [a, b] = [new ConsumerPeer(one, 'a', ['t']), new ConsumerPeer(one, 'b', ['t'])]
  await a.beat()
  const all = a.owned
  await b.beat()
  await a.beat()
  const again = await one.afterCrash()
  const [a2, b2] = [after(a, again), after(b, again)]
  await a2.send({ owned: all })
  await b2.beat()
  expect(b2.has).toBe('')
  await settle(a2, b2)
  expect([a2.has, b2.has]).toEqual(['t:0,1', 't:2,3'])
})

test('what cannot be stored has not happened', async () => {
  const one = await bench()
  const [a, b] = [new ConsumerPeer(one, 'a', ['t']), new ConsumerPeer(one, 'b', ['t'])]
  await settle(a)
  one.store.disk.capacityBytes = 1
  expect(await faultOf(b.beat())).not.toBe(0)
  expect(await faultOf(a.beat())).toBe(0)
  expect([...consumerGroup(one).members.keys()]).toEqual(['a'])
  one.clock.advance(46_000)
  expect([...consumerGroup(one).members.keys()]).toEqual(['a'])
  one.store.disk.capacityBytes = Infinity
  one.clock.advance(45_000)
  expect(consumerGroup(one).members.size).toBe(0)
})

test('an answer waits for the sync that was promised', async () => {
  const one = await bench({ 'log.flush.interval.messages': '1' })
  const a = new ConsumerPeer(one, 'a', ['t'])
  await a.beat()
  expect(a.has).toBe('t:0,1,2,3')
  one.store.disk.fail('sync', 'EIO')
  expect(await faultOf(new ConsumerPeer(one, 'b', ['t']).beat())).toBe(errorCodes.KAFKA_STORAGE_ERROR)
})

test('an empty group changes its protocol, there and back, and keeps its offsets', async () => {
  const one = await bench()
  const classic = one.member()
  await one.stable(classic)
  await classic.commit(7)
  const a = new ConsumerPeer(one, 'a', ['t'])
  expect(await faultOf(a.beat())).toBe(errorCodes.GROUP_ID_NOT_FOUND)
  classic.leave()
  await a.beat()
  expect(a.has).toBe('t:0,1,2,3')
  expect(await one.member().join()).toMatchObject({ error: errorCodes.INCONSISTENT_GROUP_PROTOCOL })
  const second = await one.afterCrash()
  expect(consumerGroup(second).members.has('a')).toBe(true)
  expect(second.group()?.committed.get('t', 0)?.offset).toBe(7)
  await after(a, second).leave()
  expect(await second.member().join()).toMatchObject({ error: 0, generation: 1 })
  expect(second.group()?.consumer).toBeUndefined()
  const third = await second.afterCrash()
  expect(third.group()?.consumer).toBeUndefined()
  expect(third.group()?.committed.get('t', 0)?.offset).toBe(7)
})

test('a group is deleted when it is empty, for good', async () => {
  const one = await bench()
  const a = new ConsumerPeer(one, 'a', ['t'])
  await a.beat()
  expect(one.groups.delete('g')).toBe(errorCodes.NON_EMPTY_GROUP)
  await a.leave()
  expect(one.groups.delete('g')).toBe(0)
  expect((await one.afterCrash()).groups.list()).toEqual([])
})

test('members commit with their epoch, and others do not', async () => {
  const one = await bench()
  const a = new ConsumerPeer(one, 'a', ['t'])
  await a.beat()
  const commit = async (memberId: string, generation: number, version = 9): Promise<number> =>
    one.groups.commit({ groupId: 'g', memberId, instanceId: undefined, generation, version, offsets: [{ topic: 't', partition: 0, offset: 5, leaderEpoch: -1, metadata: '', commitMs: 0, expireMs: undefined }] }) // prettier-ignore
  expect(await commit('a', a.epoch)).toBe(0)
  expect(await commit('a', a.epoch + 1)).toBe(errorCodes.STALE_MEMBER_EPOCH)
  expect(await commit('x', 1)).toBe(errorCodes.UNKNOWN_MEMBER_ID)
  expect(await commit('', -1)).toBe(errorCodes.UNKNOWN_MEMBER_ID)
  expect(await commit('a', a.epoch, 8)).toBe(errorCodes.UNSUPPORTED_VERSION)
  expect(one.groups.deleteOffsets('g', [{ topic: 't', partition: 0 }]).partitions).toEqual([errorCodes.GROUP_SUBSCRIBED_TO_TOPIC]) // prettier-ignore
  await a.leave()
  expect(await commit('', -1, 2)).toBe(0)
})

test('inside a transaction members commit with their epoch too, and others outside of a membership', async () => {
  const one = await bench()
  const a = new ConsumerPeer(one, 'a', ['t'])
  await a.beat()
  const commit = (memberId: string, generation: number): Promise<number> =>
    one.groups.commitInTransaction({ groupId: 'g', memberId, instanceId: undefined, generation, producerId: 1, producerEpoch: 0, offsets: [{ topic: 't', partition: 0, offset: 5, leaderEpoch: -1, metadata: '', commitMs: 0, expireMs: undefined }] }) // prettier-ignore
  expect(await commit('a', a.epoch)).toBe(0)
  expect(await commit('a', a.epoch + 1)).toBe(errorCodes.ILLEGAL_GENERATION)
  expect(await commit('x', 1)).toBe(errorCodes.UNKNOWN_MEMBER_ID)
  expect(await commit('', -1)).toBe(0)
})

test('a thousand members: joining costs what it costs, and staying next to nothing', async () => {
  const one = await groupBench({ delayMs: 0 })
  one.topics.create({ name: 't', partitions: 1000 })
  const peers = Array.from({ length: 1000 }, (_, i) => new ConsumerPeer(one, `m${String(i).padStart(4, '0')}`, ['t']))
  for (const peer of peers) await peer.beat()
  one.clock.advance(1000)
  await settle(...peers)
  expect(peers.every(({ has }) => /^t:\d+$/.test(has))).toBe(true)
  const partition = one.topics.get('__consumer_offsets')?.partitions.reduce((sum, log) => sum + log.logEndOffset, 0)
  const startMs = performance.now()
  for (let round = 0; round < 10; round++) for (const peer of peers) await peer.beat({ owned: null })
  expect(performance.now() - startMs).toBeLessThan(2000)
  expect(one.topics.get('__consumer_offsets')?.partitions.reduce((sum, log) => sum + log.logEndOffset, 0)).toBe(
    partition,
  )
})
