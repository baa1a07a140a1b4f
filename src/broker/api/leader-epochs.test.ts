import { describe, expect, test } from 'vitest'
import { batchOf, valuesOf } from '../../../test/fakes/batches.ts'
import { type BrokerBench, brokerBench } from '../../../test/fakes/broker.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { deleteTopics } from '../../protocol/messages/delete-topics.ts'
import { fetch } from '../../protocol/messages/fetch.ts'
import { listOffsets } from '../../protocol/messages/list-offsets.ts'
import { metadata } from '../../protocol/messages/metadata.ts'
import { offsetForLeaderEpoch } from '../../protocol/messages/offset-for-leader-epoch.ts'

/** A broker whose partition was written under epochs 2 (offsets 0 and 1) and 5 (from 2 on), as one that was part of a cluster once. */
const withHistory = async (): Promise<BrokerBench> => {
  const bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  for (const value of ['a', 'b', 'c']) await peer.produce('t', batchOf([value]))
  await bench.broker.stop()
  bench.disk.plant('/logs/t-0/leader-epoch-checkpoint', Buffer.from('0\n2\n2 0\n5 2\n'))
  return bench.again()
}

const { FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH } = errorCodes

describe('the epoch that a client knows', () => {
  test.each([
    [-1, 0],
    [5, 0],
    [4, FENCED_LEADER_EPOCH],
    [6, UNKNOWN_LEADER_EPOCH],
  ])('%d is answered with error %d', async (currentLeaderEpoch, error) => {
    await using bench = await withHistory()
    const peer = await bench.peer()
    const part = { partition: 0, currentLeaderEpoch }
    const fetched = await peer.call(fetch, 9, { maxWaitMs: 0, minBytes: 0, sessionId: 0, topics: [{ topic: 't', partitions: [{ ...part, fetchOffset: 0, partitionMaxBytes: 1000 }] }] }) // prettier-ignore
    expect(fetched.topics[0]?.partitions[0]?.errorCode).toBe(error)
    const listed = await peer.call(listOffsets, 4, { topics: [{ topic: 't', partitions: [{ ...part, timestamp: -1 }] }] }) // prettier-ignore
    expect(listed.topics[0]?.partitions[0]?.errorCode).toBe(error)
    const ended = await peer.call(offsetForLeaderEpoch, 2, { topics: [{ topic: 't', partitions: [{ ...part, leaderEpoch: 2 }] }] }) // prettier-ignore
    expect(ended.topics[0]?.partitions[0]?.errorCode).toBe(error)
  })
})

test.each([0, 1, 2, 3, 4])('OffsetForLeaderEpoch %d tells where epochs end', async (version) => {
  await using bench = await withHistory()
  const peer = await bench.peer()
  const partitions = [1, 2, 3, 5, 6].map((leaderEpoch) => ({ partition: 0, leaderEpoch }))
  const { topics } = await peer.call(offsetForLeaderEpoch, version, { topics: [{ topic: 't', partitions }] })
  expect(topics[0]?.partitions.map((p) => p.endOffset)).toEqual([0, 2, 2, 3, -1])
  if (version > 0) expect(topics[0]?.partitions.map((p) => p.leaderEpoch)).toEqual([1, 2, 2, 5, -1])
})

test('a reader of an old epoch is told by Fetch 16 who leads and where, and ListOffsets gives each offset its epoch', async () => {
  await using bench = await withHistory()
  const peer = await bench.peer()
  const topicId = (await peer.call(metadata, 12, { topics: [{ topic: 't' }] })).topics[0]?.topicId ?? ''
  const part = { partition: 0, currentLeaderEpoch: 4, fetchOffset: 0, partitionMaxBytes: 1000 }
  const ask = (version: number) => peer.call(fetch, version, { maxWaitMs: 0, minBytes: 0, sessionId: 0, topics: [{ topicId, partitions: [part] }] }) // prettier-ignore
  const answer = await ask(16)
  expect(answer.topics[0]?.partitions[0]).toMatchObject({ errorCode: FENCED_LEADER_EPOCH, currentLeader: { leaderId: 1001, leaderEpoch: 5 } }) // prettier-ignore
  expect(answer.nodeEndpoints).toMatchObject([{ nodeId: 1001, host: '127.0.0.1', port: bench.port }])
  expect((await ask(15)).topics[0]?.partitions[0]?.currentLeader).toEqual({ leaderId: -1, leaderEpoch: -1 })
  const epochAt = async (timestamp: number) => (await peer.call(listOffsets, 4, { topics: [{ topic: 't', partitions: [{ partition: 0, timestamp }] }] })).topics[0]?.partitions[0]?.leaderEpoch // prettier-ignore
  expect([await epochAt(-2), await epochAt(-1)]).toEqual([2, 5])
})

describe('a reader whose last record', () => {
  const read = async (bench: BrokerBench, fetchOffset: number, lastFetchedEpoch: number) => {
    const partition = { partition: 0, fetchOffset, lastFetchedEpoch, partitionMaxBytes: 1000 }
    const body = { maxWaitMs: 60_000, minBytes: 1, sessionId: 0, topics: [{ topic: 't', partitions: [partition] }] }
    return (await (await bench.peer()).call(fetch, 12, body)).topics[0]?.partitions[0]
  }

  test('is in the log reads on', async () => {
    await using bench = await withHistory()
    const found = await read(bench, 2, 2)
    expect(found).toMatchObject({ errorCode: 0, divergingEpoch: { epoch: -1, endOffset: -1 } })
    expect(valuesOf(found?.records ?? Buffer.alloc(0))).toEqual(['c'])
  })

  test('is not in the log is told at once where the two part', async () => {
    await using bench = await withHistory()
    const beyond = await read(bench, 3, 2)
    expect(beyond).toMatchObject({ errorCode: 0, highWatermark: 3, divergingEpoch: { epoch: 2, endOffset: 2 } })
    expect(beyond?.records).toHaveLength(0)
    expect(await read(bench, 2, 4)).toMatchObject({ errorCode: 0, divergingEpoch: { epoch: 2, endOffset: 2 } })
  })

  test('is of an epoch that is yet to come has lost its place', async () => {
    await using bench = await withHistory()
    expect((await read(bench, 3, 9))?.errorCode).toBe(errorCodes.OFFSET_OUT_OF_RANGE)
  })
})

test('epochs do not go back over a restart, and another topic of the same name has another id', async () => {
  await using bench = await withHistory()
  const seen = async (from: BrokerBench) => {
    const { topics } = await (await from.peer()).call(metadata, 12, { topics: [{ topic: 't' }] })
    return { id: topics[0]?.topicId, epoch: topics[0]?.partitions[0]?.leaderEpoch }
  }
  const first = await seen(bench)
  expect(first.epoch).toBe(5)
  await using again = await bench.again()
  expect(await seen(again)).toEqual(first)
  const peer = await again.peer()
  await peer.call(deleteTopics, 1, { topicNames: ['t'], timeoutMs: 1000 })
  await peer.createTopic('t')
  expect((await seen(again)).id).not.toBe(first.id)
})
