/** A log folder that cannot be read at the start takes some groups with it: whatever is asked of them, the answer is that their coordinator is not here. */
import { expect, test } from 'vitest'
import { brokerBench } from '../../../test/fakes/broker.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { consumerGroupHeartbeat } from '../../protocol/messages/consumer-group-heartbeat.ts'
import { deleteGroups } from '../../protocol/messages/delete-groups.ts'
import { deleteTopics } from '../../protocol/messages/delete-topics.ts'
import { heartbeat } from '../../protocol/messages/heartbeat.ts'
import { joinGroup } from '../../protocol/messages/join-group.ts'
import { leaveGroup } from '../../protocol/messages/leave-group.ts'
import { metadata } from '../../protocol/messages/metadata.ts'
import { offsetCommit } from '../../protocol/messages/offset-commit.ts'
import { offsetFetch } from '../../protocol/messages/offset-fetch.ts'
import { syncGroup } from '../../protocol/messages/sync-group.ts'

const settings = { 'log.dirs': '/a,/b', 'offsets.topic.num.partitions': '4' }
const names = ['a', 'b', 'c', 'd', 'e', 'f']

test('calls about groups that could not be read back', async () => {
  const first = await brokerBench(settings)
  const peer = await first.peer()
  await peer.createTopic('t')
  const topics = [{ topic: 't', partitions: [{ partition: 0, offset: 5, metadata: '' }] }]
  for (const groupId of names) await peer.call(offsetCommit, 2, { groupId, generationId: -1, memberId: '', topics })
  await first[Symbol.asyncDispose]()
  const { disk } = first
  for (const operation of ['open', 'list', 'write', 'read', 'rename', 'unlink', 'stat'] as const)
    disk.fail(operation, 'EIO', { path: '/b', times: Infinity })
  await using second = await brokerBench(settings, { disk })
  const later = await second.peer()
  let lost = 0
  for (const groupId of names) {
    const { errorCode } = await later.call(offsetFetch, 7, { groupId, topics: null, requireStable: false })
    if (errorCode === 0) continue
    lost++
    const member = { groupId, generationId: 1, memberId: 'm' }
    const protocols = [{ name: 'range', metadata: Buffer.alloc(0) }]
    const joining = { memberEpoch: 0, groupInstanceId: null, rackId: null, rebalanceTimeoutMs: 1000, serverAssignor: null, topics: [], subscribedTopicNames: ['t'], subscribedTopicRegex: null } // prettier-ignore
    const answers = [
      await later.call(joinGroup, 3, { groupId, sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 10_000, memberId: '', protocolType: 'consumer', protocols }), // prettier-ignore
      await later.call(syncGroup, 2, { ...member, groupAssignment: [] }),
      await later.call(heartbeat, 2, member),
      await later.call(leaveGroup, 2, { groupId, memberId: 'm' }),
      await later.call(consumerGroupHeartbeat, 1, { groupId, memberId: 'm', ...joining }),
      (await later.call(deleteGroups, 1, { groups: [groupId] })).groups[0],
      (await later.call(offsetCommit, 2, { groupId, generationId: -1, memberId: '', topics })).topics[0]?.partitions[0],
    ]
    expect(answers.map((answer) => answer?.errorCode)).toEqual(answers.map(() => errorCodes.NOT_COORDINATOR))
  }
  expect(lost).toBeGreaterThan(0)
  expect(lost).toBeLessThan(names.length)
})

test.each(['CreateTopics', 'Metadata'])(
  'offsets of a topic that was deleted while they could not be read are none of the next one of its name (%s)',
  async (maker) => {
    const first = await brokerBench(settings)
    const peer = await first.peer()
    await peer.createTopic('t')
    const topics = [{ topic: 't', partitions: [{ partition: 0, offset: 5, metadata: '' }] }]
    for (const groupId of names) await peer.call(offsetCommit, 2, { groupId, generationId: -1, memberId: '', topics })
    await first[Symbol.asyncDispose]()
    const { disk } = first
    for (const operation of ['open', 'list', 'write', 'read', 'rename', 'unlink', 'stat'] as const)
      disk.fail(operation, 'EIO', { path: '/b', times: Infinity })
    const second = await brokerBench(settings, { disk })
    const deleted = await (await second.peer()).call(deleteTopics, 3, { topicNames: ['t'], timeoutMs: 1000 })
    expect(deleted.topics[0]?.errorCode).toBe(0)
    await second[Symbol.asyncDispose]()
    disk.heal()
    await using third = await brokerBench(settings, { disk })
    const later = await third.peer()
    const offsets = async (): Promise<number[]> => {
      const asked = { topics: [{ topic: 't', partitions: [0] }], requireStable: false }
      const answers = await Promise.all(names.map((groupId) => later.call(offsetFetch, 7, { groupId, ...asked })))
      return answers.map(({ topics: [topic] }) => topic?.partitions[0]?.offset ?? NaN)
    }
    expect(new Set(await offsets())).toEqual(new Set([5, -1]))
    if (maker === 'CreateTopics') await later.createTopic('t')
    else await later.call(metadata, 4, { topics: [{ topic: 't' }], allowAutoTopicCreation: true })
    expect(new Set(await offsets())).toEqual(new Set([-1]))
  },
)
