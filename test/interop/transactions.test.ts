/** Transactions between Apache Kafka and us, in both directions: our client on its broker, its tools on ours, and both tools on both. */
import { describe, expect, it } from 'vitest'
import { clientOptions } from '../../src/client/options.ts'
import { TransactionalProducer } from '../../src/client/transactional-producer.ts'
import { tool } from '../support/tool.ts'
import { sharedBroker } from '../support/broker.ts'
import { kafkaTool } from './counterparts/apache-kafka.ts'
import { sharedApacheKafka } from './shared-apache-kafka.ts'

const consumerClass = 'org.apache.kafka.tools.consumer.ConsoleConsumer'
const transactionsClass = 'org.apache.kafka.tools.TransactionsCommand'

/** What Kafka's consumer of committed data gets of a topic. */
const committed = async (bootstrap: string, topic: string, count: number): Promise<string[]> => {
  const reading = ['--topic', topic, '--from-beginning', '--isolation-level', 'read_committed']
  const ending = ['--max-messages', String(count), '--timeout-ms', '20000']
  const output = await kafkaTool(consumerClass, ['--bootstrap-server', bootstrap, ...reading, ...ending])
  // the consumer of 4.x also prints an advertisement of its newer protocol, and how many records it had
  return output.split('\n').filter((line) => line !== '' && !/^Processed |KIP-848/.test(line))
}

const producerOf = async (server: string, topic: string) => {
  const [host = '', port] = server.split(':')
  const bootstrap = [{ host, port: Number(port) }]
  const producer = new TransactionalProducer(clientOptions({ bootstrap }), { transactionalId: 'tx' })
  await producer.open()
  await producer.lookUp(topic)
  const send = async (value: string): Promise<void> => {
    const records = producer.writer()
    records.add(Date.now(), null, Buffer.from(value), null)
    const [outcome] = await producer.send([{ topic, partition: 0, records }])
    if (outcome?.error !== undefined) throw outcome.error
  }
  return { producer, send }
}

/** Two transactions that count, one that does not, one that a successor shuts out; offsets go with the last. */
const play = async (bootstrap: string, topic: string): Promise<void> => {
  const first = await producerOf(bootstrap, topic)
  await using one = first.producer
  one.begin()
  await first.send('kept 1')
  await one.commit()
  one.begin()
  await first.send('dropped')
  await one.abort()
  one.begin()
  await first.send('left open')
  const second = await producerOf(bootstrap, topic)
  await using two = second.producer
  await expect(one.commit()).rejects.toMatchObject({ code: 'PRODUCER_FENCED' })
  two.begin()
  await second.send('kept 2')
  await two.sendOffsets([{ topic, partition: 0, offset: 7 }], { groupId: 'readers' })
  await two.commit()
}

const offsetOf = async (bootstrap: string): Promise<string | undefined> => {
  const { out } = await tool('kafka-consumer-groups', ['--bootstrap-server', bootstrap, '--describe', '--group', 'readers']) // prettier-ignore
  return /^readers\s+\S+\s+0\s+(\d+)/m.exec(out)?.[1]
}

/** Ours and theirs print the same about a cluster. */
const agree = async (bootstrap: string, ...args: string[]): Promise<string> => {
  const theirs = await kafkaTool(transactionsClass, ['--bootstrap-server', bootstrap, ...args])
  const ours = await tool('kafka-transactions', ['--bootstrap-server', bootstrap, ...args])
  expect(ours).toMatchObject({ code: 0, out: theirs })
  return theirs
}

describe('on Apache Kafka 4.3', () => {
  const { bootstrap } = sharedApacheKafka()

  it('our producer commits, aborts, and shuts out the one before it; our tool prints what Kafka prints', async () => {
    await play(bootstrap(), 'ours')
    expect(await committed(bootstrap(), 'ours', 2)).toEqual(['kept 1', 'kept 2'])
    expect(await offsetOf(bootstrap())).toBe('7')
    expect(await agree(bootstrap(), 'list')).toMatch(/^tx .*CompleteCommit/m)
    await agree(bootstrap(), 'describe-producers', '--topic', 'ours', '--partition', '0')
  })
})

describe('on our broker', () => {
  const { bootstrap } = sharedBroker('transaction.state.log.num.partitions=1\noffsets.topic.num.partitions=1\n')

  it('our producer does the same, and its tool prints what ours prints', async () => {
    await play(bootstrap(), 'ours')
    expect(await committed(bootstrap(), 'ours', 2)).toEqual(['kept 1', 'kept 2'])
    expect(await offsetOf(bootstrap())).toBe('7')
    expect(await agree(bootstrap(), 'list')).toMatch(/^tx .*CompleteCommit/m)
    await agree(bootstrap(), 'describe-producers', '--topic', 'ours', '--partition', '0')
    await agree(bootstrap(), 'find-hanging', '--topic', 'ours')
  })

  it("Kafka's performance tool sends in transactions of 50 ms, and everything arrives", async () => {
    const sending = ['--topic', 'fast', '--num-records', '5000', '--record-size', '20', '--throughput', '20000']
    const properties = ['--producer-props', `bootstrap.servers=${bootstrap()}`, '--transaction-duration-ms', '50']
    const output = await kafkaTool('org.apache.kafka.tools.ProducerPerformance', [...sending, ...properties])
    expect(output).toMatch(/^5000 records sent/m)
    expect(await committed(bootstrap(), 'fast', 5000)).toHaveLength(5000)
    expect((await tool('kafka-transactions', ['--bootstrap-server', bootstrap(), 'list'])).out).toMatch(/^performance-producer-\S+\s.*CompleteCommit/m) // prettier-ignore
  })
})
