/** The APIs of the newer group protocol over the wire. */
import { expect, test } from 'vitest'
import { brokerBench, type BrokerPeer } from '../../../test/fakes/broker.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { apiVersions } from '../../protocol/messages/api-versions.ts'
import { consumerGroupDescribe } from '../../protocol/messages/consumer-group-describe.ts'
import { consumerGroupHeartbeat } from '../../protocol/messages/consumer-group-heartbeat.ts'
import { describeGroups } from '../../protocol/messages/describe-groups.ts'
import { incrementalAlterConfigs } from '../../protocol/messages/incremental-alter-configs.ts'
import { joinGroup } from '../../protocol/messages/join-group.ts'
import { listGroups } from '../../protocol/messages/list-groups.ts'
import { offsetCommit } from '../../protocol/messages/offset-commit.ts'
import { offsetFetch } from '../../protocol/messages/offset-fetch.ts'

const joining = { groupId: 'g', memberEpoch: 0, groupInstanceId: null, rackId: null, rebalanceTimeoutMs: 1000, serverAssignor: null, topics: [] } // prettier-ignore

const join = (peer: BrokerPeer, version: number, memberId = version === 0 ? '' : 'm') =>
  peer.call(consumerGroupHeartbeat, version, {
    ...joining,
    memberId,
    subscribedTopicNames: ['t'],
    ...(version === 0 ? {} : { subscribedTopicRegex: null }),
  })

test.each([0, 1])('ConsumerGroupHeartbeat %d and ConsumerGroupDescribe', async (version) => {
  await using bench = await brokerBench({ 'group.consumer.heartbeat.interval.ms': '7000' })
  const peer = await bench.peer()
  await peer.createTopic('t', 2)
  const joined = await join(peer, version)
  expect(joined).toMatchObject({ errorCode: 0, errorMessage: null, memberEpoch: 1, heartbeatIntervalMs: 7000 })
  expect(joined.assignment?.topics.map(({ partitions }) => partitions)).toEqual([[0, 1]])
  const { groups } = await peer.call(consumerGroupDescribe, version, { groups: ['g', 'none'], includeAuthorizedOperations: true }) // prettier-ignore
  const partitions = { topicPartitions: [{ topicId: joined.assignment?.topics[0]?.topicId, topic: 't', partitions: [0, 1] }] } // prettier-ignore
  expect(groups).toMatchObject([
    {
      errorCode: 0,
      state: 'Stable',
      epoch: 1,
      assignmentEpoch: 1,
      assignorName: 'uniform',
      members: [
        { memberId: joined.memberId, memberEpoch: 1, clientId: 'tester', clientHost: '/127.0.0.1', subscribedTopics: ['t'], assignment: partitions, targetAssignment: partitions, memberType: version === 0 ? -1 : 1 }, // prettier-ignore
      ],
    },
    { errorCode: errorCodes.GROUP_ID_NOT_FOUND, errorMessage: 'Group none not found.' },
  ])
  expect(groups[0]?.authorizedOperations).toBeGreaterThan(0)
})

test('other calls know of these groups what there is to know', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  await join(peer, 1)
  const listed = { groupId: 'g', protocolType: 'consumer', groupState: 'Stable', groupType: 'consumer' }
  expect((await peer.call(listGroups, 5, { typesFilter: ['consumer'] })).groups).toEqual([listed])
  expect((await peer.call(listGroups, 5, { typesFilter: ['classic'] })).groups).toEqual([])
  const [described] = (await peer.call(describeGroups, 6, { groups: ['g'] })).groups
  expect(described).toMatchObject({ errorCode: 69, errorMessage: 'Group g is not a classic group.', state: 'Dead' })
  const joined = await peer.call(joinGroup, 5, { groupId: 'g', sessionTimeoutMs: 10_000, memberId: '', protocolType: 'consumer', protocols: [{ name: 'range', metadata: Buffer.alloc(0) }] }) // prettier-ignore
  expect(joined.errorCode).toBe(errorCodes.INCONSISTENT_GROUP_PROTOCOL)
})

test('offsets are committed and fetched with the member epoch', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  await join(peer, 1)
  const topics = [{ topic: 't', partitions: [{ partition: 0, offset: 9, metadata: null }] }]
  const commit = async (generationId: number): Promise<number | undefined> =>
    (await peer.call(offsetCommit, 9, { groupId: 'g', generationId, memberId: 'm', topics })).topics[0]?.partitions[0]
      ?.errorCode
  expect([await commit(0), await commit(1)]).toEqual([errorCodes.STALE_MEMBER_EPOCH, 0])
  const fetch = async (memberId: string | null, memberEpoch: number) => {
    const { groups } = await peer.call(offsetFetch, 9, { groups: [{ groupId: 'g', memberId, memberEpoch, topics: null }] }) // prettier-ignore
    return [groups[0]?.errorCode, groups[0]?.topics[0]?.partitions[0]?.offset]
  }
  expect(await fetch('m', 1)).toEqual([0, 9])
  expect(await fetch(null, -1)).toEqual([0, 9])
  expect(await fetch('m', 0)).toEqual([errorCodes.STALE_MEMBER_EPOCH, undefined])
  expect(await fetch('x', 1)).toEqual([errorCodes.UNKNOWN_MEMBER_ID, undefined])
})

test('clients are told that the protocol is there', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  const told = await peer.call(apiVersions, 4, { clientSoftwareName: 'a', clientSoftwareVersion: '1' })
  expect(told.apiKeys.find(({ apiKey }) => apiKey === 68)).toEqual({ apiKey: 68, minVersion: 0, maxVersion: 1 })
  expect(told.finalizedFeatures).toContainEqual({ name: 'group.version', minVersionLevel: 1, maxVersionLevel: 1 })
  expect(told.finalizedFeaturesEpoch).toBeGreaterThanOrEqual(0)
})

test('a broker that is to serve the classic protocol only refuses the other', async () => {
  await using bench = await brokerBench({ 'group.coordinator.rebalance.protocols': 'classic' })
  const peer = await bench.peer()
  await peer.createTopic('t')
  expect((await join(peer, 1)).errorCode).toBe(errorCodes.UNSUPPORTED_VERSION)
})

test('a group may have a heartbeat interval of its own', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  const set = { name: 'consumer.heartbeat.interval.ms', op: 0, value: '9000' }
  const changed = await peer.call(incrementalAlterConfigs, 1, { resources: [{ resourceType: 32, resourceName: 'g', configs: [set] }], validateOnly: false }) // prettier-ignore
  expect(changed.resources[0]?.errorCode).toBe(0)
  expect((await join(peer, 1)).heartbeatIntervalMs).toBe(9000)
})
