/** The order of puts whose answers are late. */
import { expect, it } from 'vitest'
import { clientOptions } from '../../src/client/options.ts'
import type { PartitionBatch } from '../../src/client/delivery.ts'
import type { TopicMetadata } from '../../src/client/cluster-metadata.ts'
import type { Outcome } from '../../src/client/outcome.ts'
import { Partitioner } from '../../src/client/partitioner.ts'
import { Producer } from '../../src/client/producer.ts'
import { TransactionalProducer } from '../../src/client/transactional-producer.ts'
import { eventOf } from '../../test/conformance/events.ts'
import { defer } from '../../test/conformance/scope.ts'
import type { BrokerBench } from '../../test/fakes/broker.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { channelBroker, channelTopic as topic } from '../../test/fakes/kafka-channel.ts'
import { storedIn } from '../../test/fakes/kafka-client.ts'
import { readFrom } from '../../test/fakes/transactions.ts'
import { Puts } from './puts.ts'
import { RecordMaker } from './record-maker.ts'

/** Its requests are slow: they go out when the test says so. */
class SlowProducer extends Producer {
  readonly mayGo = Promise.withResolvers<void>()

  override async send(batches: readonly PartitionBatch[]): Promise<readonly Outcome[]> {
    await this.mayGo.promise
    return super.send(batches)
  }
}

/** The topic was deleted, and is to be looked up again. */
class ForgetfulProducer extends Producer {
  knows = false

  override topic(name: string): TopicMetadata | undefined {
    return this.knows ? super.topic(name) : undefined
  }

  override async lookUp(name: string): Promise<TopicMetadata> {
    const found = await super.lookUp(name)
    this.knows = true
    return found
  }
}

const client = ({ port }: BrokerBench) => clientOptions({ bootstrap: [{ host: '127.0.0.1', port }] })
const idempotent = { acks: -1, idempotent: true } as const

/** Puts by that producer, of events whose header `p` says the partition. */
const putsBy = async (bench: BrokerBench, producer: Producer) => {
  const context = fakeContext()
  const rules = { parseAsFlumeEvent: false, defaultPartition: 0, partitionHeader: 'p' }
  const made = { transactions: 0 }
  const puts = new Puts({
    topic,
    maker: new RecordMaker('c1', rules, new Partitioner(context.random)),
    context,
    producer,
    transactional: () => {
      made.transactions++
      return new TransactionalProducer(client(bench), { transactionalId: 't1', transactionTimeoutMs: 15_000 })
    },
  })
  defer(() => puts[Symbol.asyncDispose]())
  await puts.open()
  return { puts, made }
}

it('a put in a transaction is behind those that were called before, however late they are answered', async () => {
  const bench = await channelBroker(2)
  const producer = new SlowProducer(client(bench), idempotent)
  const { puts, made } = await putsBy(bench, producer)

  const first = puts.put([eventOf('first')], undefined)
  const second = puts.put([eventOf('second', { p: '0' }), eventOf('other', { p: '1' })], undefined)
  const third = puts.put([eventOf('third')], undefined)
  // Two connections and as many answers later, none of them is there.
  expect(await storedIn(bench.port, topic)).toEqual([])
  expect(made.transactions).toBe(0)
  producer.mayGo.resolve()
  await Promise.all([first, second, third])
  expect(made.transactions).toBe(1)
  const { values } = await readFrom(await bench.peer(), topic, { partition: 0 })
  expect(values).toEqual(['first', 'second', 'third'])
})

it('puts in transactions go one after the other also where the topic had to be looked up anew', async () => {
  const bench = await channelBroker(2)
  const producer = new ForgetfulProducer(client(bench), idempotent)
  const { puts } = await putsBy(bench, producer)
  const putNamed = (name: string) =>
    puts.put([eventOf(name, { p: '0' }), eventOf(`${name} too`, { p: '1' })], undefined)
  await putNamed('before')
  producer.knows = false
  await Promise.all(['a', 'b', 'c'].map(putNamed))
  const { values } = await readFrom(await bench.peer(), topic, { partition: 0 })
  expect(values).toEqual(['before', 'a', 'b', 'c'])
})
