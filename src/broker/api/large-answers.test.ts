/** Small requests that name the same thing very often must not become answers of gigabytes. */
import { expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { brokerBench } from '../../../test/fakes/broker.ts'
import { describeConfigs } from '../../protocol/messages/describe-configs.ts'
import { describeGroups } from '../../protocol/messages/describe-groups.ts'
import { describeProducers } from '../../protocol/messages/describe-producers.ts'
import { describeTransactions } from '../../protocol/messages/describe-transactions.ts'
import { fetch } from '../../protocol/messages/fetch.ts'
import { listOffsets } from '../../protocol/messages/list-offsets.ts'
import { metadata } from '../../protocol/messages/metadata.ts'
import { offsetFetch } from '../../protocol/messages/offset-fetch.ts'

const often = 100_000
const times = <T>(value: T): T[] => Array.from({ length: often }, () => value)

test('each thing is told once, however often it is asked for', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t', 50)
  expect((await peer.call(metadata, 9, { topics: times({ topic: 't' }) })).topics).toHaveLength(1)
  expect((await peer.call(metadata, 12, { topics: times({ topic: null, topicId: 'BAAAAAAAAAAAAAAAAAAAAA' }) })).topics).toHaveLength(1) // prettier-ignore
  const resource = { resourceType: 2, resourceName: 't', configNames: null }
  expect((await peer.call(describeConfigs, 1, { resources: times(resource) })).resources).toHaveLength(1)
  expect((await peer.call(describeGroups, 0, { groups: times('g') })).groups).toHaveLength(1)
  const producers = await peer.call(describeProducers, 0, { topics: [{ topic: 't', partitions: times(0) }] })
  expect(producers.topics[0]?.partitions).toHaveLength(1)
  expect((await peer.call(describeTransactions, 0, { transactionalIds: times('x') })).transactionStates).toHaveLength(1)
  expect((await peer.call(offsetFetch, 8, { groups: times({ groupId: 'g', topics: null }) })).groups).toHaveLength(1)
})

test('ListOffsets refuses a partition that is named twice, also under two topics', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t', 2)
  const asked = (partition: number) => ({ topic: 't', partitions: [{ partition, timestamp: -1 }] })
  const { topics } = await peer.call(listOffsets, 1, { topics: [asked(0), asked(1), asked(0)] })
  expect(topics.map((topic) => topic.partitions[0]?.errorCode)).toEqual([42, 0, 42])
})

test.each([0, 3, 4])('Fetch %d stays below fetch.max.bytes, whatever is named how often', async (version) => {
  await using bench = await brokerBench({ 'fetch.max.bytes': '2000000' })
  const peer = await bench.peer()
  await peer.createTopic('t')
  await peer.produce('t', batchOf(['x'.repeat(900_000)]))
  const partition = { partition: 0, fetchOffset: 0, partitionMaxBytes: 100_000_000 }
  const topics = [{ topic: 't', partitions: Array.from({ length: 5000 }, () => partition) }]
  const answer = await peer.call(fetch, version, { maxWaitMs: 0, minBytes: 1, sessionId: 0, topics })
  const bytes = answer.topics.flatMap((t) => t.partitions).reduce((sum, p) => sum + (p.records?.length ?? 0), 0)
  expect(bytes).toBeGreaterThan(800_000)
  expect(bytes).toBeLessThan(4_000_000)
})
