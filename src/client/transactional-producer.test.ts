import { afterEach, expect, it } from 'vitest'
import { brokerBench, type BrokerBench } from '../../test/fakes/broker.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { readFrom } from '../../test/fakes/transactions.ts'
import { offsetFetch } from '../protocol/messages/offset-fetch.ts'
import { clientOptions } from './options.ts'
import type { Outcome } from './outcome.ts'
import { TransactionalProducer, type TransactionalOptions } from './transactional-producer.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).toReversed()) await one()
})

const few = { 'transaction.state.log.num.partitions': '2', 'offsets.topic.num.partitions': '2' }

const started = async (overrides: Readonly<Record<string, string>> = {}, clock?: FakeClock): Promise<BrokerBench> => {
  const bench = await brokerBench({ ...few, ...overrides }, clock === undefined ? {} : { clock })
  undo.push(() => bench[Symbol.asyncDispose]())
  const peer = await bench.peer()
  await peer.createTopic('t', 2)
  return bench
}

const producerOf = async ({ port }: BrokerBench, options: Partial<TransactionalOptions> = {}) => {
  const bootstrap = [{ host: '127.0.0.1', port }]
  const client = clientOptions({ bootstrap, retryBackoffMs: 2, retryBackoffMaxMs: 20 })
  const producer = new TransactionalProducer(client, { transactionalId: 'tx', maxBlockMs: 5000, ...options })
  undo.push(() => producer[Symbol.asyncDispose]())
  await producer.open()
  await producer.lookUp('t')
  const send = async (values: readonly string[], partition = 0): Promise<Outcome | undefined> => {
    const records = producer.writer()
    for (const value of values) records.add(Date.now(), null, Buffer.from(value), null)
    return (await producer.send([{ topic: 't', partition, records }]))[0]
  }
  return { producer, send }
}

const committed = async (bench: BrokerBench, partition = 0): Promise<readonly string[]> =>
  (await readFrom(await bench.peer(), 't', { partition })).values

const offsetOf = async (bench: BrokerBench, groupId: string): Promise<number | undefined> => {
  const topics = [{ topic: 't', partitions: [0] }]
  const answer = await (await bench.peer()).call(offsetFetch, 7, { groupId, topics, requireStable: true })
  return answer.topics[0]?.partitions[0]?.offset
}

it('stores what it sent and the offsets that go with it together, or not at all', async () => {
  const bench = await started()
  const { producer, send } = await producerOf(bench)
  producer.begin()
  expect((await send(['a', 'b']))?.error).toBeUndefined()
  await send(['c'], 1)
  await producer.sendOffsets([{ topic: 't', partition: 0, offset: 7 }], { groupId: 'g' })
  expect(await committed(bench)).toEqual([])
  await producer.commit()
  expect([await committed(bench), await committed(bench, 1), await offsetOf(bench, 'g')]).toEqual([
    ['a', 'b'],
    ['c'],
    7,
  ])
  producer.begin()
  await send(['x'])
  await producer.sendOffsets([{ topic: 't', partition: 0, offset: 9 }], { groupId: 'g' })
  await producer.abort()
  producer.begin()
  await producer.commit()
  producer.begin()
  await send(['d'])
  await producer.commit()
  expect([await committed(bench), await offsetOf(bench, 'g')]).toEqual([['a', 'b', 'd'], 7])
})

it('takes over its transactional id, and aborts what the one before left open', async () => {
  const bench = await started()
  const old = await producerOf(bench)
  old.producer.begin()
  await old.send(['left'])
  const young = await producerOf(bench)
  expect((await readFrom(await bench.peer(), 't')).lastStableOffset).toBe(2)
  await expect(old.producer.commit()).rejects.toMatchObject({ code: 'PRODUCER_FENCED' })
  await expect(old.producer.abort()).rejects.toMatchObject({ code: 'PRODUCER_FENCED' })
  young.producer.begin()
  await young.send(['new'])
  await young.producer.commit()
  expect(await committed(bench)).toEqual(['new'])
})

it('aborts as a whole when one batch is refused, and goes on under a new epoch', async () => {
  const bench = await started({ 'message.max.bytes': '2000' })
  const { producer, send } = await producerOf(bench)
  producer.begin()
  await send(['kept?'])
  expect((await send(['x'.repeat(5000)], 1))?.error).toBeDefined()
  await expect(send(['more'])).rejects.toMatchObject({ code: 'TRANSACTION_FAILED' })
  await expect(producer.commit()).rejects.toMatchObject({ code: 'TRANSACTION_FAILED' })
  await producer.abort()
  producer.begin()
  await send(['again'])
  await send(['and again'], 1)
  await producer.commit()
  expect([await committed(bench), await committed(bench, 1)]).toEqual([['again'], ['and again']])
})

it('is shut out when a transaction takes longer than it may', async () => {
  const clock = new FakeClock(Date.now())
  const bench = await started({}, clock)
  const { producer, send } = await producerOf(bench, { transactionTimeoutMs: 1000 })
  producer.begin()
  await send(['slow'])
  await clock.advanceSlowly(20_000, 5000)
  await expect(producer.commit()).rejects.toMatchObject({ code: 'PRODUCER_FENCED' })
  expect(await committed(bench)).toEqual([])
})

it('fails where the group refuses the offsets', async () => {
  const bench = await started()
  const { producer, send } = await producerOf(bench)
  producer.begin()
  await send(['a'])
  const stranger = { groupId: 'g', generationId: 3, memberId: 'm', groupInstanceId: null }
  await expect(producer.sendOffsets([{ topic: 't', partition: 0, offset: 1 }], stranger)).rejects.toMatchObject({ code: 'BROKER_ERROR' }) // prettier-ignore
  await expect(producer.commit()).rejects.toMatchObject({ code: 'TRANSACTION_FAILED' })
  await producer.abort()
  expect(await committed(bench)).toEqual([])
})
