import { describe, expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { brokerBench } from '../../../test/fakes/broker.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { createTopics } from '../../protocol/messages/create-topics.ts'
import { deleteTopics } from '../../protocol/messages/delete-topics.ts'
import { describeCluster } from '../../protocol/messages/describe-cluster.ts'
import { describeConfigs } from '../../protocol/messages/describe-configs.ts'
import { listOffsets } from '../../protocol/messages/list-offsets.ts'
import { metadata } from '../../protocol/messages/metadata.ts'
import { offsetForLeaderEpoch } from '../../protocol/messages/offset-for-leader-epoch.ts'
import type { RequestInput } from '../../protocol/table.ts'

const asked = (topics: readonly string[] | null, more: Partial<RequestInput<typeof metadata>> = {}) => ({
  topics: topics?.map((topic) => ({ topic })) ?? null,
  ...more,
})

type NewTopic = RequestInput<typeof createTopics>['topics'][number]
const topicOf = (topic: string, more: Partial<NewTopic> = {}): NewTopic => ({
  topic,
  numPartitions: 1,
  replicationFactor: 1,
  replicaAssignment: [],
  configs: [],
  ...more,
})

describe('Metadata', () => {
  test('makes the topics it is asked for, unless client or broker forbid it', async () => {
    await using bench = await brokerBench({ 'num.partitions': '3' })
    const peer = await bench.peer()
    const made = await peer.call(metadata, 1, asked(['new']))
    expect(made.topics[0]).toMatchObject({ errorCode: 0, topic: 'new', isInternal: false })
    expect(made.topics[0]?.partitions.map((p) => [p.partition, p.leader, p.replicas])).toEqual([0, 1, 2].map((n) => [n, 1001, [1001]])) // prettier-ignore
    const forbidden = await peer.call(metadata, 9, asked(['other', 'a b'], { allowAutoTopicCreation: false }))
    expect(forbidden.topics.map((t) => t.errorCode)).toEqual([3, 17])
    await using strict = await brokerBench({ 'auto.create.topics.enable': 'false' })
    const { topics } = await (await strict.peer()).call(metadata, 1, asked(['new']))
    expect(topics[0]?.errorCode).toBe(3)
  })

  test('"all topics" is the empty list in version 0, and null from 1 on', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('b')
    await peer.createTopic('a')
    const names = async (version: number, topics: string[] | null) => (await peer.call(metadata, version, asked(topics))).topics.map((t) => t.topic) // prettier-ignore
    expect(await names(0, [])).toEqual(['a', 'b'])
    expect(await names(1, [])).toEqual([])
    expect(await names(1, null)).toEqual(['a', 'b'])
  })

  test('tells each client the address of its own listener', async () => {
    await using bench = await brokerBench({
      listeners: 'IN://127.0.0.1:0,OUT://127.0.0.1:0',
      'listener.security.protocol.map': 'IN:PLAINTEXT,OUT:PLAINTEXT',
      'advertised.listeners': 'OUT://broker.example.org:1234',
    })
    const { brokers, controllerId, clusterId } = await (await bench.peer()).call(metadata, 2, asked([]))
    expect(brokers).toMatchObject([{ nodeId: 1001, host: '127.0.0.1', port: bench.port }])
    expect([controllerId, clusterId]).toEqual([1001, bench.broker.clusterId])
    const outside = await bench.peer(bench.broker.addresses[1]?.port)
    const told = await outside.call(metadata, 2, asked([]))
    expect(told.brokers).toMatchObject([{ nodeId: 1001, host: 'broker.example.org', port: 1234 }])
  })

  test('knows topics by id from version 12 on', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t')
    const [byName] = (await peer.call(metadata, 12, asked(['t']))).topics
    const byId = async (topicId: string, version = 12) => (await peer.call(metadata, version, { topics: [{ topicId, topic: version < 12 ? 't' : null }] })).topics[0] // prettier-ignore
    expect(await byId(byName?.topicId ?? '')).toMatchObject({ errorCode: 0, topic: 't' })
    expect(await byId('BAAAAAAAAAAAAAAAAAAAAA')).toMatchObject({ errorCode: errorCodes.UNKNOWN_TOPIC_ID })
    expect(await byId(byName?.topicId ?? '', 11)).toMatchObject({ errorCode: errorCodes.INVALID_REQUEST })
  })
})

describe('CreateTopics', () => {
  test('says for each topic what is wrong with it', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    const topics = [
      topicOf('fine', {
        numPartitions: -1,
        replicationFactor: -1,
        configs: [{ name: 'segment.bytes', value: '5000' }],
      }),
      topicOf('twice'),
      topicOf('twice'),
      topicOf('no/name'),
      topicOf('r3', { replicationFactor: 3 }),
      topicOf('p0', { numPartitions: 0 }),
      topicOf('config', { configs: [{ name: 'segment.byte', value: '1' }] }),
      topicOf('assigned', { numPartitions: -1, replicationFactor: -1, replicaAssignment: [{ partition: 0, replicas: [1001] }, { partition: 1, replicas: [1001] }] }), // prettier-ignore
      topicOf('elsewhere', {
        numPartitions: -1,
        replicationFactor: -1,
        replicaAssignment: [{ partition: 0, replicas: [7] }],
      }),
      topicOf('both', { replicaAssignment: [{ partition: 0, replicas: [1001] }] }),
    ]
    const answer = await peer.call(createTopics, 7, { topics, timeoutMs: 1000, validateOnly: false })
    expect(answer.topics.map((t) => t.errorCode)).toEqual([0, 42, 42, 17, 38, 37, 40, 0, 39, 42])
    expect(answer.topics[0]).toMatchObject({ numPartitions: 1, replicationFactor: 1 })
    expect(answer.topics[0]?.configs?.find((c) => c.name === 'segment.bytes')).toMatchObject({ value: '5000', source: 1 }) // prettier-ignore
    expect(answer.topics[7]?.numPartitions).toBe(2)
    const again = await peer.call(createTopics, 0, { topics: [topicOf('fine')], timeoutMs: 1000 })
    expect(again.topics[0]?.errorCode).toBe(errorCodes.TOPIC_ALREADY_EXISTS)
  })

  test('only looks when it is asked to only look', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    const answer = await peer.call(createTopics, 1, { topics: [topicOf('t')], timeoutMs: 1000, validateOnly: true })
    expect(answer.topics[0]?.errorCode).toBe(0)
    expect((await peer.call(metadata, 1, asked(null))).topics).toEqual([])
  })

  test.each([true, false])(
    'says how many partitions a topic gets, if it only looks (%s) or not',
    async (validateOnly) => {
      await using bench = await brokerBench({ 'num.partitions': '4' })
      const peer = await bench.peer()
      const topics = [
        topicOf('default', { numPartitions: -1, replicationFactor: -1 }),
        topicOf('three', { numPartitions: 3 }),
        topicOf('assigned', { numPartitions: -1, replicationFactor: -1, replicaAssignment: [0, 1].map((partition) => ({ partition, replicas: [1001] })) }), // prettier-ignore
      ]
      const answer = await peer.call(createTopics, 5, { topics, timeoutMs: 1000, validateOnly })
      expect(answer.topics.map((t) => [t.errorCode, t.numPartitions, t.replicationFactor])).toEqual([[0, 4, 1], [0, 3, 1], [0, 2, 1]]) // prettier-ignore
    },
  )
})

test('DeleteTopics goes by name or by id, and says what it did not find', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('a')
  await peer.createTopic('b')
  const { topics } = await peer.call(metadata, 12, asked(['b']))
  const named = await peer.call(deleteTopics, 1, { topicNames: ['a', 'none', 'x', 'x'], timeoutMs: 1000 })
  expect(named.topics.map((t) => t.errorCode)).toEqual([0, 3, 42, 42])
  const nobody = 'BAAAAAAAAAAAAAAAAAAAAA'
  const byId = [{ topic: null, topicId: topics[0]?.topicId ?? '' }, { topic: null, topicId: nobody }, { topic: 'a', topicId: nobody }] // prettier-ignore
  const answer = await peer.call(deleteTopics, 6, { topics: byId, timeoutMs: 1000 })
  expect(answer.topics.map((t) => [t.topic, t.errorCode])).toEqual([['b', 0], [null, 100], ['a', 42]]) // prettier-ignore
  expect((await peer.call(metadata, 1, asked(null))).topics).toEqual([])
  await using kept = await brokerBench({ 'delete.topic.enable': 'false' })
  const keeper = await kept.peer()
  await keeper.createTopic('a')
  const refused = await keeper.call(deleteTopics, 3, { topicNames: ['a'], timeoutMs: 1000 })
  expect(refused.topics[0]?.errorCode).toBe(errorCodes.TOPIC_DELETION_DISABLED)
})

describe('ListOffsets', () => {
  const at = (timestamp: number, partition = 0, maxNumOffsets = 10) => ({
    topics: [{ topic: 't', partitions: [{ partition, timestamp, maxNumOffsets }] }],
  })

  test('finds ends, times and the largest timestamp', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t')
    await peer.produce('t', batchOf(['a', 'b'], { timestampMs: 1000 }))
    await peer.produce('t', batchOf(['c'], { timestampMs: 5000 }))
    const found = async (timestamp: number, version = 8) => {
      const { topics } = await peer.call(listOffsets, version, at(timestamp))
      const partition = topics[0]?.partitions[0]
      return [partition?.errorCode, partition?.offset, partition?.timestamp]
    }
    expect(await found(-1, 1)).toEqual([0, 3, -1])
    expect(await found(-2, 2)).toEqual([0, 0, -1])
    expect(await found(1001, 5)).toEqual([0, 1, 1001])
    expect(await found(9000)).toEqual([0, -1, -1])
    expect(await found(-3)).toEqual([0, 2, 5000])
    expect(await found(-4)).toEqual([0, 0, -1])
    expect(await found(-3, 6)).toEqual([errorCodes.UNSUPPORTED_VERSION, -1, -1])
  })

  test('gives clients of version 0 a list, newest first', async () => {
    await using bench = await brokerBench({ 'log.segment.bytes': '300' })
    const peer = await bench.peer()
    await peer.createTopic('t')
    for (const value of ['a', 'b', 'c']) await peer.produce('t', batchOf([value.repeat(200)]))
    const offsets = async (timestamp: number, max?: number) => {
      const { topics } = await peer.call(listOffsets, 0, at(timestamp, 0, max))
      return topics[0]?.partitions[0]?.oldStyleOffsets
    }
    expect(await offsets(-1)).toEqual([3, 2, 1, 0])
    expect(await offsets(-1, 1)).toEqual([3])
    expect(await offsets(-2)).toEqual([0])
    const { topics } = await peer.call(listOffsets, 0, at(-1, 9))
    expect(topics[0]?.partitions[0]).toMatchObject({ errorCode: 3, oldStyleOffsets: [] })
  })
})

test('OffsetForLeaderEpoch, DescribeCluster and DescribeConfigs answer', async () => {
  await using bench = await brokerBench({ 'log.retention.hours': '2' })
  const peer = await bench.peer()
  await peer.createTopic('t')
  await peer.produce('t', batchOf(['a']))
  const epochs = await peer.call(offsetForLeaderEpoch, 3, { topics: [{ topic: 't', partitions: [{ partition: 0, leaderEpoch: 0 }, { partition: 0, leaderEpoch: 5 }, { partition: 4, leaderEpoch: 0 }] }] }) // prettier-ignore
  expect(epochs.topics[0]?.partitions.map((p) => [p.errorCode, p.leaderEpoch, p.endOffset])).toEqual([[0, 0, 1], [0, -1, -1], [3, -1, -1]]) // prettier-ignore
  const cluster = await peer.call(describeCluster, 1, { includeClusterAuthorizedOperations: true })
  expect(cluster).toMatchObject({ errorCode: 0, controllerId: 1001, clusterId: bench.broker.clusterId })
  const resource = (resourceType: number, resourceName: string, configNames: string[] | null = null) => ({ resourceType, resourceName, configNames }) // prettier-ignore
  const { resources } = await peer.call(describeConfigs, 1, { resources: [resource(2, 't', ['retention.ms']), resource(2, 'none'), resource(4, '1001', ['log.dirs']), resource(4, '7')], includeSynonyms: true }) // prettier-ignore
  expect(resources.map((r) => r.errorCode)).toEqual([0, 3, 0, 42])
  expect(resources[0]?.configs).toMatchObject([{ name: 'retention.ms', value: '7200000', source: 4 }])
  expect(resources[2]?.configs).toMatchObject([{ name: 'log.dirs', value: '/logs', source: 4 }])
})
