import { describe, expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { brokerBench } from '../../../test/fakes/broker.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { alterPartitionReassignments } from '../../protocol/messages/alter-partition-reassignments.ts'
import { createPartitions } from '../../protocol/messages/create-partitions.ts'
import { describeTopicPartitions } from '../../protocol/messages/describe-topic-partitions.ts'
import { electLeaders } from '../../protocol/messages/elect-leaders.ts'
import { listPartitionReassignments } from '../../protocol/messages/list-partition-reassignments.ts'
import { metadata } from '../../protocol/messages/metadata.ts'
import type { RequestInput } from '../../protocol/table.ts'

type Growth = RequestInput<typeof createPartitions>['topics'][number]
const to = (topic: string, count: number, assignment: Growth['assignment'] = null): Growth => ({
  topic,
  count,
  assignment,
})
const on = (...ids: number[]) => ({ replicas: ids })

describe('CreatePartitions', () => {
  test('grows a topic, whose new partitions take records at once and are there after a restart', async () => {
    await using bench = await brokerBench({ 'log.dirs': '/a,/b' })
    const peer = await bench.peer()
    await peer.createTopic('t', 2)
    await peer.produce('t', batchOf(['old']))
    const grown = await peer.call(createPartitions, 3, { topics: [to('t', 4)], timeoutMs: 1000, validateOnly: false })
    expect(grown.topics).toEqual([{ topic: 't', errorCode: 0, errorMessage: null }])
    expect((await peer.produce('t', batchOf(['new']), { partition: 3 })).errorCode).toBe(0)
    expect((await peer.produce('t', batchOf(['next']))).baseOffset).toBe(1)
    const before = (await peer.call(metadata, 12, { topics: [{ topic: 't' }] })).topics[0]
    await using again = await bench.again()
    const after = (await (await again.peer()).call(metadata, 12, { topics: [{ topic: 't' }] })).topics[0]
    expect(after).toEqual(before)
    expect(after?.partitions).toHaveLength(4)
    expect((await (await again.peer()).produce('t', batchOf(['x']), { partition: 3 })).baseOffset).toBe(1)
  })

  test('answers in the words of Kafka what cannot be', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t', 3)
    const topics = [to('t', 3), to('none', 4), to('twice', 4), to('twice', 5)]
    const ask = async (asked: Growth[]) => {
      const answer = await peer.call(createPartitions, 1, { topics: asked, timeoutMs: 1000, validateOnly: false })
      return answer.topics.map((t) => [t.errorCode, t.errorMessage])
    }
    expect(await ask(topics)).toEqual([
      [37, 'Topic already has 3 partition(s).'],
      [3, null],
      [42, 'Duplicate topic name.'],
      [42, 'Duplicate topic name.'],
    ])
    expect(await ask([to('t', 2)])).toEqual([
      [37, 'The topic t currently has 3 partition(s); 2 would not be an increase.'],
    ])
    expect(await ask([to('t', 1_000_000)])).toMatchObject([[37, expect.stringContaining('more than a topic may have')]])
    expect(await ask([to('t', 5, [on(1001)])])).toMatchObject([[39, expect.stringContaining('only 1 assignment(s)')]])
    expect(await ask([to('t', 4, [on(7)])])).toMatchObject([[39, expect.stringContaining('no such broker')]])
    expect(await ask([to('t', 4, [on()])])).toMatchObject([[39, expect.stringContaining('empty replica list')]])
    expect(await ask([to('t', 4, [on(1001, 1001)])])).toMatchObject([[39, expect.stringContaining('more than once')]])
    expect(await ask([to('t', 4, [on(1001)])])).toEqual([[0, null]])
  })

  test('only looks when it is asked to only look, and leaves the broker its own topics', async () => {
    await using bench = await brokerBench({ 'offsets.topic.num.partitions': '2' })
    const peer = await bench.peer()
    await peer.createTopic('t', 1)
    const looked = await peer.call(createPartitions, 0, { topics: [to('t', 9)], timeoutMs: 1000, validateOnly: true })
    expect(looked.topics[0]?.errorCode).toBe(0)
    const asked = { topics: [{ topic: 't' }, { topic: '__consumer_offsets' }] }
    const { topics } = await peer.call(metadata, 1, asked)
    expect(topics.map((t) => t.partitions.length)).toEqual([1, 2])
    const own = await peer.call(createPartitions, 0, { topics: [to('__consumer_offsets', 9)], timeoutMs: 1000 , validateOnly: false}) // prettier-ignore
    expect(own.topics[0]?.errorCode).toBe(errorCodes.INVALID_TOPIC_EXCEPTION)
  })

  test('a full disk leaves the topic as it was', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t', 1)
    bench.disk.capacityBytes = 0
    const grown = await peer.call(createPartitions, 3, { topics: [to('t', 4)], timeoutMs: 1000, validateOnly: false })
    expect(grown.topics[0]?.errorCode).toBe(errorCodes.KAFKA_STORAGE_ERROR)
    bench.disk.capacityBytes = Infinity
    await using again = await bench.again()
    const { topics } = await (await again.peer()).call(metadata, 1, { topics: [{ topic: 't' }] })
    expect(topics[0]?.partitions).toHaveLength(1)
  })
})

describe('DescribeTopicPartitions', () => {
  const names = async (more: Partial<RequestInput<typeof describeTopicPartitions>>) => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    for (const [topic, count] of [['c', 1], ['a', 3], ['b', 2]] as const) await peer.createTopic(topic, count) // prettier-ignore
    const body = { topics: [], responsePartitionLimit: 2000, cursor: null, ...more }
    const page = await peer.call(describeTopicPartitions, 0, body)
    const { topics, nextCursor } = page
    return { topics: topics.map((t) => [t.topic, t.errorCode, ...t.partitions.map((p) => p.partition)]), nextCursor }
  }

  test('gives all topics by name, in pages that end in the middle of one or between two', async () => {
    expect(await names({})).toEqual({ topics: [['a', 0, 0, 1, 2], ['b', 0, 0, 1], ['c', 0, 0]], nextCursor: null }) // prettier-ignore
    const first = await names({ responsePartitionLimit: 4 })
    expect(first).toEqual({ topics: [['a', 0, 0, 1, 2], ['b', 0, 0]], nextCursor: { topic: 'b', partition: 1 } }) // prettier-ignore
    expect(await names({ cursor: first.nextCursor })).toEqual({ topics: [['b', 0, 1], ['c', 0, 0]], nextCursor: null }) // prettier-ignore
    expect(await names({ responsePartitionLimit: 3 })).toMatchObject({ nextCursor: { topic: 'b', partition: 0 } })
    expect(await names({ responsePartitionLimit: -5 })).toEqual({ topics: [['a', 0, 0]], nextCursor: { topic: 'a', partition: 1 } }) // prettier-ignore
  })

  test('gives named topics once each, also those that are not there, and goes on behind one that is gone', async () => {
    const asked = [{ topic: 'nope' }, { topic: 'b' }, { topic: 'b' }, { topic: 'a b' }]
    expect((await names({ topics: asked })).topics).toEqual([
      ['a b', 17],
      ['b', 0, 0, 1],
      ['nope', 3],
    ])
    expect((await names({ cursor: { topic: 'aa', partition: 1 } })).topics).toEqual([['b', 0, 0, 1], ['c', 0, 0]]) // prettier-ignore
    expect((await names({ cursor: { topic: 'a', partition: 90 } })).topics).toEqual([['a', 0], ['b', 0, 0, 1], ['c', 0, 0]]) // prettier-ignore
    expect((await names({ topics: [{ topic: 'a' }], cursor: { topic: 'a', partition: -1 } })).topics).toEqual([['a', 42]]) // prettier-ignore
  })
})

test('leaders need no election and partitions no other place where there is one broker', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t', 1)
  const asked = [{ topic: 't', partitions: [0, 5] }, { topic: 'none', partitions: [0] }] // prettier-ignore
  const elected = await peer.call(electLeaders, 2, { electionType: 0, topics: asked, timeoutMs: 1000 })
  expect(elected.topics.map((t) => t.partitions.map((p) => p.errorCode))).toEqual([[84, 3], [3]])
  const all = await peer.call(electLeaders, 1, { electionType: 1, topics: null, timeoutMs: 1000 })
  expect(all).toMatchObject({ errorCode: 0, topics: [] })
  expect((await peer.call(electLeaders, 0, { topics: asked, timeoutMs: 1 })).topics[0]?.partitions[0]?.errorCode).toBe(84) // prettier-ignore
  expect((await peer.call(electLeaders, 2, { electionType: 9, topics: null, timeoutMs: 1 })).errorCode).toBe(42)
  const moves = [{ partition: 0, replicas: [1001] }, { partition: 0, replicas: [3] }, { partition: 0, replicas: null }, { partition: 4, replicas: null }] // prettier-ignore
  const moved = await peer.call(alterPartitionReassignments, 1, { topics: [{ topic: 't', partitions: moves }], timeoutMs: 1 }) // prettier-ignore
  expect(moved).toMatchObject({ errorCode: 0, allowReplicationFactorChange: true })
  expect(moved.topics[0]?.partitions.map((p) => p.errorCode)).toEqual([0, 39, 85, 3])
  const listed = await peer.call(listPartitionReassignments, 0, { topics: null, timeoutMs: 1000 })
  expect(listed).toMatchObject({ errorCode: 0, topics: [] })
})
