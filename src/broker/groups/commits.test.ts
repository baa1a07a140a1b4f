import { expect, test } from 'vitest'
import { groupBench } from '../../../test/fakes/groups.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { partitionOf } from '../topics/internal-topic.ts'
import { OFFSETS_TOPIC } from './offsets-topic.ts'

test('members commit in their generation, and others do not', async () => {
  const bench = await groupBench({ delayMs: 0 })
  const a = bench.member()
  await bench.stable(a)
  expect(await a.commit(5)).toBe(0)
  expect(bench.group()?.committed.get('t', 0)).toMatchObject({ offset: 5, leaderEpoch: 0, metadata: 'm' })
  a.generation = 9
  expect(await a.commit(6)).toBe(errorCodes.ILLEGAL_GENERATION)
  const stranger = bench.member()
  expect(await stranger.commit(6)).toBe(errorCodes.UNKNOWN_MEMBER_ID)
  stranger.generation = 1
  stranger.id = 'x'
  expect(await stranger.commit(6)).toBe(errorCodes.UNKNOWN_MEMBER_ID)
  a.generation = 1
  void bench.member().join()
  expect(await a.commit(7)).toBe(0)
  await a.join()
  expect(await a.commit(8)).toBe(errorCodes.REBALANCE_IN_PROGRESS)
})

test('who is no member commits for a group that has none', async () => {
  const bench = await groupBench({ delayMs: 0 })
  const simple = bench.member()
  simple.generation = 3
  expect(await simple.commit(1)).toBe(errorCodes.ILLEGAL_GENERATION)
  simple.generation = -1
  expect(await simple.commit(1)).toBe(0)
  expect(bench.group()).toMatchObject({ state: 'Empty', protocolType: undefined })
})

test('a commit that cannot be stored is not remembered', async () => {
  const bench = await groupBench({ delayMs: 0 })
  const simple = bench.member()
  await simple.commit(1)
  bench.store.disk.capacityBytes = 1
  expect(await simple.commit(2)).toBe(errorCodes.COORDINATOR_NOT_AVAILABLE)
  expect(bench.group()?.committed.get('t', 0)?.offset).toBe(1)
})

test('an assignment that cannot be stored is not given out', async () => {
  const bench = await groupBench({ delayMs: 0 })
  await bench.member().commit(1)
  const a = bench.member()
  await a.join()
  bench.store.disk.capacityBytes = 1
  expect(await a.sync({ [a.id]: 'x' })).toMatchObject({ error: errorCodes.COORDINATOR_NOT_AVAILABLE })
  expect(bench.group()?.state).toBe('PreparingRebalance')
  bench.store.disk.capacityBytes = Infinity
  await a.join()
  expect(await a.sync({ [a.id]: 'x' })).toMatchObject({ error: 0 })
})

test('groups, their members and offsets are there again after the broker was killed', async () => {
  const bench = await groupBench({ delayMs: 0 })
  const a = bench.member({ instanceId: 'i', clientId: 'c' })
  await bench.stable(a, {}, 'my share')
  for (let offset = 1; offset <= 100; offset++) await a.commit(offset)
  const again = await bench.afterCrash()
  const group = again.group()
  expect(group).toMatchObject({ state: 'Stable', generation: 1, protocolType: 'consumer', protocolName: 'range', leaderId: a.id }) // prettier-ignore
  expect(group?.committed.get('t', 0)).toEqual({ offset: 100, leaderEpoch: 0, metadata: 'm', commitMs: 5, expireMs: undefined }) // prettier-ignore
  const member = group?.members.get(a.id)
  expect(member).toMatchObject({ instanceId: 'i', clientId: 'c', clientHost: '/127.0.0.1', sessionTimeoutMs: 10_000 })
  expect([String(member?.assignment), String(member?.metadataFor('range'))]).toEqual(['my share', 'topics'])
  expect(again.groups.heartbeat('g', { memberId: a.id, instanceId: 'i' }, 1)).toBe(0)
  again.clock.advance(10_000)
  expect(again.group()?.state).toBe('Empty')
  expect((await again.afterCrash()).group()).toMatchObject({ state: 'Empty', generation: 2 })
})

test('a deleted group stays deleted, and so do the offsets of a deleted topic', async () => {
  const bench = await groupBench({ delayMs: 0 })
  const a = bench.member()
  await bench.stable(a)
  await a.commit(1, 't')
  await a.commit(1, 'u')
  expect(bench.groups.delete('g')).toBe(errorCodes.NON_EMPTY_GROUP)
  expect(bench.groups.delete('none')).toBe(errorCodes.GROUP_ID_NOT_FOUND)
  bench.groups.forgetTopic('u')
  const second = await bench.afterCrash()
  expect(second.group()?.committed.topics()).toEqual(['t'])
  second.groups.leave('g', { memberId: a.id, instanceId: undefined }, '')
  expect(second.groups.delete('g')).toBe(0)
  expect((await second.afterCrash()).groups.list()).toEqual([])
})

test('groups have the partition that Kafka gives them', () => {
  expect(['', 'a', 'console-consumer-12345', 'gruppe-ä', 'x'.repeat(100)].map((id) => partitionOf(id, 50))).toEqual([0, 47, 6, 48, 46]) // prettier-ignore
})

test('the topic comes into being with the first group, compacted, and only then', async () => {
  const bench = await groupBench({ delayMs: 0 })
  expect(bench.topics.get(OFFSETS_TOPIC)).toBeUndefined()
  await bench.member().commit(1)
  const topic = bench.topics.get(OFFSETS_TOPIC)
  expect([topic?.partitions.length, topic?.internal, topic?.configs.get('cleanup.policy')]).toEqual([
    4,
    true,
    'compact',
  ])
})

test('offsets.topic.compression.codec says how the records are compressed, and they are read back', async () => {
  const plain = await groupBench({ delayMs: 0 })
  const packed = await groupBench({ delayMs: 0, more: { 'offsets.topic.compression.codec': '1' } })
  const size = (bench: typeof plain): number =>
    bench.topics.get(OFFSETS_TOPIC)?.partitions.reduce((sum, log) => sum + log.sizeOnDisk, 0) ?? 0
  for (const bench of [plain, packed]) await bench.member().commit(7, 't', { metadata: 'x'.repeat(1000) })
  expect(size(packed)).toBeLessThan(size(plain) / 2)
  expect((await packed.afterCrash()).group()?.committed.get('t', 0)?.offset).toBe(7)
})
