/** A topic that is deleted, and created again, while producers and consumers are at it. */
import { expect, test } from 'vitest'
import { batchOf, sequenced, valuesOf } from '../../../test/fakes/batches.ts'
import { brokerBench, type BrokerPeer } from '../../../test/fakes/broker.ts'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { deleteTopics } from '../../protocol/messages/delete-topics.ts'
import { fetch } from '../../protocol/messages/fetch.ts'
import { metadata } from '../../protocol/messages/metadata.ts'
import { offsetCommit } from '../../protocol/messages/offset-commit.ts'
import { offsetFetch } from '../../protocol/messages/offset-fetch.ts'
import type { RequestInput } from '../../protocol/table.ts'

const byName = 12
const byId = 13
const part = (fetchOffset: number) => ({ partition: 0, fetchOffset, partitionMaxBytes: 100_000 })
const limits = { maxWaitMs: 0, minBytes: 1, maxBytes: 100_000, forgottenTopics: [] }

const idOf = async (peer: BrokerPeer): Promise<string> => {
  const { topics } = await peer.call(metadata, 12, {
    topics: [{ topic: 't' }],
    includeTopicAuthorizedOperations: false,
  })
  return topics[0]?.topicId ?? ''
}

const remove = async (peer: BrokerPeer): Promise<void> => {
  const { topics } = await peer.call(deleteTopics, 4, { topicNames: ['t'], timeoutMs: 1000 })
  expect(topics[0]?.errorCode).toBe(0)
}

const ask = async (peer: BrokerPeer, version: number, body: Partial<RequestInput<typeof fetch>>) => {
  const { sessionId, topics, errorCode } = await peer.call(fetch, version, { ...limits, topics: [], ...body })
  const partitions = topics.flatMap((topic) => topic.partitions)
  return {
    errorCode,
    sessionId,
    errors: partitions.map((p) => p.errorCode),
    values: partitions.flatMap((p) => valuesOf(p.records ?? Buffer.alloc(0))),
  }
}

test('sessions by name hear that it is gone, and read the new one once it is there', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  await peer.produce('t', batchOf(['old']))
  const opened = await ask(peer, byName, { sessionId: 0, sessionEpoch: 0, topics: [{ topic: 't', partitions: [part(0)] }] }) // prettier-ignore
  const { sessionId } = opened
  expect(opened.values).toEqual(['old'])
  await remove(peer)
  const gone = await ask(peer, byName, { sessionId, sessionEpoch: 1 })
  expect(gone.errors).toEqual([errorCodes.UNKNOWN_TOPIC_OR_PARTITION])
  await peer.createTopic('t')
  await peer.produce('t', batchOf(['new']))
  const again = await ask(peer, byName, { sessionId, sessionEpoch: 2 })
  expect(again.values).toEqual(['new'])
  const behind = await ask(peer, byName, { sessionId, sessionEpoch: 3, topics: [{ topic: 't', partitions: [part(5)] }] }) // prettier-ignore
  expect(behind.errors).toEqual([errorCodes.OFFSET_OUT_OF_RANGE])
})

test('sessions by id never take the new topic for the old one', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  await peer.produce('t', batchOf(['old']))
  const topicId = await idOf(peer)
  const { sessionId } = await ask(peer, byId, { sessionId: 0, sessionEpoch: 0, topics: [{ topicId, partitions: [part(0)] }] }) // prettier-ignore
  await remove(peer)
  expect((await ask(peer, byId, { sessionId, sessionEpoch: 1 })).errors).toEqual([errorCodes.UNKNOWN_TOPIC_ID])
  await peer.createTopic('t')
  await peer.produce('t', batchOf(['new']))
  expect((await ask(peer, byId, { sessionId, sessionEpoch: 2 })).errors).toEqual([errorCodes.UNKNOWN_TOPIC_ID])
  const newId = await idOf(peer)
  expect(newId).not.toBe(topicId)
  const topics = [{ topicId: newId, partitions: [part(0)] }]
  const forgottenTopics = [{ topicId, partitions: [0] }]
  expect((await ask(peer, byId, { sessionId, sessionEpoch: 3, topics, forgottenTopics })).values).toEqual(['new'])
})

test('who waits for records is answered when the topic goes', async () => {
  await using bench = await brokerBench()
  const [peer, waiting] = [await bench.peer(), await bench.peer()]
  await peer.createTopic('t')
  const topics = [{ topic: 't', partitions: [part(0)] }]
  const answer = ask(waiting, byName, { maxWaitMs: 60_000, topics, sessionId: 0, sessionEpoch: -1 })
  await remove(peer)
  expect((await answer).errors).toEqual([errorCodes.UNKNOWN_TOPIC_OR_PARTITION])
})

test('a producer goes on in the new topic from offset 0, and what it sent to the old one is no duplicate', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  const batch = sequenced(['a', 'b'], 7, 0)
  expect((await peer.produce('t', Buffer.from(batch))).baseOffset).toBe(0)
  await remove(peer)
  expect((await peer.produce('t', Buffer.from(batch))).errorCode).toBe(errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
  await peer.createTopic('t')
  await peer.produce('t', batchOf(['x']))
  expect((await peer.produce('t', Buffer.from(batch))).baseOffset).toBe(1)
})

test('the folders go after the delay, or with the next start, also while the new topic is written', async () => {
  const clock = new FakeClock()
  await using bench = await brokerBench({ 'log.segment.delete.delay.ms': '5000' }, { clock })
  const peer = await bench.peer()
  const deleted = (): string[] => bench.disk.list('/logs').filter((name) => name.endsWith('-delete'))
  for (let round = 0; round < 2; round++) {
    await peer.createTopic('t', 2)
    await peer.produce('t', batchOf([`${round}`]))
    await remove(peer)
  }
  await peer.createTopic('t')
  await peer.produce('t', batchOf(['last']))
  expect(deleted()).toHaveLength(4)
  await clock.advanceSlowly(5100, 100)
  expect(deleted()).toEqual([])
  await remove(peer)
  expect(deleted()).toHaveLength(1)
  await using next = await bench.again()
  await clock.advanceSlowly(100, 10)
  expect(next.disk.list('/logs').filter((name) => name.startsWith('t'))).toEqual([])
})

test('a topic of which the disk keeps a folder is gone, its offsets are, too, and the next of its name is empty, also after a restart', async () => {
  const first = await brokerBench()
  const peer = await first.peer()
  await peer.createTopic('t', 3)
  const partitions = [0, 1, 2].map((partition) => ({ partition, offset: 1, metadata: '' }))
  for (const { partition } of partitions) await peer.produce('t', batchOf(['old']), { partition })
  const committed = { groupId: 'g', generationId: -1, memberId: '', topics: [{ topic: 't', partitions }] }
  await peer.call(offsetCommit, 2, committed)
  first.disk.fail('rename', 'EIO', { path: '/t-1' })
  const { topics } = await peer.call(deleteTopics, 4, { topicNames: ['t'], timeoutMs: 1000 })
  expect(topics[0]?.errorCode).toBe(errorCodes.KAFKA_STORAGE_ERROR)
  const offsets = async (from: BrokerPeer): Promise<(number | undefined)[]> => {
    const asked = { groupId: 'g', topics: [{ topic: 't', partitions: [0, 1, 2] }], requireStable: false }
    return (await from.call(offsetFetch, 7, asked)).topics[0]?.partitions.map(({ offset }) => offset) ?? []
  }
  expect(await offsets(peer)).toEqual([-1, -1, -1])
  await peer.createTopic('t', 3)
  await using second = await first.again()
  const later = await second.peer()
  expect(await offsets(later)).toEqual([-1, -1, -1])
  for (const { partition } of partitions)
    expect(await later.produce('t', batchOf(['new']), { partition })).toMatchObject({ baseOffset: 0 })
})
