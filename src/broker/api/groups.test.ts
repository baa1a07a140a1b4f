import { describe, expect, test } from 'vitest'
import { brokerBench, type BrokerPeer } from '../../../test/fakes/broker.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { deleteGroups } from '../../protocol/messages/delete-groups.ts'
import { describeGroups } from '../../protocol/messages/describe-groups.ts'
import { findCoordinator } from '../../protocol/messages/find-coordinator.ts'
import { heartbeat } from '../../protocol/messages/heartbeat.ts'
import { initProducerId } from '../../protocol/messages/init-producer-id.ts'
import { joinGroup } from '../../protocol/messages/join-group.ts'
import { leaveGroup } from '../../protocol/messages/leave-group.ts'
import { listGroups } from '../../protocol/messages/list-groups.ts'
import { metadata } from '../../protocol/messages/metadata.ts'
import { offsetCommit } from '../../protocol/messages/offset-commit.ts'
import { offsetDelete } from '../../protocol/messages/offset-delete.ts'
import { offsetFetch } from '../../protocol/messages/offset-fetch.ts'
import { syncGroup } from '../../protocol/messages/sync-group.ts'

/** Joins and syncs as the only member of `g`; gives the member id. */
const enter = async (peer: BrokerPeer, version: number): Promise<string> => {
  const ask = (memberId: string) =>
    peer.call(joinGroup, version, {
      groupId: 'g',
      sessionTimeoutMs: 10_000,
      ...(version > 0 ? { rebalanceTimeoutMs: 10_000 } : {}),
      memberId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.from('want') }],
    })
  let joined = await ask('')
  if (joined.errorCode === errorCodes.MEMBER_ID_REQUIRED) joined = await ask(joined.memberId)
  expect(joined).toMatchObject({ errorCode: 0, generationId: 1, protocolName: 'range', leaderId: joined.memberId })
  expect(joined.members.map((m) => String(m.protocolMetadata))).toEqual(['want'])
  const { memberId } = joined
  const groupAssignment = [{ memberId, memberAssignment: Buffer.from('share') }]
  const same = version >= 7 ? { protocolType: 'consumer', protocolName: 'range' } : {}
  const synced = await peer.call(syncGroup, Math.min(version, 5), { groupId: 'g', generationId: 1, memberId, groupAssignment, ...same }) // prettier-ignore
  expect([synced.errorCode, String(synced.memberAssignment)]).toEqual([0, 'share'])
  return memberId
}

test.each(Array.from({ length: 10 }, (_, version) => version))('JoinGroup %d and its companions', async (version) => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  const memberId = await enter(peer, version)
  expect(memberId).toMatch(/^tester-/)
  const beat = { groupId: 'g', generationId: 1, memberId }
  expect((await peer.call(heartbeat, Math.min(version, 4), beat)).errorCode).toBe(0)
  const v = Math.min(version, 5)
  const who = v < 3 ? { memberId } : { members: [{ memberId, groupInstanceId: null }, { memberId: 'x', groupInstanceId: null }] } // prettier-ignore
  const left = await peer.call(leaveGroup, v, { groupId: 'g', ...who })
  expect([left.errorCode, ...left.members.map((m) => m.errorCode)]).toEqual(v < 3 ? [0] : [0, 0, 25])
  expect((await peer.call(heartbeat, 0, beat)).errorCode).toBe(errorCodes.UNKNOWN_MEMBER_ID)
})

describe('offsets', () => {
  test.each(Array.from({ length: 11 }, (_, version) => version))(
    'are committed and fetched by version %d',
    async (version) => {
      await using bench = await brokerBench()
      const peer = await bench.peer()
      await peer.createTopic('t', 2)
      const known = await peer.call(metadata, 12, { topics: [{ topic: 't' }], includeTopicAuthorizedOperations: false })
      const named = version < 10 ? { topic: 't' } : { topicId: known.topics[0]?.topicId ?? '' }
      const partitions = [{ partition: 1, offset: 42, metadata: 'note' }, { partition: 5, offset: 1, metadata: null }, { partition: 0, offset: 1, metadata: 'x'.repeat(5000) }] // prettier-ignore
      const committed = await peer.call(offsetCommit, version, { groupId: 'g', topics: [{ ...named, partitions }] })
      expect(committed.topics[0]?.partitions.map((p) => p.errorCode)).toEqual([0, 3, errorCodes.OFFSET_METADATA_TOO_LARGE]) // prettier-ignore
      const asked = [{ ...named, partitions: [0, 1] }]
      const fetched = await peer.call(offsetFetch, version, version < 8 ? { groupId: 'g', topics: asked as never } : { groups: [{ groupId: 'g', topics: asked }] }) // prettier-ignore
      const topics = version < 8 ? fetched.topics : (fetched.groups[0]?.topics ?? [])
      expect(topics[0]?.partitions.map((p) => [p.partition, p.offset, p.metadata])).toEqual([[0, -1, ''], [1, 42, 'note']]) // prettier-ignore
      expect(topics[0]?.partitions.map((p) => p.errorCode)).toEqual([version === 0 ? 3 : 0, 0])
    },
  )

  test('of all topics are told to who asks for all, and to strangers nothing', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t')
    await peer.call(offsetCommit, 7, { groupId: 'g', topics: [{ topic: 't', partitions: [{ partition: 0, offset: 9, metadata: null }] }] }) // prettier-ignore
    const all = await peer.call(offsetFetch, 8, { groups: [{ groupId: 'g', topics: null }, { groupId: 'other', topics: null }] }) // prettier-ignore
    expect(all.groups.map((g) => g.topics.map((t) => [t.topic, t.partitions[0]?.offset]))).toEqual([[['t', 9]], []])
  })

  test('and groups survive a restart', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t')
    const memberId = await enter(peer, 5)
    const commit = { groupId: 'g', generationId: 1, memberId, topics: [{ topic: 't', partitions: [{ partition: 0, offset: 77, metadata: null }] }] } // prettier-ignore
    expect((await peer.call(offsetCommit, 7, commit)).topics[0]?.partitions[0]?.errorCode).toBe(0)
    await using second = await bench.again()
    const other = await second.peer()
    expect((await other.call(heartbeat, 3, { groupId: 'g', generationId: 1, memberId })).errorCode).toBe(0)
    const { topics } = await other.call(offsetFetch, 5, { groupId: 'g', topics: null })
    expect(topics[0]?.partitions[0]?.offset).toBe(77)
  })
})

test('groups are found, listed, described and deleted', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  const found = await peer.call(findCoordinator, 4, { coordinatorKeys: ['g', 'h'] })
  expect(found.coordinators.map((c) => [c.key, c.errorCode, c.nodeId, c.port])).toEqual(['g', 'h'].map((key) => [key, 0, 1001, bench.port])) // prettier-ignore
  expect(await peer.call(findCoordinator, 0, { coordinatorKey: 'g' })).toMatchObject({
    errorCode: 0,
    host: '127.0.0.1',
  })
  expect(await peer.call(findCoordinator, 1, { coordinatorKey: 'tx', coordinatorType: 2 })).toMatchObject({ errorCode: 42, nodeId: -1, port: -1 }) // prettier-ignore
  const memberId = await enter(peer, 4)
  const { groups } = await peer.call(listGroups, 5, { statesFilter: ['stable'] })
  expect(groups).toEqual([{ groupId: 'g', protocolType: 'consumer', groupState: 'Stable', groupType: 'classic' }])
  expect((await peer.call(listGroups, 5, { statesFilter: ['Empty'] })).groups).toEqual([])
  const described = await peer.call(describeGroups, 5, { groups: ['g', 'none'] })
  expect(described.groups).toMatchObject([
    { errorCode: 0, state: 'Stable', protocolName: 'range', members: [{ memberId, clientId: 'tester', clientHost: '/127.0.0.1' }] }, // prettier-ignore
    { errorCode: 0, state: 'Dead', members: [] },
  ])
  expect((await peer.call(describeGroups, 6, { groups: ['none'] })).groups[0]?.errorCode).toBe(69)
  const deleting = async () =>
    (await peer.call(deleteGroups, 2, { groups: ['g', 'none'] })).groups.map((g) => g.errorCode)
  expect(await deleting()).toEqual([68, 69])
  await peer.call(leaveGroup, 0, { groupId: 'g', memberId })
  expect(await deleting()).toEqual([0, 69])
})

test('offsets are deleted one by one', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t', 2)
  const partitions = [0, 1].map((partition) => ({ partition, offset: 9, metadata: null }))
  await peer.call(offsetCommit, 7, { groupId: 'g', topics: [{ topic: 't', partitions }] })
  const asked = [{ topic: 't', partitions: [{ partition: 1 }, { partition: 7 }] }]
  const deleted = await peer.call(offsetDelete, 0, { groupId: 'g', topics: asked })
  expect([deleted.errorCode, deleted.topics[0]?.partitions.map((p) => p.errorCode)]).toEqual([0, [0, 3]])
  const { topics } = await peer.call(offsetFetch, 5, { groupId: 'g', topics: null })
  expect(topics[0]?.partitions.map((p) => p.partition)).toEqual([0])
  expect((await peer.call(offsetDelete, 0, { groupId: 'none', topics: asked })).errorCode).toBe(69)
  expect((await peer.call(offsetDelete, 0, { groupId: '', topics: asked })).errorCode).toBe(24)
})

test('a commit for a group that is not there says so from version 9 on', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  const topics = [{ topic: 't', partitions: [{ partition: 0, offset: 9, metadata: null }] }]
  const commit = { groupId: 'g', generationId: 5, memberId: 'm', topics }
  const errorOf = async (version: number): Promise<number | undefined> =>
    (await peer.call(offsetCommit, version, commit)).topics[0]?.partitions[0]?.errorCode
  expect([await errorOf(8), await errorOf(9)]).toEqual([errorCodes.ILLEGAL_GENERATION, errorCodes.GROUP_ID_NOT_FOUND])
})

test('producer ids are never given twice, not even after a restart or without their file', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  const next = async (from: BrokerPeer, version: number): Promise<number> => {
    const answer = await from.call(initProducerId, version, { transactionalId: null, transactionTimeoutMs: 0 })
    expect([answer.errorCode, answer.producerEpoch]).toEqual([0, 0])
    return answer.producerId
  }
  const ids = [await next(peer, 0), await next(peer, 4)]
  await using second = await bench.again()
  ids.push(await next(await second.peer(), 5))
  second.disk.unlink('/logs/producer-id-block')
  await using third = await second.again()
  ids.push(await next(await third.peer(), 2))
  expect(new Set(ids).size).toBe(4)
  const last = await third.peer()
  expect((await last.call(initProducerId, 4, { transactionalId: '', transactionTimeoutMs: 0 })).errorCode).toBe(42)
  expect((await last.call(initProducerId, 4, { transactionalId: 'x', transactionTimeoutMs: 0 })).errorCode).toBe(50)
})
