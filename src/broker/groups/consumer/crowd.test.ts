import { expect, test } from 'vitest'
import { ConsumerPeer, consumerGroup, settle, sharedPartitions } from '../../../../test/fakes/consumer-members.ts'
import { groupBench, type GroupBench } from '../../../../test/fakes/groups.ts'

const bench = async (): Promise<GroupBench> => {
  const made = await groupBench()
  made.topics.create({ name: 't', partitions: 600 })
  return made
}

const crowd = (one: GroupBench, count: number): ConsumerPeer[] =>
  Array.from({ length: count }, (_, i) => new ConsumerPeer(one, `m${i}`, ['t']))

/** How often the targets of all were made anew while these came. */
const targetsMade = async (one: GroupBench, peers: readonly ConsumerPeer[]): Promise<number> => {
  const epochs = new Set<number>()
  for (const peer of peers) {
    await peer.beat()
    epochs.add(consumerGroup(one).assignmentEpoch)
  }
  return epochs.size
}

test('a few members have new targets with each one that comes', async () => {
  const one = await bench()
  expect(await targetsMade(one, crowd(one, 20))).toBe(20)
})

test('members that come in a crowd do not have the targets of all made anew for each of them', async () => {
  const one = await bench()
  const peers = crowd(one, 300)
  expect(await targetsMade(one, peers)).toBe(51)
  expect(consumerGroup(one).state).toBe('Assigning')
  expect(peers.at(-1)?.has).toBe('')
})

test('each of a crowd has its share with the heartbeats that follow, and nobody another one', async () => {
  const one = await bench()
  const peers = crowd(one, 300)
  await targetsMade(one, peers)
  one.clock.advance(1000)
  await settle(...peers)
  expect(consumerGroup(one).state).toBe('Stable')
  expect(new Set(peers.map(({ owned }) => owned.values().next().value?.size))).toEqual(new Set([2]))
  expect(sharedPartitions(peers)).toEqual([])
})

test('a member that comes once the crowd has left does not wait for its share', async () => {
  const one = await bench()
  const [first, ...others] = crowd(one, 61)
  await targetsMade(one, others)
  for (const peer of others) await peer.leave()
  await first?.beat()
  expect(first?.owned.values().next().value?.size).toBe(600)
})
