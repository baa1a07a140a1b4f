import { afterEach, expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { brokerBench, type BrokerBench, type BrokerPeer } from '../../../test/fakes/broker.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { createTopics } from '../../protocol/messages/create-topics.ts'
import { deleteRecords } from '../../protocol/messages/delete-records.ts'
import { fetch } from '../../protocol/messages/fetch.ts'
import { metadata } from '../../protocol/messages/metadata.ts'
import { listOffsets } from '../../protocol/messages/list-offsets.ts'

let bench: BrokerBench

afterEach(() => bench[Symbol.asyncDispose]())

const begin = async (peer: BrokerPeer, topic: string, offset: number, { version = 2, partition = 0 } = {}) => {
  const { topics } = await peer.call(deleteRecords, version, {
    topics: [{ topic, partitions: [{ partition, offset }] }],
    timeoutMs: 1000,
  })
  const { errorCode, lowWatermark } = topics[0]?.partitions[0] ?? {}
  return [errorCode, lowWatermark]
}

const offsetOf = async (peer: BrokerPeer, topic: string, timestamp: number) => {
  const { topics } = await peer.call(listOffsets, 5, { topics: [{ topic, partitions: [{ partition: 0, timestamp }] }] })
  return topics[0]?.partitions[0]?.offset
}

const fetchAt = async (peer: BrokerPeer, topic: string, fetchOffset: number) => {
  const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: 10_000 }]
  const { topics } = await peer.call(fetch, 11, {
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: 10_000,
    topics: [{ topic, partitions }],
    forgottenTopics: [],
  })
  const { errorCode, logStartOffset } = topics[0]?.partitions[0] ?? {}
  return [errorCode, logStartOffset]
}

const withRecords = async (): Promise<BrokerPeer> => {
  bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  for (let i = 0; i < 5; i++) await peer.produce('t', batchOf([`${i}`]))
  return peer
}

test('a partition begins where it is told to, and readers of what was before are sent away', async () => {
  const peer = await withRecords()
  for (const version of [0, 1, 2]) expect(await begin(peer, 't', version + 1, { version })).toEqual([0, version + 1])
  expect(await offsetOf(peer, 't', -2)).toBe(3)
  expect(await fetchAt(peer, 't', 2)).toEqual([errorCodes.OFFSET_OUT_OF_RANGE, -1])
  expect(await fetchAt(peer, 't', 3)).toEqual([errorCodes.NONE, 3])
})

test('-1 empties it; it never begins earlier again, nor behind its end', async () => {
  const peer = await withRecords()
  expect(await begin(peer, 't', -1)).toEqual([0, 5])
  expect(await begin(peer, 't', 2)).toEqual([0, 5])
  expect(await begin(peer, 't', 6)).toEqual([errorCodes.OFFSET_OUT_OF_RANGE, -1])
  expect(await begin(peer, 't', -2)).toEqual([errorCodes.OFFSET_OUT_OF_RANGE, -1])
  expect((await peer.produce('t', batchOf(['x']))).baseOffset).toBe(5)
})

test('what was answered survives a power cut', async () => {
  const peer = await withRecords()
  expect(await begin(peer, 't', -1)).toEqual([0, 5])
  bench.disk.kill()
  bench.disk.restart('power')
  bench = await bench.again()
  const next = await bench.peer()
  expect([await offsetOf(next, 't', -2), await offsetOf(next, 't', -1)]).toEqual([5, 5])
})

test('nothing is deleted from topics that are compacted, internal, or not there', async () => {
  const peer = await withRecords()
  const configs = [{ name: 'cleanup.policy', value: 'compact' }]
  const topics = [{ topic: 'c', numPartitions: 1, replicationFactor: 1, replicaAssignment: [], configs }]
  await peer.call(createTopics, 4, { topics, timeoutMs: 1000 })
  expect(await begin(peer, 'c', 0)).toEqual([errorCodes.POLICY_VIOLATION, -1])
  await peer.call(metadata, 4, { topics: [{ topic: '__consumer_offsets' }], allowAutoTopicCreation: true })
  expect(await begin(peer, '__consumer_offsets', 0)).toEqual([errorCodes.INVALID_TOPIC_EXCEPTION, -1])
  expect(await begin(peer, 'missing', 0)).toEqual([errorCodes.UNKNOWN_TOPIC_OR_PARTITION, -1])
  expect(await begin(peer, 't', 0, { partition: 1 })).toEqual([errorCodes.UNKNOWN_TOPIC_OR_PARTITION, -1])
})

test('a disk that cannot keep it is told of', async () => {
  const peer = await withRecords()
  bench.disk.fail('open', 'EIO', { path: 'log-start-offset-checkpoint', times: 100 })
  expect(await begin(peer, 't', 2)).toEqual([errorCodes.KAFKA_STORAGE_ERROR, -1])
  bench.disk.heal()
  expect(await begin(peer, 't', 2)).toEqual([0, 2])
})
