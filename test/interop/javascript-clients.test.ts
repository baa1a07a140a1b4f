import { Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka'
import { CompressionTypes, Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTopic, startBrokerProcess, temporaryFolder, writeServerProperties } from '../support/agent.ts'
import { bin } from '../support/agent.ts'
import { type Child, run } from '../support/child.ts'
import { arrivals, numberedLine, numberedLines } from '../support/lines.ts'
import { freePort } from '../support/port.ts'

const count = 2000
const values = Array.from({ length: count }, (_, n) => numberedLine(n))

describe('JavaScript clients against the broker', () => {
  const folder = temporaryFolder()
  let broker: Child
  let bootstrap = ''

  beforeAll(async () => {
    const port = await freePort()
    bootstrap = `127.0.0.1:${port}`
    broker = await startBrokerProcess(writeServerProperties(folder.path, port))
  })
  afterAll(async () => {
    await broker.stop()
    folder[Symbol.dispose]()
  })

  const produceWithOurs = (topic: string): Promise<string> =>
    run(bin('kafka-console-producer.sh'), ['--bootstrap-server', bootstrap, '--topic', topic], {
      input: numberedLines(0, count),
    })

  it('kafkajs produces, and our consumer reads', async () => {
    const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR })
    const producer = kafka.producer()
    await producer.connect()
    await producer.send({
      topic: 'from-kafkajs',
      compression: CompressionTypes.GZIP,
      messages: values.map((value) => ({ value })),
    })
    await producer.disconnect()
    expect(arrivals(await readTopic(bootstrap, 'from-kafkajs'), count)).toEqual({ lost: [], repeated: 0, strange: [] })
  })

  it('our producer sends, and a kafkajs group reads', async () => {
    await produceWithOurs('to-kafkajs')
    const consumer = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR }).consumer({ groupId: 'kafkajs' })
    await consumer.connect()
    await consumer.subscribe({ topic: 'to-kafkajs', fromBeginning: true })
    const read: string[] = []
    await new Promise<void>((resolve, reject) => {
      consumer
        .run({
          eachMessage: async ({ message }) => {
            read.push(String(message.value))
            if (read.length === count) resolve()
          },
        })
        .catch(reject)
    })
    await consumer.disconnect()
    expect(arrivals(read, count)).toEqual({ lost: [], repeated: 0, strange: [] })
  })

  it('@platformatic/kafka produces, and our consumer reads', async () => {
    const producer = new Producer({
      clientId: 'interop',
      bootstrapBrokers: [bootstrap],
      serializers: stringSerializers,
      autocreateTopics: true,
    })
    await producer.send({ messages: values.map((value) => ({ topic: 'from-platformatic', value })) })
    await producer.close()
    const read = await readTopic(bootstrap, 'from-platformatic')
    expect(arrivals(read, count)).toEqual({ lost: [], repeated: 0, strange: [] })
  })

  it('our producer sends, and a @platformatic/kafka group reads', async () => {
    await produceWithOurs('to-platformatic')
    const consumer = new Consumer({
      groupId: 'platformatic',
      clientId: 'interop',
      bootstrapBrokers: [bootstrap],
      deserializers: stringDeserializers,
    })
    const stream = await consumer.consume({ topics: ['to-platformatic'], mode: 'earliest', autocommit: true })
    const read: string[] = []
    for await (const message of stream) {
      read.push(message.value)
      if (read.length === count) break
    }
    await stream.close()
    await consumer.close()
    expect(arrivals(read, count)).toEqual({ lost: [], repeated: 0, strange: [] })
  })
})
