import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { brokerBench, type BrokerPeer } from '../../../test/fakes/broker.ts'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { createTopics } from '../../protocol/messages/create-topics.ts'
import { describeCluster } from '../../protocol/messages/describe-cluster.ts'
import { listOffsets } from '../../protocol/messages/list-offsets.ts'

const create = async (peer: BrokerPeer, name: string, value: string): Promise<void> => {
  const topic = { topic: 't', numPartitions: 1, replicationFactor: 1, replicaAssignment: [], configs: [{ name, value }] } // prettier-ignore
  await peer.call(createTopics, 4, { topics: [topic], timeoutMs: 1000 })
}

test('a compacted topic names the records without a key, to clients that can be told', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await create(peer, 'cleanup.policy', 'compact')
  const records = batchOf(['a', 'b', 'c', 'd'])
  const refused = await peer.produce('t', records, { version: 8 })
  expect(refused).toMatchObject({ errorCode: errorCodes.INVALID_RECORD, baseOffset: -1 })
  expect(refused.recordErrors.map((e) => e.batchIndex)).toEqual([0, 1, 2, 3])
  expect(refused.recordErrors[0]?.batchIndexErrorMessage).toMatch(/^Compacted topic cannot accept message without key/)
  expect(refused.errorMessage).toMatch(/^One or more records have been rejected due to 4 record errors in total/)
  expect((await peer.produce('t', records, { version: 7 })).errorCode).toBe(errorCodes.CORRUPT_MESSAGE)
  expect((await peer.produce('t', batchOf(['a'], { key: 'k' }), { version: 8 })).errorCode).toBe(0)
})

test('a topic that limits times names the records outside', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await create(peer, 'message.timestamp.before.max.ms', '3600000')
  const refused = await peer.produce('t', batchOf(['a', 'b'], { timestampMs: 5 }))
  expect(refused).toMatchObject({
    errorCode: errorCodes.INVALID_TIMESTAMP,
    errorMessage: 'One or more records have been rejected due to invalid timestamp',
  })
  expect(refused.recordErrors[1]).toMatchObject({ batchIndex: 1, batchIndexErrorMessage: expect.stringMatching(/^Timestamp 6 of message/) }) // prettier-ignore
})

test('clients of ListOffsets 0 find segments by their age, and the end of the log from now on', async () => {
  const clock = new FakeClock()
  await using bench = await brokerBench({ 'log.segment.bytes': '300' }, { clock })
  const peer = await bench.peer()
  await peer.createTopic('t')
  const offsets = async (timestamp: number, maxNumOffsets = 10) => {
    const partitions = [{ partition: 0, timestamp, maxNumOffsets }]
    return (await peer.call(listOffsets, 0, { topics: [{ topic: 't', partitions }] })).topics[0]?.partitions[0]
      ?.oldStyleOffsets
  }
  expect(await offsets(-1)).toEqual([0])
  for (const value of ['a', 'b']) await peer.produce('t', batchOf([value.repeat(200)]))
  expect(await offsets(clock.now() + 1)).toEqual([2, 1, 0])
  expect(await offsets(clock.now() + 1, 2)).toEqual([2, 1])
  expect(await offsets(-1, 1)).toEqual([2])
  expect(await offsets(-2, 1)).toEqual([0])
})

test('who asks a broker for the endpoints of controllers is told so', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  const asked = (endpointType: number) => peer.call(describeCluster, 2, { includeClusterAuthorizedOperations: false, endpointType }) // prettier-ignore
  expect(await asked(1)).toMatchObject({ errorCode: 0, errorMessage: null, brokers: [{ isFenced: false }] })
  expect(await asked(2)).toMatchObject({ errorCode: 114, brokers: [] })
  expect(await asked(7)).toMatchObject({ errorCode: 115, errorMessage: 'Unsupported endpoint type 7' })
})
