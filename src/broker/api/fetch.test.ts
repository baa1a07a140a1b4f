import { describe, expect, test } from 'vitest'
import { batchOf, valuesOf } from '../../../test/fakes/batches.ts'
import { brokerBench, type BrokerPeer } from '../../../test/fakes/broker.ts'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { until } from '../../../test/fakes/until.ts'
import { decodeResponse } from '../../protocol/codec.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { MessageReader } from '../../protocol/message-reader.ts'
import { deleteTopics } from '../../protocol/messages/delete-topics.ts'
import { fetch } from '../../protocol/messages/fetch.ts'
import { metadata } from '../../protocol/messages/metadata.ts'
import { entrySize, magicOf } from '../../protocol/record-batch.ts'
import type { RequestInput } from '../../protocol/table.ts'

type Body = RequestInput<typeof fetch>

const part = (partition: number, fetchOffset = 0, partitionMaxBytes = 1_000_000) => ({ partition, fetchOffset, partitionMaxBytes }) // prettier-ignore

const asking = (topic: string, partitions: ReturnType<typeof part>[], more: Partial<Body> = {}): Body => ({
  maxWaitMs: 0,
  minBytes: 1,
  topics: [{ topic, partitions }],
  sessionId: 0,
  ...more,
})

const fetched = async (peer: BrokerPeer, version: number, body: Body) => {
  const answer = await peer.call(fetch, version, body)
  return answer.topics.flatMap((topic) => topic.partitions)
}

const nothing = Buffer.alloc(0)
const valuesIn = (records: Buffer | null): string[] => {
  const given = records ?? nothing
  if (given.length === 0 || magicOf(given, 0) === 2) return valuesOf(given)
  const values: string[] = []
  const reader = new MessageReader()
  for (let at = 0, size = entrySize(given, 0); size > 0; at += size, size = entrySize(given, at)) {
    reader.open(given, at, size)
    while (reader.next()) values.push(String(reader.value()))
  }
  return values
}

test.each(Array.from({ length: 19 }, (_, version) => version))('version %d reads what was stored', async (version) => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  await peer.produce('t', batchOf(['a', 'b'], { codec: 1 }))
  await peer.produce('t', batchOf(['c']))
  const known = await peer.call(metadata, 12, { topics: [{ topic: 't' }], includeTopicAuthorizedOperations: false })
  const named = version < 13 ? { topic: 't' } : { topicId: known.topics[0]?.topicId ?? '' }
  const body = { ...asking('t', [part(0)]), topics: [{ ...named, partitions: [part(0)] }] }
  const [partition] = await fetched(peer, version, body)
  expect(valuesIn(partition?.records ?? null)).toEqual(['a', 'b', 'c'])
  expect(partition).toMatchObject({ errorCode: 0, highWatermark: 3 })
  expect(magicOf(partition?.records ?? nothing, 0)).toBe(version < 2 ? 0 : version < 4 ? 1 : 2)
})

describe('limits', () => {
  test('the first batch comes whole, however large; later ones only where they fit', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t', 3)
    const large = batchOf(['x'.repeat(5000)])
    for (const partition of [0, 1, 2]) await peer.produce('t', large, { partition })
    const parts = await fetched(peer, 11, asking('t', [part(2, 0, 100), part(0, 0, 100), part(1)], { maxBytes: 7000 }))
    expect(parts.map((p) => p.partition)).toEqual([2, 0, 1])
    expect(parts.map((p) => p.records?.length)).toEqual([large.length, 0, 0])
  })

  test('old clients get a cut message where their limit is too low, so that they raise it', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t')
    await peer.produce('t', batchOf(['x'.repeat(5000)]))
    const [cut] = await fetched(peer, 2, asking('t', [part(0, 0, 1000)]))
    expect(cut?.records?.length).toBe(1000)
  })
})

test('offsets out of range, unknown partitions and wrong epochs are told for each partition', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  await peer.produce('t', batchOf(['a']))
  const parts = await fetched(
    peer,
    11,
    asking('t', [part(0, 5), part(3), { ...part(0, 1), currentLeaderEpoch: 9 } as never, part(0, 1)]),
  )
  expect(parts.map((p) => p.errorCode)).toEqual([1, 3, errorCodes.UNKNOWN_LEADER_EPOCH, 0])
  expect(parts[0]).toMatchObject({ highWatermark: -1, lastStableOffset: -1, logStartOffset: -1 })
  expect(parts.every((p) => p.records?.length === 0)).toBe(true)
})

test('readers of committed data get a list of aborted transactions, others none', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  await peer.produce('t', batchOf(['a']))
  const [committed] = await fetched(peer, 11, asking('t', [part(0)], { isolationLevel: 1 }))
  const [any] = await fetched(peer, 11, asking('t', [part(0)]))
  expect(committed).toMatchObject({ abortedTransactions: [], lastStableOffset: 1 })
  expect(any).toMatchObject({ abortedTransactions: null, lastStableOffset: 1 })
})

test('zstd is kept from clients that do not know it', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  await peer.createTopic('t')
  await peer.produce('t', batchOf(['a'.repeat(500)], { codec: 4 }))
  for (const version of [3, 9]) expect((await fetched(peer, version, asking('t', [part(0)])))[0]?.errorCode).toBe(76)
  expect((await fetched(peer, 10, asking('t', [part(0)])))[0]?.errorCode).toBe(0)
})

describe('the long poll', () => {
  const waitingBench = async () => {
    const clock = new FakeClock()
    const bench = await brokerBench({}, { clock })
    const [reader, writer] = [await bench.peer(), await bench.peer()]
    await writer.createTopic('t', 2)
    const wait = async (body: Body) => {
      const timers = clock.waiting
      reader.send(fetch, 11, body)
      await until(() => clock.waiting > timers, 'the fetch to wait')
      return async () =>
        decodeResponse(fetch, 11, (await reader.frame()) ?? nothing).topics.flatMap((t) => t.partitions)
    }
    return { clock, bench, writer, wait, [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() }
  }

  test('ends as soon as there is enough', async () => {
    await using waiting = await waitingBench()
    const { writer, wait } = waiting
    const size = batchOf(['a']).length
    const answer = await wait(asking('t', [part(0), part(1)], { maxWaitMs: 60_000, minBytes: 2 * size }))
    await writer.produce('t', batchOf(['a']))
    await writer.produce('t', batchOf(['b']), { partition: 1 })
    expect((await answer()).map((p) => valuesIn(p.records))).toEqual([['a'], ['b']])
  })

  test('ends when its time is over, with what there is', async () => {
    await using waiting = await waitingBench()
    const { clock, writer, wait } = waiting
    const answer = await wait(asking('t', [part(0)], { maxWaitMs: 500, minBytes: 100_000 }))
    await writer.produce('t', batchOf(['a']))
    clock.advance(500)
    expect((await answer()).map((p) => valuesIn(p.records))).toEqual([['a']])
  })

  test('ends when the topic is deleted', async () => {
    await using waiting = await waitingBench()
    const { writer, wait } = waiting
    const answer = await wait(asking('t', [part(0)], { maxWaitMs: 60_000 }))
    await writer.call(deleteTopics, 3, { topicNames: ['t'], timeoutMs: 1000 })
    expect((await answer()).map((p) => p.errorCode)).toEqual([errorCodes.UNKNOWN_TOPIC_OR_PARTITION])
  })

  test('does not begin where one partition has an error', async () => {
    await using waiting = await waitingBench()
    const { bench } = waiting
    const peer = await bench.peer()
    const parts = await fetched(peer, 11, asking('t', [part(0), part(1, 9)], { maxWaitMs: 60_000 }))
    expect(parts.map((p) => p.errorCode)).toEqual([0, 1])
  })
})

describe('sessions', () => {
  const opening = { sessionId: 0, sessionEpoch: 0 }

  test('answer only what is new', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t', 2)
    const { sessionId, topics } = await peer.call(fetch, 11, asking('t', [part(0), part(1)], opening))
    expect(sessionId).toBeGreaterThan(0)
    expect(topics[0]?.partitions).toHaveLength(2)
    const next = async (sessionEpoch: number, more: Partial<Body> = {}) =>
      fetched(peer, 11, { ...asking('t', [], { sessionId, sessionEpoch }), topics: [], ...more })
    expect(await next(1)).toEqual([])
    await peer.produce('t', batchOf(['a']), { partition: 1 })
    for (const epoch of [2, 3]) expect((await next(epoch)).map((p) => [p.partition, valuesIn(p.records)])).toEqual([[1, ['a']]]) // prettier-ignore
    const moved = { topics: [{ topic: 't', partitions: [part(1, 1)] }] }
    expect(await next(4, moved)).toEqual([])
    await peer.produce('t', batchOf(['b']), { partition: 0 })
    expect((await next(5)).map((p) => [p.partition, valuesIn(p.records)])).toEqual([[0, ['b']]])
    const gone = await peer.call(fetch, 11, { ...asking('t', [], { sessionId, sessionEpoch: 6 }), topics: [], forgottenTopics: [{ topic: 't', partitions: [0, 1] }] }) // prettier-ignore
    expect(gone).toMatchObject({ sessionId: 0, topics: [] })
  })

  test('are refused under a wrong epoch, an unknown id, or with ids instead of names', async () => {
    await using bench = await brokerBench()
    const peer = await bench.peer()
    await peer.createTopic('t')
    const { sessionId } = await peer.call(fetch, 11, asking('t', [part(0)], opening))
    const errorOf = async (version: number, id: number, sessionEpoch: number) =>
      peer.call(fetch, version, { maxWaitMs: 0, minBytes: 0, sessionId: id, sessionEpoch, topics: [] })
    expect(await errorOf(11, sessionId, 2)).toMatchObject({ errorCode: 71, sessionId: 0, topics: [] })
    expect(await errorOf(11, sessionId + 1, 1)).toMatchObject({ errorCode: 70 })
    expect(await errorOf(13, sessionId, 1)).toMatchObject({ errorCode: 106 })
  })

  test('are declined when there are as many as there may be', async () => {
    await using bench = await brokerBench({ 'max.incremental.fetch.session.cache.slots': '1' })
    const peer = await bench.peer()
    await peer.createTopic('t')
    const open = async () => (await peer.call(fetch, 11, asking('t', [part(0)], opening))).sessionId
    expect(await open()).toBeGreaterThan(0)
    expect(await open()).toBe(0)
  })
})
