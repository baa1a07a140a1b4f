import { describe, expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { brokerBench } from '../../../test/fakes/broker.ts'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { readFrom, TestProducer } from '../../../test/fakes/transactions.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { addPartitionsToTxn } from '../../protocol/messages/add-partitions-to-txn.ts'
import { describeProducers } from '../../protocol/messages/describe-producers.ts'
import { describeTransactions } from '../../protocol/messages/describe-transactions.ts'
import { listOffsets } from '../../protocol/messages/list-offsets.ts'
import { listTransactions } from '../../protocol/messages/list-transactions.ts'
import { writeTxnMarkers } from '../../protocol/messages/write-txn-markers.ts'

const started = async (overrides: Readonly<Record<string, string>> = {}) => {
  const clock = new FakeClock()
  const bench = await brokerBench({ 'transaction.state.log.num.partitions': '4', ...overrides }, { clock })
  const peer = await bench.peer()
  await peer.createTopic('t', 2)
  return { bench, peer, clock, [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() }
}

describe('readers of committed data', () => {
  test('see a transaction once it is committed, all of it, and nothing of one that was aborted', async () => {
    await using world = await started()
    const producer = new TestProducer(world.peer)
    expect(await producer.init()).toBe(0)
    await producer.write('t', ['a', 'b'])
    await producer.write('t', ['c'], 1)
    expect(await readFrom(world.peer, 't')).toMatchObject({ values: [], lastStableOffset: 0, highWatermark: 2 })
    expect((await readFrom(world.peer, 't', { isolationLevel: 0 })).values).toEqual(['a', 'b'])
    expect(await producer.end('commit')).toBe(0)
    expect(await readFrom(world.peer, 't')).toMatchObject({ values: ['a', 'b'], lastStableOffset: 3, aborted: [] })
    await producer.write('t', ['x', 'y'])
    expect(await producer.end('abort')).toBe(0)
    const { producerId } = producer
    const aborted = [{ producerId, firstOffset: 3 }]
    expect(await readFrom(world.peer, 't')).toMatchObject({ values: ['a', 'b'], lastStableOffset: 6, aborted })
    expect(await readFrom(world.peer, 't', { from: 4 })).toMatchObject({ values: [], aborted })
    expect(await readFrom(world.peer, 't', { isolationLevel: 0 })).toMatchObject({ aborted: null })
    expect((await readFrom(world.peer, 't', { partition: 1 })).values).toEqual(['c'])
  })

  test('wait at the first open transaction, whatever comes behind it', async () => {
    await using world = await started()
    const [one, two] = [new TestProducer(world.peer, 'one'), new TestProducer(world.peer, 'two')]
    await one.init()
    await two.init()
    await one.write('t', ['1'])
    await two.write('t', ['2'])
    await two.end('commit')
    await world.peer.produce('t', batchOf(['3']))
    expect(await readFrom(world.peer, 't')).toMatchObject({ values: [], lastStableOffset: 0, highWatermark: 4 })
    await one.end('abort')
    expect(await readFrom(world.peer, 't')).toMatchObject({ values: ['2', '3'], lastStableOffset: 5 })
  })

  test('are told offsets that they can reach', async () => {
    await using world = await started()
    const producer = new TestProducer(world.peer)
    await producer.init()
    await world.peer.produce('t', batchOf(['0']))
    await producer.write('t', ['1', '2'])
    const latest = async (isolationLevel: number, timestamp: number): Promise<number | undefined> => {
      const topics = [{ topic: 't', partitions: [{ partition: 0, timestamp }] }]
      const answer = await world.peer.call(listOffsets, 7, { replicaId: -1, isolationLevel, topics })
      return answer.topics[0]?.partitions[0]?.offset
    }
    expect([await latest(0, -1), await latest(1, -1)]).toEqual([3, 1])
    expect([await latest(0, 1001), await latest(1, 1001)]).toEqual([2, -1])
    await producer.end('commit')
    expect([await latest(0, -1), await latest(1, -1)]).toEqual([4, 4])
  })
})

describe('a transactional id', () => {
  test('belongs to the producer that asked last; the one before is shut out and its transaction aborted', async () => {
    await using world = await started()
    const [old, young] = [new TestProducer(world.peer), new TestProducer(world.peer)]
    await old.init()
    await old.write('t', ['old'])
    expect(await young.init()).toBe(errorCodes.CONCURRENT_TRANSACTIONS)
    expect(await young.init()).toBe(0)
    expect([young.producerId, young.producerEpoch]).toEqual([old.producerId, 2])
    expect(await old.add('t')).toEqual([errorCodes.PRODUCER_FENCED])
    expect(await old.add('t', [0], 1)).toEqual([errorCodes.INVALID_PRODUCER_EPOCH])
    expect(await old.send('t', ['late'])).toBe(errorCodes.INVALID_PRODUCER_EPOCH)
    expect(await old.end('commit')).toBe(errorCodes.PRODUCER_FENCED)
    expect(await old.end('commit', 1)).toBe(errorCodes.INVALID_PRODUCER_EPOCH)
    expect(await old.init({ asKnown: true })).toBe(errorCodes.PRODUCER_FENCED)
    expect(await old.init({ asKnown: true, version: 3 })).toBe(errorCodes.INVALID_PRODUCER_EPOCH)
    await young.write('t', ['young'])
    await young.end('commit')
    expect((await readFrom(world.peer, 't')).values).toEqual(['young'])
  })

  test('gives its producer the next epoch, and the same again to one that never got the answer', async () => {
    await using world = await started()
    const producer = new TestProducer(world.peer)
    await producer.init()
    const before = { producerId: producer.producerId, producerEpoch: producer.producerEpoch }
    expect(await producer.init({ asKnown: true })).toBe(0)
    expect(producer.producerEpoch).toBe(1)
    Object.assign(producer, before)
    expect(await producer.init({ asKnown: true })).toBe(0)
    expect(producer.producerEpoch).toBe(1)
    producer.producerId++
    expect(await producer.init({ asKnown: true })).toBe(errorCodes.PRODUCER_FENCED)
  })

  test('is refused when empty, with a timeout that is too long or none, and with half of what it was before', async () => {
    await using world = await started()
    const producer = new TestProducer(world.peer)
    expect(await new TestProducer(world.peer, '').init()).toBe(errorCodes.INVALID_REQUEST)
    expect(await producer.init({ timeoutMs: 900_001 })).toBe(errorCodes.INVALID_TRANSACTION_TIMEOUT)
    expect(await producer.init({ timeoutMs: 0 })).toBe(errorCodes.INVALID_TRANSACTION_TIMEOUT)
    producer.producerId = 5
    expect(await producer.init({ asKnown: true })).toBe(errorCodes.INVALID_REQUEST)
  })

  test('goes on in its transaction after a restart of the broker', async () => {
    await using world = await started()
    const producer = new TestProducer(world.peer)
    await producer.init()
    await producer.write('t', ['a'])
    await using again = await world.bench.again()
    const later = new TestProducer(await again.peer())
    const { producerId, producerEpoch } = producer
    Object.assign(later, { producerId, producerEpoch })
    expect(await later.end('commit')).toBe(0)
    const reader = await again.peer()
    expect((await readFrom(reader, 't')).values).toEqual(['a'])
    expect(await later.init()).toBe(0)
    expect(later.producerEpoch).toBe(1)
  })
})

describe('what does not belong into a transaction is refused', () => {
  test('records for a partition that takes no part, or that come after its end', async () => {
    await using world = await started()
    const producer = new TestProducer(world.peer)
    await producer.init()
    expect(await producer.send('t', ['a'])).toBe(errorCodes.INVALID_TXN_STATE)
    expect(await producer.send('t', ['a'], { version: 11 })).toBe(errorCodes.TRANSACTION_ABORTABLE)
    await producer.write('t', ['a'])
    expect(await producer.send('t', ['b'], { partition: 1 })).toBe(errorCodes.INVALID_TXN_STATE)
    await producer.end('commit')
    expect(await producer.send('t', ['late'])).toBe(errorCodes.INVALID_TXN_STATE)
    producer.producerId += 100
    expect(await producer.send('t', ['c'])).toBe(errorCodes.INVALID_PRODUCER_ID_MAPPING)
  })

  test('partitions that do not exist: then none is added', async () => {
    await using world = await started()
    const producer = new TestProducer(world.peer)
    await producer.init()
    const { OPERATION_NOT_ATTEMPTED, UNKNOWN_TOPIC_OR_PARTITION, INVALID_TXN_STATE } = errorCodes
    expect(await producer.add('t', [0, 7])).toEqual([OPERATION_NOT_ATTEMPTED, UNKNOWN_TOPIC_OR_PARTITION])
    expect(await producer.end('commit')).toBe(INVALID_TXN_STATE)
  })

  test('an end that contradicts the one before', async () => {
    await using world = await started()
    const producer = new TestProducer(world.peer)
    await producer.init()
    expect(await producer.end('commit')).toBe(errorCodes.INVALID_TXN_STATE)
    await producer.write('t', ['a'])
    expect(await producer.end('commit')).toBe(0)
    expect(await producer.end('commit')).toBe(0)
    expect(await producer.end('abort')).toBe(errorCodes.INVALID_TXN_STATE)
    const stranger = new TestProducer(world.peer, 'stranger')
    expect(await stranger.end('commit')).toBe(errorCodes.INVALID_PRODUCER_ID_MAPPING)
  })
})

describe('time', () => {
  test('aborts a transaction that takes longer than its producer asked for, and shuts that producer out', async () => {
    await using world = await started()
    const producer = new TestProducer(world.peer)
    await producer.init({ timeoutMs: 5000 })
    await producer.write('t', ['a'])
    await world.clock.advanceSlowly(9_000, 1000)
    expect(await readFrom(world.peer, 't')).toMatchObject({ lastStableOffset: 0 })
    await world.clock.advanceSlowly(2_000, 1000)
    expect(await readFrom(world.peer, 't')).toMatchObject({ values: [], lastStableOffset: 2 })
    expect(await producer.end('commit')).toBe(errorCodes.PRODUCER_FENCED)
  })

  test('forgets ids that nobody used for long, but not those in a transaction', async () => {
    await using world = await started({
      'transactional.id.expiration.ms': '7200000',
      'connections.max.idle.ms': '99999999',
    })
    const [idle, busy] = [new TestProducer(world.peer, 'idle'), new TestProducer(world.peer, 'busy')]
    await idle.init()
    await busy.init({ timeoutMs: 900_000 })
    await world.clock.advanceSlowly(7_100_000, 100_000)
    await busy.write('t', ['a'])
    await world.clock.advanceSlowly(200_000, 100_000)
    const { transactionStates } = await world.peer.call(listTransactions, 0, {
      stateFilters: [],
      producerIdFilters: [],
    })
    expect(transactionStates.map(({ transactionalId }) => transactionalId)).toEqual(['busy'])
    expect(await idle.add('t')).toEqual([errorCodes.INVALID_PRODUCER_ID_MAPPING])
  })
})

test('transactions are listed and described, and so are the producers of a partition', async () => {
  await using world = await started()
  const { peer } = world
  const [open, done] = [new TestProducer(peer, 'open-1'), new TestProducer(peer, 'done-1')]
  await open.init()
  await done.init()
  await open.write('t', ['a'])
  await done.write('t', ['b'])
  await done.end('abort')
  const filters = { stateFilters: [], producerIdFilters: [], durationFilterMs: -1, transactionalIdPattern: null }
  const list = async (more: object) => {
    const answer = await peer.call(listTransactions, 2, { ...filters, ...more })
    return [
      answer.errorCode,
      answer.transactionStates.map((t) => t.transactionalId).toSorted(),
      answer.unknownStateFilters,
    ]
  }
  expect(await list({})).toEqual([0, ['done-1', 'open-1'], []])
  expect(await list({ stateFilters: ['Ongoing', 'Sleeping'] })).toEqual([0, ['open-1'], ['Sleeping']])
  expect(await list({ producerIdFilters: [done.producerId] })).toEqual([0, ['done-1'], []])
  expect(await list({ transactionalIdPattern: 'op.*' })).toEqual([0, ['open-1'], []])
  expect(await list({ transactionalIdPattern: '(' })).toEqual([errorCodes.INVALID_REGULAR_EXPRESSION, [], []])
  const { transactionStates } = await peer.call(describeTransactions, 0, { transactionalIds: ['open-1', 'none', ''] })
  expect(transactionStates[0]).toMatchObject({ state: 'Ongoing', timeoutMs: 60_000, topics: [{ topic: 't', partitions: [0] }] }) // prettier-ignore
  expect(transactionStates.map((t) => t.errorCode)).toEqual([0, 105, 42])
  const asked = { topics: [{ topic: 't', partitions: [0, 9] }] }
  const [topic] = (await peer.call(describeProducers, 0, asked)).topics
  expect(topic?.partitions[0]?.activeProducers).toEqual([
    { producerId: open.producerId, producerEpoch: 0, lastSequence: 0, lastTimestamp: 1000, coordinatorEpoch: -1, currentTxnStartOffset: 0 }, // prettier-ignore
    { producerId: done.producerId, producerEpoch: 0, lastSequence: 0, lastTimestamp: world.clock.now(), coordinatorEpoch: 0, currentTxnStartOffset: -1 }, // prettier-ignore
  ])
  expect(topic?.partitions[1]?.errorCode).toBe(errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
})

test('a regular expression that other engines would try for ever is answered', async () => {
  await using world = await started()
  await new TestProducer(world.peer, `${'a'.repeat(60)}!`).init()
  const asked = { stateFilters: [], producerIdFilters: [], durationFilterMs: -1, transactionalIdPattern: '(a|a)+b' }
  expect(await world.peer.call(listTransactions, 2, asked)).toMatchObject({ errorCode: 0, transactionStates: [] })
})

test('a marker can be written by hand, unless its producer or its coordinator has been succeeded', async () => {
  await using world = await started()
  const { peer } = world
  const producer = new TestProducer(peer)
  await producer.init()
  await producer.init()
  await producer.write('t', ['a'])
  const { producerId } = producer
  const write = async (producerEpoch: number, coordinatorEpoch: number): Promise<(number | undefined)[]> => {
    const topics = [{ topic: 't', partitions: [0, 9] }]
    const marker = { producerId, producerEpoch, committed: false, coordinatorEpoch, topics }
    const answer = await peer.call(writeTxnMarkers, 1, { markers: [marker] })
    return answer.markers[0]?.topics[0]?.partitions.map((p) => p.errorCode) ?? []
  }
  expect(await write(0, 0)).toEqual([errorCodes.INVALID_PRODUCER_EPOCH, errorCodes.UNKNOWN_TOPIC_OR_PARTITION])
  expect((await write(1, 3))[0]).toBe(0)
  expect(await readFrom(peer, 't')).toMatchObject({ values: [], lastStableOffset: 2 })
  expect((await write(1, 2))[0]).toBe(errorCodes.TRANSACTION_COORDINATOR_FENCED)
})

test('several transactions can be asked about at once, and be only asked', async () => {
  await using world = await started()
  const { peer } = world
  const [one, two] = [new TestProducer(peer, 'one'), new TestProducer(peer, 'two')]
  await one.init()
  await two.init()
  await one.add('t')
  const asked = ({ transactionalId, producerId, producerEpoch }: TestProducer, verifyOnly: boolean, partitions: number[]) => ({ transactionalId, producerId, producerEpoch, verifyOnly, topics: [{ topic: 't', partitions }] }) // prettier-ignore
  const ask = async (version: number, ...transactions: ReturnType<typeof asked>[]) => {
    const answer = await peer.call(addPartitionsToTxn, version, { transactions })
    return answer.transactions.map((t) => t.topics.flatMap((topic) => topic.partitions.map((p) => p.errorCode)))
  }
  const { INVALID_TXN_STATE, TRANSACTION_ABORTABLE, PRODUCER_FENCED } = errorCodes
  expect(await ask(4, asked(one, true, [0, 1]), asked(two, false, [1]))).toEqual([[0, INVALID_TXN_STATE], [0]])
  expect(await ask(5, asked(one, true, [1]), asked(two, true, [1]))).toEqual([[TRANSACTION_ABORTABLE], [0]])
  const old = Object.assign(new TestProducer(peer, 'one'), { producerId: one.producerId, producerEpoch: -1 })
  expect(await ask(5, asked(old, true, [0]), asked(old, false, [0]))).toEqual([[PRODUCER_FENCED], [PRODUCER_FENCED]])
})
