import { describe, expect, it } from 'vitest'
import { brokerBench } from '../../test/fakes/broker.ts'
import { consumerOf, storedIn } from '../../test/fakes/kafka-client.ts'
import type { NewestVersions } from '../../test/fakes/older-broker.ts'
import { kafkaVersions, olderBroker } from '../../test/fakes/older-broker.ts'
import { Admin } from './admin.ts'
import { clientOptions } from './options.ts'
import type { ClientOptions } from './options.ts'
import { Producer } from './producer.ts'

const optionsFor = (port: number): ClientOptions => clientOptions({ bootstrap: [{ host: '127.0.0.1', port }] })

/** A broker that speaks no newer versions than these. */
const benchOf = async (newest: NewestVersions) => {
  const stack = new AsyncDisposableStack()
  let broker = 0
  const older = stack.use(await olderBroker(newest, () => broker))
  const bench = stack.use(await brokerBench({ 'advertised.listeners': `PLAINTEXT://127.0.0.1:${older.port}` }))
  broker = bench.port
  return { port: older.port, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const produce = async (port: number, values: readonly string[]): Promise<void> => {
  await using producer = new Producer(optionsFor(port))
  await producer.open()
  await producer.lookUp('t')
  const records = producer.writer()
  for (const value of values) records.add(1, null, Buffer.from(value), null)
  const [outcome] = await producer.send([{ topic: 't', partition: 0, records }])
  expect(outcome?.error).toBeUndefined()
}

describe.each(Object.entries(kafkaVersions))('a broker like Kafka %s', (_, newest) => {
  it('is produced to, read in a group, and committed to', async () => {
    await using bench = await benchOf(newest)
    await produce(bench.port, ['a', 'b', 'c'])
    const first = await consumerOf(bench.port, { groupId: 'g' })
    first.consumer.subscribe(['t'])
    expect((await first.read(3)).map(({ value }) => value)).toEqual(['a', 'b', 'c'])
    await first.consumer.commit([{ topic: 't', partition: 0, offset: 2 }])
    await first[Symbol.asyncDispose]()
    await using second = await consumerOf(bench.port, { groupId: 'g', isolation: 'read_committed' })
    second.consumer.subscribe(['t'])
    expect((await second.read(1)).map(({ value }) => value)).toEqual(['c'])
  })

  it('has its topics created, listed and deleted', async () => {
    await using bench = await benchOf(newest)
    using admin = new Admin(optionsFor(bench.port))
    await admin.create({ topic: 't', partitions: 2, replicationFactor: 1, assignment: [], configs: [] })
    expect((await admin.topics()).map(({ topic, partitions }) => [topic, partitions.length])).toEqual([['t', 2]])
    expect(await storedIn(bench.port, 't')).toEqual([])
    await admin.delete('t')
    expect(await admin.topics()).toEqual([])
  })
})

it('a broker that only speaks formats of Kafka 0.10 is refused by name', async () => {
  await using bench = await benchOf({ ...kafkaVersions['0.11'], 0: 2, 1: 3 })
  await using producer = new Producer(optionsFor(bench.port))
  await producer.open()
  await producer.lookUp('t')
  const records = producer.writer()
  records.add(1, null, Buffer.from('a'), null)
  const [outcome] = await producer.send([{ topic: 't', partition: 0, records }])
  expect(outcome?.error).toMatchObject({ code: 'BROKER_TOO_OLD' })
  await using reader = await consumerOf(bench.port)
  reader.consumer.readAll(['t'])
  await expect(reader.read(1)).rejects.toMatchObject({ code: 'BROKER_TOO_OLD' })
})
