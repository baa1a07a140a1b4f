import { expect, test } from 'vitest'
import { brokerBench } from '../../../test/fakes/broker.ts'
import type { BrokerPeer } from '../../../test/fakes/broker.ts'
import { TestProducer } from '../../../test/fakes/transactions.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { deleteGroups } from '../../protocol/messages/delete-groups.ts'
import { offsetCommit } from '../../protocol/messages/offset-commit.ts'
import { offsetFetch } from '../../protocol/messages/offset-fetch.ts'

const started = async (overrides: Readonly<Record<string, string>> = {}) => {
  const few = { 'transaction.state.log.num.partitions': '2', 'offsets.topic.num.partitions': '3' }
  const bench = await brokerBench({ ...few, ...overrides })
  const peer = await bench.peer()
  await peer.createTopic('t')
  return { bench, peer, [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() }
}

/** The offset that a group has for partition 0 of `t`, or the error. */
const offsetOf = async (peer: BrokerPeer, groupId: string, requireStable = false): Promise<number | string> => {
  const topics = [{ topic: 't', partitions: [0] }]
  const answer = await peer.call(offsetFetch, 7, { groupId, topics, requireStable })
  const partition = answer.topics[0]?.partitions[0]
  return partition?.errorCode === 0 ? partition.offset : `error ${partition?.errorCode}`
}

const commitPlain = async (peer: BrokerPeer, groupId: string, offset: number): Promise<number | undefined> => {
  const partitions = [{ partition: 0, offset, metadata: '' }]
  const body = { groupId, generationId: -1, memberId: '', topics: [{ topic: 't', partitions }] }
  return (await peer.call(offsetCommit, 2, body)).topics[0]?.partitions[0]?.errorCode
}

const begun = async (peer: BrokerPeer, id: string, groups: readonly string[]): Promise<TestProducer> => {
  const producer = new TestProducer(peer, id)
  await producer.init()
  for (const group of groups) expect(await producer.addOffsets(group)).toBe(0)
  return producer
}

const unstable = `error ${errorCodes.UNSTABLE_OFFSET_COMMIT}`

test('offsets of a transaction are seen once it is committed, and never when it is aborted', async () => {
  await using world = await started()
  const { peer } = world
  const producer = await begun(peer, 'tx', ['g', 'h'])
  await commitPlain(peer, 'g', 5)
  expect(await producer.commitOffset('g', 't', 10)).toBe(0)
  expect(await producer.commitOffset('h', 't', 20, 0)).toBe(0)
  expect([await offsetOf(peer, 'g'), await offsetOf(peer, 'g', true)]).toEqual([5, unstable])
  expect([await offsetOf(peer, 'h'), await offsetOf(peer, 'h', true)]).toEqual([-1, unstable])
  await producer.end('commit')
  expect([await offsetOf(peer, 'g', true), await offsetOf(peer, 'h', true)]).toEqual([10, 20])
  await producer.addOffsets('g')
  await producer.commitOffset('g', 't', 99)
  await producer.end('abort')
  expect(await offsetOf(peer, 'g', true)).toBe(10)
})

test('they survive a restart, decided or not', async () => {
  await using world = await started()
  const open = await begun(world.peer, 'open', ['g'])
  const done = await begun(world.peer, 'done', ['h'])
  await open.commitOffset('g', 't', 10)
  await done.commitOffset('h', 't', 20)
  await done.end('commit')
  await using again = await world.bench.again()
  const peer = await again.peer()
  expect([await offsetOf(peer, 'g'), await offsetOf(peer, 'g', true)]).toEqual([-1, unstable])
  expect(await offsetOf(peer, 'h', true)).toBe(20)
  const { producerId, producerEpoch } = open
  const later = Object.assign(new TestProducer(peer, 'open'), { producerId, producerEpoch })
  expect(await later.end('commit')).toBe(0)
  expect(await offsetOf(peer, 'g', true)).toBe(10)
  await using third = await again.again()
  expect(await offsetOf(await third.peer(), 'g', true)).toBe(10)
})

test('the commit that came last wins, whichever is decided first, before a restart and after', async () => {
  await using world = await started()
  const { peer } = world
  const [one, two] = [await begun(peer, 'one', ['g', 'h']), await begun(peer, 'two', ['g'])]
  await one.commitOffset('g', 't', 1)
  await two.commitOffset('g', 't', 2)
  await one.commitOffset('h', 't', 3)
  await commitPlain(peer, 'h', 4)
  await two.end('commit')
  await one.end('commit')
  expect([await offsetOf(peer, 'g', true), await offsetOf(peer, 'h', true)]).toEqual([2, 4])
  await using again = await world.bench.again()
  const later = await again.peer()
  expect([await offsetOf(later, 'g', true), await offsetOf(later, 'h', true)]).toEqual([2, 4])
})

test('a group that is deleted takes undecided offsets with it', async () => {
  await using world = await started()
  const { peer } = world
  const producer = await begun(peer, 'tx', ['g'])
  await producer.commitOffset('g', 't', 10)
  expect((await peer.call(deleteGroups, 1, { groups: ['g'] })).groups[0]?.errorCode).toBe(0)
  await producer.end('commit')
  expect(await offsetOf(peer, 'g', true)).toBe(-1)
  await using again = await world.bench.again()
  expect(await offsetOf(await again.peer(), 'g', true)).toBe(-1)
})

test('what may not be committed is refused', async () => {
  await using world = await started({ 'offset.metadata.max.bytes': '3' })
  const { peer } = world
  const producer = await begun(peer, 'tx', ['g'])
  expect(await producer.commitOffset('h', 't', 1)).toBe(errorCodes.INVALID_TXN_STATE)
  expect(await producer.commitOffset('h', 't', 1, 4)).toBe(errorCodes.TRANSACTION_ABORTABLE)
  expect(await producer.commitOffset('', 't', 1)).toBe(errorCodes.INVALID_GROUP_ID)
  expect(await producer.commitOffset('g', 'none', 1)).toBe(errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
  const old = Object.assign(new TestProducer(peer, 'tx'), { producerId: producer.producerId, producerEpoch: 0 })
  await producer.end('abort')
  await producer.init()
  await producer.addOffsets('g')
  expect(await old.commitOffset('g', 't', 1)).toBe(errorCodes.INVALID_PRODUCER_EPOCH)
})
