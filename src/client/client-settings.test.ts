import { describe, expect, it } from 'vitest'
import { closest } from '../config/did-you-mean.ts'
import { parseConsumerSettings } from './consumer-settings.ts'
import { parseProducerSettings } from './producer-settings.ts'

const producer = (given: Record<string, string>) => parseProducerSettings(Object.entries(given), closest)
const consumer = (given: Record<string, string>) => parseConsumerSettings(Object.entries(given), closest)

describe('settings of the Java producer', () => {
  it('have their effect', () => {
    const parsed = producer({
      acks: 'all',
      'compression.type': 'LZ4',
      'max.request.size': '5000',
      'delivery.timeout.ms': ' 7000 ',
      'enable.idempotence': 'False',
      'request.timeout.ms': '99',
      'client.id': 'me',
    })
    expect(parsed.producer).toEqual({
      acks: -1,
      compression: 'lz4',
      requestBytesMax: 5000,
      deliveryTimeoutMs: 7000,
      idempotent: false,
    })
    expect(parsed.client).toEqual({ requestTimeoutMs: 99, clientId: 'me' })
    expect(parsed.findings).toEqual([])
  })

  it('that are misspelt are named with what was meant', () => {
    expect(producer({ 'compresion.type': 'gzip' }).findings).toMatchObject([
      { level: 'warning', setting: 'compresion.type', says: expect.stringContaining('compression.type') },
    ])
  })

  it('without an effect say so', () => {
    expect(producer({ 'linger.ms': '5' }).findings).toMatchObject([
      { level: 'warning', setting: 'linger.ms', says: expect.stringContaining('no effect here: ') },
    ])
  })

  it.each([
    { 'linger.ms': 'abc' },
    { 'batch.size': '-5' },
    { acks: '2' },
    { 'compression.type': 'zip' },
    { 'max.request.size': 'big' },
    { 'max.in.flight.requests.per.connection': '0' },
    { 'security.protocol': 'SASL_SSL' },
    { 'ssl.truststore.location': '/x' },
    { 'sasl.mechanism': 'PLAIN' },
    { 'transactional.id': 'x' },
    { 'partitioner.class': 'com.example.MyPartitioner' },
  ])('are refused: %o', (given) => {
    expect(producer(given as unknown as Record<string, string>).findings).toMatchObject([
      { level: 'fault', setting: Object.keys(given)[0] },
    ])
  })

  it('of five requests in flight are the most there are', () => {
    expect(producer({ 'max.in.flight.requests.per.connection': '50' }).producer.inFlightMax).toBe(5)
  })
})

describe('settings of the Java consumer', () => {
  it('have their effect', () => {
    const parsed = consumer({
      'auto.offset.reset': 'earliest',
      'isolation.level': 'READ_COMMITTED',
      'partition.assignment.strategy':
        'org.apache.kafka.clients.consumer.RoundRobinAssignor, org.apache.kafka.clients.consumer.CooperativeStickyAssignor',
      'max.partition.fetch.bytes': '2000000',
      'allow.auto.create.topics': 'false',
      'group.instance.id': 'i1',
    })
    expect(parsed.consumer).toEqual({
      offsetReset: 'earliest',
      isolation: 'read_committed',
      assignors: ['roundrobin', 'cooperative-sticky'],
      partitionFetchBytes: 2_000_000,
      groupInstanceId: 'i1',
    })
    expect(parsed.client).toEqual({ createTopics: false })
  })

  it.each([
    { 'auto.offset.reset': 'smallest' },
    { 'partition.assignment.strategy': 'com.example.MyAssignor' },
    { 'group.protocol': 'consumer' },
    { 'security.protocol': 'SSL' },
  ])('are refused: %o', (given) => {
    expect(consumer(given as unknown as Record<string, string>).findings).toMatchObject([{ level: 'fault' }])
  })
})
