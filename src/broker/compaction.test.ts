import { expect, test } from 'vitest'
import { brokerBench, type BrokerBench } from '../../test/fakes/broker.ts'
import { keyedBatch } from '../../test/fakes/cleaner.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { batchOf, recordsOf, type ReadRecord } from '../../test/fakes/batches.ts'
import { fetch } from '../protocol/messages/fetch.ts'
import { createTopics } from '../protocol/messages/create-topics.ts'
import { offsetCommit } from '../protocol/messages/offset-commit.ts'
import { offsetFetch } from '../protocol/messages/offset-fetch.ts'

const often = { 'log.cleaner.backoff.ms': '1000', 'log.segment.delete.delay.ms': '1000', 'log.cleaner.min.cleanable.ratio': '0.1' } // prettier-ignore

const bytesBelow = ({ disk }: BrokerBench, folder: string): number =>
  disk.list(folder).reduce((sum, name) => sum + (disk.bytes(`${folder}/${name}`)?.length ?? 0), 0)

test('the topic of committed offsets does not grow with the number of commits', async () => {
  const clock = new FakeClock()
  const settings = { ...often, 'offsets.topic.num.partitions': '1', 'offsets.topic.segment.bytes': '4000' }
  await using bench = await brokerBench(settings, { clock })
  const peer = await bench.peer()
  await peer.createTopic('t')
  const commit = async (offset: number): Promise<void> => {
    const partitions = [{ partition: 0, offset, metadata: '' }]
    const body = { groupId: 'g', generationId: -1, memberId: '', topics: [{ topic: 't', partitions }] }
    const { topics } = await peer.call(offsetCommit, 2, body)
    expect(topics[0]?.partitions[0]?.errorCode).toBe(0)
  }
  let largest = 0
  for (let round = 0; round < 6; round++) {
    for (let i = 0; i < 150; i++) await commit(round * 1000 + i)
    await clock.advanceSlowly(6000, 250)
    largest = Math.max(largest, bytesBelow(bench, '/logs/__consumer_offsets-0'))
  }
  // 900 commits of more than 100 bytes
  expect(largest).toBeLessThan(30_000)
  await using again = await bench.again()
  const asked = { groupId: 'g', topics: [{ topic: 't', partitions: [0] }] }
  const { topics } = await (await again.peer()).call(offsetFetch, 2, asked)
  expect(topics[0]?.partitions[0]?.offset).toBe(5149)
})

test('a compacted topic keeps the last values, says so to its readers, and takes no record without a key', async () => {
  const clock = new FakeClock()
  await using bench = await brokerBench(often, { clock })
  const peer = await bench.peer()
  const configs = [{ name: 'cleanup.policy', value: 'compact' }, { name: 'segment.bytes', value: '2000' }] // prettier-ignore
  await peer.call(createTopics, 4, { topics: [{ topic: 't', numPartitions: 1, replicationFactor: 1, replicaAssignment: [], configs }], timeoutMs: 1000 }) // prettier-ignore
  expect((await peer.produce('t', batchOf(['no key']))).errorCode).toBe(87)
  for (let i = 0; i < 100; i++) await peer.produce('t', keyedBatch([[`k${i % 3}`, `value ${i}`.padEnd(100)]]))
  await clock.advanceSlowly(6000, 250)
  const records: ReadRecord[] = []
  while (records.at(-1)?.offset !== 99) {
    const partitions = [{ partition: 0, fetchOffset: (records.at(-1)?.offset ?? -1) + 1, partitionMaxBytes: 100_000 }]
    const ask = { replicaId: -1, maxWaitMs: 0, minBytes: 1, maxBytes: 100_000, topics: [{ topic: 't', partitions }] }
    const got = (await peer.call(fetch, 4, ask)).topics[0]?.partitions[0]?.records ?? Buffer.alloc(0)
    expect(got.length).toBeGreaterThan(0)
    records.push(...recordsOf(got))
  }
  expect(records.length).toBeLessThan(30)
  expect(records.slice(-3).map(({ offset, value }) => `${offset} ${value.trim()}`)).toEqual(['97 value 97', '98 value 98', '99 value 99']) // prettier-ignore
})

test('log.cleaner.enable=false leaves everything as it is', async () => {
  const clock = new FakeClock()
  await using bench = await brokerBench({ ...often, 'log.cleaner.enable': 'false', 'log.segment.bytes': '2000', 'log.cleanup.policy': 'compact' }, { clock }) // prettier-ignore
  const peer = await bench.peer()
  await peer.createTopic('t')
  for (let i = 0; i < 50; i++) await peer.produce('t', keyedBatch([['k', `value ${i}`.padEnd(100)]]))
  await clock.advanceSlowly(6000, 500)
  expect(bytesBelow(bench, '/logs/t-0')).toBeGreaterThan(50 * 150)
})
