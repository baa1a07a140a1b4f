/** A log folder that cannot be read at the start takes some groups and transactional ids with it. Nobody is told that they have nothing. */
import { expect, test } from 'vitest'
import { brokerBench, type BrokerPeer } from '../../../test/fakes/broker.ts'
import { TestProducer } from '../../../test/fakes/transactions.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { findCoordinator } from '../../protocol/messages/find-coordinator.ts'
import { offsetCommit } from '../../protocol/messages/offset-commit.ts'
import { offsetFetch } from '../../protocol/messages/offset-fetch.ts'

const settings = {
  'log.dirs': '/a,/b',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.num.partitions': '4',
}
const names = ['a', 'b', 'c', 'd', 'e', 'f']

const commit = async (peer: BrokerPeer, groupId: string, offset: number): Promise<void> => {
  const topics = [{ topic: 't', partitions: [{ partition: 0, offset, metadata: '' }] }]
  const answer = await peer.call(offsetCommit, 2, { groupId, generationId: -1, memberId: '', topics })
  expect(answer.topics[0]?.partitions[0]?.errorCode).toBe(0)
}

/** The offset, or the error, in two versions. */
const told = async (peer: BrokerPeer, groupId: string): Promise<number[]> => {
  const topics = [{ topic: 't', partitions: [0] }]
  const old = (await peer.call(offsetFetch, 1, { groupId, topics })).topics[0]?.partitions[0]
  const now = await peer.call(offsetFetch, 7, { groupId, topics, requireStable: false })
  expect(now.errorCode === 0 ? now.topics[0]?.partitions[0]?.offset : -now.errorCode).toBe(old?.errorCode === 0 ? old.offset : -(old?.errorCode ?? 0)) // prettier-ignore
  return [old?.errorCode ?? -1, old?.offset ?? -1]
}

test('groups and transactional ids in a folder that cannot be read have no coordinator, and the others have', async () => {
  const first = await brokerBench(settings)
  const peer = await first.peer()
  await peer.createTopic('t')
  for (const [n, name] of names.entries()) {
    await commit(peer, name, n)
    await new TestProducer(peer, name).init()
  }
  await first[Symbol.asyncDispose]()
  const { disk } = first
  for (const operation of ['open', 'list', 'write', 'read', 'rename', 'unlink', 'stat'] as const)
    disk.fail(operation, 'EIO', { path: '/b', times: Infinity })
  await using second = await brokerBench(settings, { disk })
  const later = await second.peer()
  const offsets = await Promise.all(names.map((name) => told(later, name)))
  const lost = names.filter((_, n) => offsets[n]?.[0] === errorCodes.NOT_COORDINATOR)
  expect(lost.length).toBeGreaterThan(0)
  expect(lost.length).toBeLessThan(names.length)
  for (const [n, [error, offset]] of offsets.entries()) if (error === 0) expect(offset).toBe(n)
  for (const coordinatorType of [0, 1]) {
    const { coordinators } = await later.call(findCoordinator, 4, { coordinatorType, coordinatorKeys: names })
    const errors = new Map(coordinators.map(({ key, errorCode }) => [key, errorCode]))
    expect(new Set(errors.values())).toEqual(new Set([0, errorCodes.COORDINATOR_NOT_AVAILABLE]))
    if (coordinatorType === 0) expect(names.filter((name) => errors.get(name) !== 0)).toEqual(lost)
    else for (const name of names) expect(await new TestProducer(later, name).init()).toBe(errors.get(name))
    if (coordinatorType === 1)
      for (const name of names.filter((one) => errors.get(one) !== 0))
        expect(await new TestProducer(later, name).end('commit')).toBe(errorCodes.NOT_COORDINATOR)
  }
  expect(second.said.of('error')).toContainEqual(expect.stringMatching(/^__consumer_offsets-\d cannot be read/))
})
