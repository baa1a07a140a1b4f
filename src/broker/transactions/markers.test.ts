import { expect, test } from 'vitest'
import { brokerBench } from '../../../test/fakes/broker.ts'
import { FakeClock } from '../../../test/fakes/clock.ts'
import { readFrom, TestProducer } from '../../../test/fakes/transactions.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { deleteTopics } from '../../protocol/messages/delete-topics.ts'

const started = async () => {
  const clock = new FakeClock()
  const bench = await brokerBench({ 'transaction.state.log.num.partitions': '1' }, { clock })
  const peer = await bench.peer()
  await peer.createTopic('t', 2)
  const producer = new TestProducer(peer)
  await producer.init()
  await producer.write('t', ['a'])
  await producer.write('t', ['b'], 1)
  return { bench, peer, clock, producer, [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() }
}

test('a marker that a full disk refuses is written once there is room; what is decided stays decided meanwhile', async () => {
  await using world = await started()
  const { bench, clock, peer, producer } = world
  bench.disk.fail('write', 'ENOSPC', { path: '/t-1/', times: 4 })
  expect(await producer.end('commit')).toBe(0)
  expect((await readFrom(peer, 't')).values).toEqual(['a'])
  expect((await readFrom(peer, 't', { partition: 1 })).values).toEqual([])
  expect(await producer.add('t')).toEqual([errorCodes.CONCURRENT_TRANSACTIONS])
  expect(await producer.send('t', ['late'], { partition: 1 })).toBe(errorCodes.NOT_ENOUGH_REPLICAS)
  expect(await producer.end('commit')).toBe(errorCodes.CONCURRENT_TRANSACTIONS)
  expect(await producer.end('abort')).toBe(errorCodes.INVALID_TXN_STATE)
  expect(await producer.init()).toBe(errorCodes.CONCURRENT_TRANSACTIONS)
  await clock.advanceSlowly(20_000, 1000)
  expect((await readFrom(peer, 't', { partition: 1 })).values).toEqual(['b'])
  expect((await readFrom(peer, 't')).highWatermark).toBe(2)
  expect(await producer.init()).toBe(0)
  expect(bench.said.of('warn').filter((line) => line.includes('waits for partitions'))).toEqual([
    'The commit of a transaction of producer 0 waits for partitions that cannot be written: t-1.',
  ])
})

test('a decision that a full disk refuses is none', async () => {
  await using world = await started()
  world.bench.disk.fail('write', 'ENOSPC', { path: '/__transaction_state-0/', times: 1 })
  expect(await world.producer.end('commit')).toBe(errorCodes.COORDINATOR_NOT_AVAILABLE)
  expect(await readFrom(world.peer, 't')).toMatchObject({ values: [], lastStableOffset: 0 })
  expect(await world.producer.end('abort')).toBe(0)
  expect(await readFrom(world.peer, 't')).toMatchObject({ values: [], lastStableOffset: 2 })
})

test('a topic that is deleted takes its part of a transaction with it', async () => {
  await using world = await started()
  const { peer, producer } = world
  await peer.createTopic('gone')
  await producer.write('gone', ['c'])
  expect((await peer.call(deleteTopics, 4, { topicNames: ['gone'], timeoutMs: 1000 })).topics[0]?.errorCode).toBe(0)
  expect(await producer.end('commit')).toBe(0)
  expect((await readFrom(peer, 't')).values).toEqual(['a'])
  expect(await producer.add('t')).toEqual([0])
})
