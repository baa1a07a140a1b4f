import { createRequire } from 'node:module'
import { CompressionTypes, type Consumer, Kafka, logLevel, type Message } from 'kafkajs'
import { describe, expect } from 'vitest'
import { bin, readTopic } from '../support/agent.ts'
import { run } from '../support/child.ts'
import { arrivals, numberedLine, numberedLines } from '../support/lines.ts'
import { sharedBroker } from '../support/broker.ts'
import { witness } from './witness.ts'

const count = 2000
const messages = Array.from({ length: count }, (_, n): Message => ({ key: `k${n}`, value: numberedLine(n) }))
const whole = { lost: [], repeated: 0, strange: [] }
const { version } = createRequire(import.meta.url)('kafkajs/package.json') as { readonly version: string }

describe('kafkajs against the broker', () => {
  const { bootstrap } = sharedBroker()
  const does = witness('kafkajs', version)
  const client = (): Kafka => new Kafka({ brokers: [bootstrap()], logLevel: logLevel.ERROR })

  /** Reads until it has enough, and leaves the group. */
  const read = async (consumer: Consumer, topic: string, enough: number): Promise<Message[]> => {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    const found: Message[] = []
    await new Promise<void>((resolve, reject) => {
      const eachMessage = async ({ message }: { message: Message }): Promise<void> => {
        found.push(message)
        if (found.length === enough) resolve()
      }
      consumer.run({ eachMessage }).catch(reject)
    })
    await consumer.disconnect()
    return found
  }

  for (const [codec, compression] of [
    ['none', CompressionTypes.None],
    ['gzip', CompressionTypes.GZIP],
  ] as const)
    // prettier-ignore
    does(`produces and consumes with ${codec}`, async () => {
      const producer = client().producer()
      await producer.connect()
      await producer.send({ topic: `codec-${codec}`, compression, messages })
      await producer.disconnect()
      expect(arrivals(await readTopic(bootstrap(), `codec-${codec}`), count)).toEqual(whole)
      const found = await read(client().consumer({ groupId: codec }), `codec-${codec}`, count)
      expect(
        arrivals(
          found.map((m) => String(m.value)),
          count,
        ),
      ).toEqual(whole)
    })

  does('a group goes on where it committed', async () => {
    const produce = (from: number, to: number): Promise<string> =>
      run(bin('kafka-console-producer.sh'), ['--bootstrap-server', bootstrap(), '--topic', 'grouped'], {
        input: numberedLines(from, to),
      })
    await produce(0, 10)
    expect(await read(client().consumer({ groupId: 'goes-on' }), 'grouped', 10)).toHaveLength(10)
    await produce(10, 12)
    const rest = await read(client().consumer({ groupId: 'goes-on' }), 'grouped', 2)
    expect(rest.map((m) => String(m.value))).toEqual([numberedLine(10), numberedLine(11)])
  })

  does('creates, grows and deletes topics', async () => {
    const admin = client().admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: 'admin', numPartitions: 2 }] })
    await admin.createPartitions({ topicPartitions: [{ topic: 'admin', count: 5 }] })
    const { topics } = await admin.fetchTopicMetadata({ topics: ['admin'] })
    expect(topics[0]?.partitions).toHaveLength(5)
    await expect(admin.createPartitions({ topicPartitions: [{ topic: 'admin', count: 3 }] })).rejects.toThrow(
      'partitions',
    )
    await admin.deleteTopics({ topics: ['admin'] })
    expect(await admin.listTopics()).not.toContain('admin')
    await admin.disconnect()
  })

  does('sends headers and gets them back', async () => {
    const producer = client().producer()
    await producer.connect()
    await producer.send({ topic: 'headers', messages: [{ key: null, value: 'v', timestamp: '1234567890123', headers: { colour: 'red' } }] }) // prettier-ignore
    await producer.disconnect()
    const [found] = await read(client().consumer({ groupId: 'headers' }), 'headers', 1)
    expect([found?.key, String(found?.headers?.['colour']), found?.timestamp]).toEqual([null, 'red', '1234567890123'])
  })

  does('produces idempotently', async () => {
    const producer = client().producer({ idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    for (let i = 0; i < 10; i++) await producer.send({ topic: 'idempotent', messages: [{ value: numberedLine(i) }] })
    await producer.disconnect()
    expect(arrivals(await readTopic(bootstrap(), 'idempotent'), 10)).toEqual(whole)
  })

  does('finds offsets by time', async () => {
    const producer = client().producer()
    await producer.connect()
    for (let i = 1; i <= 10; i++) await producer.send({ topic: 'times', messages: [{ value: 'v', timestamp: String(1000 * i) }] }) // prettier-ignore
    await producer.disconnect()
    const admin = client().admin()
    await admin.connect()
    expect(await admin.fetchTopicOffsetsByTimestamp('times', 4500)).toEqual([{ partition: 0, offset: '4' }])
    expect(await admin.fetchTopicOffsets('times')).toMatchObject([{ low: '0', high: '10' }])
    await admin.disconnect()
  })

  does('reads committed transactions only', async () => {
    const producer = client().producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: 'tx' })
    await producer.connect()
    for (const value of ['kept', 'dropped', 'kept']) {
      const transaction = await producer.transaction()
      await transaction.send({ topic: 'transacted', messages: [{ value }] })
      await (value === 'kept' ? transaction.commit() : transaction.abort())
    }
    await producer.disconnect()
    const found = await read(client().consumer({ groupId: 'tx' }), 'transacted', 2)
    expect(found.map((m) => String(m.value))).toEqual(['kept', 'kept'])
  })
})
