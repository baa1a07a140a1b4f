import { describe, expect, test } from 'vitest'
import { batchOf, sequenced, valuesOf } from '../../../test/fakes/batches.ts'
import { brokerBench, type BrokerPeer } from '../../../test/fakes/broker.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { MessageWriter } from '../../protocol/message-writer.ts'
import { fetch } from '../../protocol/messages/fetch.ts'
import { metadata } from '../../protocol/messages/metadata.ts'
import { produce } from '../../protocol/messages/produce.ts'

const messages = (magic: 0 | 1, values: readonly string[]): Buffer => {
  const writer = new MessageWriter(magic)
  for (const [i, value] of values.entries()) writer.add(i, 1000 + i, null, Buffer.from(value))
  return writer.finish()
}

const topicIdOf = async (peer: BrokerPeer, topic: string): Promise<string> => {
  const { topics } = await peer.call(metadata, 12, { topics: [{ topic }], includeTopicAuthorizedOperations: false })
  return topics[0]?.topicId ?? ''
}

const valuesIn = async (peer: BrokerPeer, topic: string): Promise<string[]> => {
  const partition = { partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000_000 }
  const { topics } = await peer.call(fetch, 11, { maxWaitMs: 0, minBytes: 0, isolationLevel: 0, sessionId: 0, topics: [{ topic, partitions: [partition] }] }) // prettier-ignore
  return valuesOf(topics[0]?.partitions[0]?.records ?? Buffer.alloc(0))
}

test.each(Array.from({ length: 14 }, (_, version) => version))(
  'version %d stores what it is given',
  async (version) => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t')
    const topicId = await topicIdOf(peer, 't')
    for (const [i, values] of [['a', 'b'], ['c']].entries()) {
      const records = version < 3 ? messages(version < 2 ? 0 : 1, values) : batchOf(values)
      const topics = [{ ...(version < 13 ? { topic: 't' } : { topicId }), partitions: [{ partition: 0, records }] }]
      const answer = await peer.call(produce, version, { acks: -1, timeoutMs: 1000, topics })
      expect(answer.topics[0]?.partitions[0]).toMatchObject({ partition: 0, errorCode: 0, baseOffset: i * 2 })
    }
    expect(await valuesIn(peer, 't')).toEqual(['a', 'b', 'c'])
  },
)

describe('what is refused', () => {
  test('does not keep other partitions from being stored', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t', 2)
    const broken = batchOf(['bad'])
    broken[70] = (broken[70] ?? 0) ^ 1
    const partitions = [
      { partition: 0, records: broken },
      { partition: 1, records: batchOf(['good']) },
      { partition: 7, records: batchOf(['nowhere']) },
    ]
    const { topics } = await peer.call(produce, 8, { acks: 1, timeoutMs: 1, topics: [{ topic: 't', partitions }, { topic: 'none', partitions }] }) // prettier-ignore
    expect(topics[0]?.partitions.map((p) => p.errorCode)).toEqual([errorCodes.CORRUPT_MESSAGE, 0, errorCodes.UNKNOWN_TOPIC_OR_PARTITION]) // prettier-ignore
    expect(topics[1]?.partitions.every((p) => p.errorCode === errorCodes.UNKNOWN_TOPIC_OR_PARTITION)).toBe(true)
    expect(topics[0]?.partitions[0]).toMatchObject({ baseOffset: -1, logAppendTimeMs: -1, logStartOffset: -1 })
    expect(topics[0]?.partitions[0]?.errorMessage).toContain('checksum')
  })

  test('acks that do not exist, a transaction without its id, internal topics, a partition named twice', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t')
    const records = batchOf(['a'])
    expect((await peer.produce('t', records, { acks: 2 })).errorCode).toBe(errorCodes.INVALID_REQUIRED_ACKS)
    const partition = { partition: 0, records }
    const inTransaction = batchOf(['a'], { isTransactional: true, producerId: 1, producerEpoch: 0, baseSequence: 0 })
    expect((await peer.produce('t', inTransaction)).errorCode).toBe(errorCodes.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
    const twice = await peer.call(produce, 9, { acks: 1, timeoutMs: 1, topics: [{ topic: 't', partitions: [partition, partition] }] }) // prettier-ignore
    expect(twice.topics[0]?.partitions.map((p) => p.errorCode)).toEqual([42, 42])
    await peer.createTopic('__consumer_offsets')
    expect((await peer.produce('__consumer_offsets', records)).errorCode).toBe(errorCodes.INVALID_TOPIC_EXCEPTION)
    expect(await valuesIn(peer, 't')).toEqual([])
  })

  test('is told to old clients in words they know', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t')
    const two = Buffer.concat([batchOf(['a']), batchOf(['b'])])
    expect((await peer.produce('t', two, { version: 8 })).errorCode).toBe(errorCodes.INVALID_RECORD)
    expect((await peer.produce('t', two, { version: 7 })).errorCode).toBe(errorCodes.CORRUPT_MESSAGE)
  })
})

describe('acks=0', () => {
  test('is not answered', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t')
    const topics = (value: string) => [{ topic: 't', partitions: [{ partition: 0, records: batchOf([value]) }] }]
    for (let i = 0; i < 5; i++) peer.send(produce, 9, { acks: 0, timeoutMs: 1, topics: topics(`v${i}`) })
    expect((await peer.produce('t', batchOf(['last']))).baseOffset).toBe(5)
  })

  test('closes the connection when the records cannot be stored', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    const topics = [{ topic: 'missing', partitions: [{ partition: 0, records: batchOf(['a']) }] }]
    peer.send(produce, 9, { acks: 0, timeoutMs: 1, topics })
    await peer.closed
    expect(bench.said.of('warn').join()).toContain('UNKNOWN_TOPIC_OR_PARTITION')
  })
})

test('what an idempotent producer sends again is stored once, and a gap is refused', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  expect((await peer.produce('t', sequenced(['a', 'b'], 7, 0))).baseOffset).toBe(0)
  expect((await peer.produce('t', sequenced(['c'], 7, 2))).baseOffset).toBe(2)
  expect(await peer.produce('t', sequenced(['a', 'b'], 7, 0))).toMatchObject({ errorCode: 0, baseOffset: 0 })
  expect((await peer.produce('t', sequenced(['e'], 7, 4))).errorCode).toBe(errorCodes.OUT_OF_ORDER_SEQUENCE_NUMBER)
  expect(await valuesIn(peer, 't')).toEqual(['a', 'b', 'c'])
})

test('where the flush settings promise a sync, the answer comes after it, and a failed one is told', async () => {
  await using bench = await brokerBench({ 'log.flush.interval.messages': '1' })
  const peer = await bench.peer()
  await peer.createTopic('t')
  expect((await peer.produce('t', batchOf(['a']))).errorCode).toBe(0)
  bench.disk.fail('sync', 'EIO', { path: 't-0' })
  expect((await peer.produce('t', batchOf(['b']))).errorCode).toBe(errorCodes.KAFKA_STORAGE_ERROR)
  expect((await peer.produce('t', batchOf(['c']), { version: 3 })).errorCode).toBe(errorCodes.NOT_LEADER_OR_FOLLOWER)
})

test('a full disk refuses producers while consumers go on', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  await peer.produce('t', batchOf(['a']))
  bench.disk.capacityBytes = 1
  expect((await peer.produce('t', batchOf(['b']))).errorCode).toBe(errorCodes.KAFKA_STORAGE_ERROR)
  expect(await valuesIn(peer, 't')).toEqual(['a'])
  bench.disk.capacityBytes = Infinity
  expect((await peer.produce('t', batchOf(['c']))).baseOffset).toBe(1)
})
