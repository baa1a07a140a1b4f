/** The order of puts whose answers are late. */
import { expect, it } from 'vitest'
import { clientOptions } from '../../src/client/options.ts'
import type { PartitionBatch } from '../../src/client/delivery.ts'
import type { Outcome } from '../../src/client/outcome.ts'
import { Partitioner } from '../../src/client/partitioner.ts'
import { Producer } from '../../src/client/producer.ts'
import { TransactionalProducer } from '../../src/client/transactional-producer.ts'
import { eventOf } from '../../test/conformance/events.ts'
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

it('a put in a transaction is behind those that were called before, however late they are answered', async () => {
  const bench = await channelBroker(2)
  const context = fakeContext()
  const rules = { parseAsFlumeEvent: false, defaultPartition: 0, partitionHeader: 'p' }
  const client = clientOptions({ bootstrap: [{ host: '127.0.0.1', port: bench.port }] })
  const producer = new SlowProducer(client, { acks: -1, idempotent: true })
  let transactions = 0
  await using puts = new Puts({
    topic,
    maker: new RecordMaker('c1', rules, new Partitioner(context.random)),
    context,
    producer,
    transactional: () => {
      transactions++
      return new TransactionalProducer(client, { transactionalId: 't1', transactionTimeoutMs: 15_000 })
    },
  })
  await puts.open()

  const first = puts.put([eventOf('first')], undefined)
  const second = puts.put([eventOf('second', { p: '0' }), eventOf('other', { p: '1' })], undefined)
  const third = puts.put([eventOf('third')], undefined)
  // Two connections and as many answers later, none of them is there.
  expect(await storedIn(bench.port, topic)).toEqual([])
  expect(transactions).toBe(0)
  producer.mayGo.resolve()
  await Promise.all([first, second, third])
  expect(transactions).toBe(1)
  const { values } = await readFrom(await bench.peer(), topic, { partition: 0 })
  expect(values).toEqual(['first', 'second', 'third'])
})
