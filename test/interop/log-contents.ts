/** Fills a broker with what a log folder can hold, and looks at it as clients do: the same before and after the folder has changed hands. */
import { CompressionTypes, Kafka, logLevel, type Message } from 'kafkajs'
import { until } from '../fakes/until.ts'
import { bin } from '../support/agent.ts'
import { run } from '../support/child.ts'

const client = (bootstrap: string): Kafka =>
  new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR, retry: { retries: 10 } })

const messages = (prefix: string, count: number, keys = count): Message[] =>
  Array.from({ length: count }, (_, n) => ({ key: `k${n % keys}`, value: `${prefix} ${n} `.padEnd(60, '.') }))

export const topics = ['plain', 'keyed', 'ledger', 'transactional'] as const

const compacted = { 'cleanup.policy': 'compact', 'segment.bytes': '20000', 'min.cleanable.dirty.ratio': '0.01' }

/** Four topics, offsets of a group, a group that was deleted, and a transaction that stays open. Compacted topics may have other settings. */
export const fill = async (bootstrap: string, settings: Readonly<Record<string, string>> = {}): Promise<void> => {
  const configEntries = Object.entries({ ...compacted, ...settings }).map(([name, value]) => ({ name, value }))
  const kafka = client(bootstrap)
  const admin = kafka.admin()
  await admin.connect()
  // A broker with ZooKeeper answers before it knows who the controller is.
  await until(async () => (await admin.describeCluster()).controller !== null, 'a controller', 60_000)
  await admin.createTopics({
    topics: [
      { topic: 'plain', numPartitions: 2 },
      { topic: 'keyed', numPartitions: 1, configEntries },
      { topic: 'ledger', numPartitions: 1, configEntries },
      { topic: 'transactional', numPartitions: 1 },
    ],
  })
  const producer = kafka.producer()
  await producer.connect()
  for (const compression of [CompressionTypes.None, CompressionTypes.GZIP])
    for (let part = 0; part < 10; part++)
      await producer.send({ topic: 'plain', compression, messages: messages('plain', 50) })
  await producer.send({ topic: 'keyed', messages: [{ key: 'gone', value: 'before' }] })
  await producer.send({ topic: 'keyed', messages: [{ key: 'gone', value: null }] })
  for (let part = 0; part < 20; part++)
    await producer.send({
      topic: 'keyed',
      compression: CompressionTypes.GZIP,
      messages: messages(`keyed ${part}`, 30, 30),
    })
  for (let part = 0; part < 40; part++)
    await producer.send({ topic: 'keyed', messages: messages(`keyed ${part}`, 40, 25) })
  await producer.disconnect()
  await transact(kafka)
  await admin.setOffsets({ groupId: 'deleted', topic: 'plain', partitions: [{ partition: 0, offset: '1' }] })
  await admin.deleteGroups(['deleted'])
  await admin.setOffsets({ groupId: 'readers', topic: 'plain', partitions: [{ partition: 0, offset: '17' }, { partition: 1, offset: '4' }] }) // prettier-ignore
  await admin.disconnect()
}

const transact = async (kafka: Kafka): Promise<void> => {
  const producer = kafka.producer({ transactionalId: 'tx', maxInFlightRequests: 1, idempotent: true, transactionTimeout: 600_000 }) // prettier-ignore
  await producer.connect()
  const transaction = async (topic: string, outcome: string, count: number): Promise<void> => {
    const begun = await producer.transaction()
    await begun.send({ topic, messages: messages(`${outcome} ${count}`, count, 20) })
    if (outcome === 'commit') await begun.commit()
    if (outcome === 'abort') await begun.abort()
  }
  for (let n = 0; n < 8; n++) await transaction('ledger', n % 3 === 1 ? 'abort' : 'commit', 40 + 30 * n)
  for (const outcome of ['commit', 'abort', 'commit', 'abort', 'open']) await transaction('transactional', outcome, 5)
  await producer.disconnect()
}

export interface Contents {
  /** Lines of partition, offset, timestamp, key and value that a reader of committed data gets. */
  readonly records: Readonly<Record<string, readonly string[]>>
  readonly ends: Readonly<Record<string, readonly string[]>>
  readonly committed: readonly string[]
}

const show = ['partition', 'offset', 'timestamp', 'key'].flatMap((what) => ['--property', `print.${what}=true`])

const linesOf = async (bootstrap: string, topic: string): Promise<string[]> => {
  const from = [
    '--bootstrap-server',
    bootstrap,
    '--topic',
    topic,
    '--from-beginning',
    '--isolation-level',
    'read_committed',
  ]
  const output = await run(bin('kafka-console-consumer.sh'), [...from, '--timeout-ms', '3000', ...show])
  return output.split('\n').filter((line) => line.includes('CreateTime')).toSorted() // prettier-ignore
}

export const look = async (bootstrap: string): Promise<Contents> => {
  const admin = client(bootstrap).admin()
  await admin.connect()
  const records = await Promise.all(topics.map((topic) => linesOf(bootstrap, topic)))
  const ends: Record<string, string[]> = {}
  for (const topic of topics)
    ends[topic] = (await admin.fetchTopicOffsets(topic)).map((p) => `${p.partition} ${p.low} ${p.high}`).toSorted()
  const groups = await admin.fetchOffsets({ groupId: 'readers', topics: ['plain'] })
  await admin.disconnect()
  return {
    records: Object.fromEntries(topics.map((topic, i) => [topic, records[i] ?? []])),
    ends,
    committed: groups.flatMap((group) => group.partitions.map((p) => `${p.partition} ${p.offset}`)).toSorted(),
  }
}
