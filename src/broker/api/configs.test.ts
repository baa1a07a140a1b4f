import { afterEach, beforeEach, expect, test } from 'vitest'
import { batchOf } from '../../../test/fakes/batches.ts'
import { type BrokerBench, brokerBench, type BrokerPeer } from '../../../test/fakes/broker.ts'
import { alterConfigs } from '../../protocol/messages/alter-configs.ts'
import { describeConfigs } from '../../protocol/messages/describe-configs.ts'
import { fetch } from '../../protocol/messages/fetch.ts'
import { incrementalAlterConfigs } from '../../protocol/messages/incremental-alter-configs.ts'
import { listConfigResources } from '../../protocol/messages/list-config-resources.ts'
import { readBatchHeader } from '../../protocol/record-batch.ts'

const [TOPIC, BROKER, LOGGER, METRICS, GROUP] = [2, 4, 8, 16, 32]
const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3]

let bench: BrokerBench
let peer: BrokerPeer

const begin = async (started: Promise<BrokerBench>): Promise<void> => {
  bench = await started
  peer = await bench.peer()
}

beforeEach(() => begin(brokerBench({ 'broker.id': '7', 'log.retention.hours': '100', 'foo.bar': 'secret' })))
afterEach(() => bench[Symbol.asyncDispose]())

const change = async (resourceType: number, resourceName: string, name: string, value: string | null, op = SET, validateOnly = false) => {
  const resources = [{ resourceType, resourceName, configs: [{ name, op, value }] }]
  const answer = await peer.call(incrementalAlterConfigs, 1, { resources, validateOnly })
  const { errorCode, errorMessage } = answer.resources[0] ?? {}
  return errorCode === 0 ? 'done' : `${errorCode} ${errorMessage}`
} // prettier-ignore

const describe = async (resourceType: number, resourceName: string, ...names: string[]) => {
  const resources = [{ resourceType, resourceName, configNames: names.length === 0 ? null : names }]
  const asked = { resources, includeSynonyms: true, includeDocumentation: true }
  const [answer] = (await peer.call(describeConfigs, 4, asked)).resources
  if (answer === undefined || answer.errorCode !== 0) return [`${answer?.errorCode} ${answer?.errorMessage}`]
  return answer.configs.map(({ name, value, source, readOnly, configSynonyms }) =>
    `${name}=${value} source ${source}${readOnly ? ' read-only' : ''} [${configSynonyms.map((s) => `${s.source}:${s.name}=${s.value}`).join(' ')}]`) // prettier-ignore
}

test('a topic setting that is changed holds at once, is told with what it falls back to, and survives a restart', async () => {
  await peer.createTopic('t')
  expect((await peer.produce('t', batchOf(['x'.repeat(2000)]))).errorCode).toBe(0)
  expect(await change(TOPIC, 't', 'max.message.bytes', '1000')).toBe('done')
  expect((await peer.produce('t', batchOf(['x'.repeat(2000)]))).errorCode).toBe(10)
  expect(await change(TOPIC, 't', 'retention.ms', '5000')).toBe('done')
  const told = ['retention.ms=5000 source 1 [1:retention.ms=5000 4:log.retention.hours=100 5:log.retention.hours=168]'] // prettier-ignore
  expect(await describe(TOPIC, 't', 'retention.ms')).toEqual(told)
  await begin(bench.again())
  expect(await describe(TOPIC, 't', 'retention.ms')).toEqual(told)
  expect((await peer.produce('t', batchOf(['x'.repeat(2000)]))).errorCode).toBe(10)
  expect(await change(TOPIC, 't', 'max.message.bytes', null, DELETE)).toBe('done')
  expect((await peer.produce('t', batchOf(['x'.repeat(2000)]))).errorCode).toBe(0)
  await begin(bench.again())
  expect((await peer.produce('t', batchOf(['x'.repeat(2000)]))).errorCode).toBe(0)
})

test('a broker setting that is changed reaches topics that do not override it, for this broker before all', async () => {
  await peer.createTopic('t')
  await peer.createTopic('own')
  expect(await change(TOPIC, 'own', 'max.message.bytes', '100000')).toBe('done')
  expect(await change(BROKER, '', 'message.max.bytes', '1000')).toBe('done')
  expect((await peer.produce('t', batchOf(['x'.repeat(2000)]))).errorCode).toBe(10)
  expect((await peer.produce('own', batchOf(['x'.repeat(2000)]))).errorCode).toBe(0)
  expect(await change(BROKER, '7', 'message.max.bytes', '3000')).toBe('done')
  expect((await peer.produce('t', batchOf(['x'.repeat(2000)]))).errorCode).toBe(0)
  const synonyms = '2:message.max.bytes=3000 3:message.max.bytes=1000 5:message.max.bytes=1048588'
  expect(await describe(BROKER, '7', 'message.max.bytes')).toEqual([`message.max.bytes=3000 source 2 [${synonyms}]`])
  expect(await describe(TOPIC, 't', 'max.message.bytes')).toEqual([`max.message.bytes=3000 source 2 [${synonyms}]`])
  expect(await describe(BROKER, '')).toEqual(['message.max.bytes=1000 source 3 [3:message.max.bytes=1000]'])
  await begin(bench.again())
  expect(await describe(BROKER, '7', 'message.max.bytes')).toEqual([`message.max.bytes=3000 source 2 [${synonyms}]`])
  expect((await peer.produce('t', batchOf(['x'.repeat(4000)]))).errorCode).toBe(10)
  expect(await change(BROKER, '7', 'message.max.bytes', null, DELETE)).toBe('done')
  expect((await peer.produce('t', batchOf(['x'.repeat(2000)]))).errorCode).toBe(10)
})

test('settings of the file are read-only where Kafka has them so, and what may be a secret is kept back', async () => {
  expect(await describe(BROKER, '7', 'broker.id', 'log.retention.hours', 'foo.bar', 'num.io.threads')).toEqual([
    'broker.id=7 source 4 read-only [4:broker.id=7 5:broker.id=-1]',
    'num.io.threads=8 source 5 [5:num.io.threads=8]',
    'log.retention.hours=100 source 4 read-only [4:log.retention.hours=100 5:log.retention.hours=168]',
    'foo.bar=null source 4 read-only [4:foo.bar=null]',
  ].toSorted((a, b) => order.indexOf(a.split('=')[0] ?? '') - order.indexOf(b.split('=')[0] ?? ''))) // prettier-ignore
})
const order = ['broker.id', 'num.io.threads', 'log.retention.hours', 'foo.bar']

test.each([
  [TOPIC, 't', 'x', '1', SET, '40 Unknown topic config name: x'],
  [TOPIC, 't', 'retention.ms', 'abc', SET, '40 Invalid value abc for configuration retention.ms: Not a number of type LONG'],
  [TOPIC, 't', 'retention.ms', '5', APPEND, "40 Can't APPEND to key retention.ms because its type is not LIST."],
  [TOPIC, 't', 'retention.ms', '5', SUBTRACT, "40 Can't SUBTRACT to key retention.ms because its type is not LIST."],
  [TOPIC, 't', 'retention.ms', null, SET, '42 Null value not supported for : retention.ms'],
  [TOPIC, 't', 'retention.ms', '5', 9, '42 Unknown operation type 9'],
  [TOPIC, 't', 'max.compaction.lag.ms', '5', SET, '40 conflict topic config setting min.compaction.lag.ms (100) > max.compaction.lag.ms (5)'],
  [TOPIC, 'gone', 'retention.ms', '5', SET, "3 The topic 'gone' does not exist."],
  [TOPIC, '', 'retention.ms', '5', SET, '42 Default topic resources are not allowed.'],
  [BROKER, '7', 'broker.rack', 'r', SET, '42 Cannot update these configs dynamically: [broker.rack]'],
  [BROKER, '7', 'log.retention.ms', 'abc', SET, '42 Invalid value abc for configuration log.retention.ms: Not a number of type LONG'],
  [BROKER, '7', 'log.retention.ms', '0', SET, '42 requirement failed: log.retention.ms must be unlimited (-1) or, equal or greater than 1'],
  [BROKER, '7', 'log.retention.ms', '1', APPEND, '40 Config value append is not allowed for config key: log.retention.ms'],
  [BROKER, '7', 'num.io.threads', '1000', SET, '42 Invalid value org.apache.kafka.common.config.ConfigException: Dynamic thread count update validation failed for num.io.threads=1000, value should not be greater than double the current value 8 for configuration Invalid dynamic configuration'],
  [BROKER, '', 'sasl.jaas.config', 'x', SET, '42 Cannot update these configs at default cluster level, broker id must be specified: [sasl.jaas.config]'],
  [BROKER, '7', 'ssl.keystore.location', 'x', SET, '42 These security configs can be dynamically updated only per-listener using the listener prefix: [ssl.keystore.location]'],
  [BROKER, '9', 'log.retention.ms', '5', SET, '42 Unexpected broker id, expected 7 or empty string, but received 9'],
  [BROKER, 'x', 'log.retention.ms', '5', SET, '42 Node id must be an integer, but it is: x'],
  [BROKER, '7', 'max.connections.per.ip.overrides', 'zzz', SET, "42 Error parsing configuration property 'max.connections.per.ip.overrides': 'zzz' is not of the form host:count"],
  [LOGGER, '7', 'no.such', 'INFO', SET, '40 Logger no.such does not exist!'],
  [LOGGER, '7', 'root', null, DELETE, '42 Removing the log level of the root logger is not allowed'],
  [LOGGER, '7', 'kafka.server.KafkaServer', 'LOUD', SET, '40 Cannot set the log level of kafka.server.KafkaServer to LOUD as it is not a supported log level. Valid log levels are DEBUG, ERROR, FATAL, INFO, TRACE, WARN'],
  [LOGGER, '7', 'root', 'INFO', APPEND, '42 APPEND operation is not allowed for the BROKER_LOGGER resource'],
  [GROUP, 'g', 'nosuch', '1', SET, '40 Unknown group config name: nosuch'],
  [GROUP, 'g', 'consumer.session.timeout.ms', '1', SET, '40 consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms'],
  [GROUP, '', 'consumer.session.timeout.ms', '50000', SET, '42 Default group resources are not allowed.'],
  [METRICS, 'm', 'nosuch', '1', SET, '42 Unknown client metrics configuration: nosuch'],
  [METRICS, 'm', 'interval.ms', '5', SET, '42 Invalid value 5 for interval.ms, interval must be between 100 and 3600000 (1 hour)'],
  [METRICS, 'm', 'match', 'zzz', SET, '40 Illegal client matching pattern: zzz'],
  [77, 'm', 'match', 'zzz', SET, '42 Unknown resource type 77'],
] as const)('%i %s %s=%s by operation %i is refused in the words of Kafka', async (type, name, key, value, op, says) => {
  await peer.createTopic('t')
  await change(TOPIC, 't', 'min.compaction.lag.ms', '100')
  expect(await change(type, name, key, value, op)).toBe(says)
  expect(await change(type, name, key, value, op, true)).toBe(says)
}) // prettier-ignore

test('acks=all is refused where more replicas are asked for than there are, and the clock allows an hour', async () => {
  await peer.createTopic('t')
  expect(await change(TOPIC, 't', 'min.insync.replicas', '2')).toBe('done')
  const refused = await peer.produce('t', batchOf(['a']), { acks: -1 })
  expect([refused.errorCode, refused.errorMessage]).toEqual([19, 'The size of the current ISR : 1 is insufficient to satisfy the min.isr requirement of 2 for partition t-0']) // prettier-ignore
  expect((await peer.produce('t', batchOf(['a']))).errorCode).toBe(0)
  expect(await change(TOPIC, 't', 'min.insync.replicas', null, DELETE)).toBe('done')
  expect((await peer.produce('t', batchOf(['a']), { acks: -1 })).errorCode).toBe(0)
  const ahead = batchOf(['a'], { timestampMs: Date.now() + 7_200_000 })
  expect((await peer.produce('t', ahead)).errorCode).toBe(32)
  expect(await change(BROKER, '', 'log.message.timestamp.after.max.ms', '9223372036854775807')).toBe('done')
  expect((await peer.produce('t', ahead)).errorCode).toBe(0)
})

test('how far record times may be off, and whether old consumers are served, is changed for all topics at once', async () => {
  await peer.createTopic('t')
  const old = batchOf(['a'], { timestampMs: Date.now() - 60_000 })
  expect(await change(BROKER, '', 'log.message.timestamp.difference.max.ms', '1000')).toBe('done')
  expect((await peer.produce('t', old)).errorCode).toBe(32)
  expect(await change(BROKER, '7', 'log.message.timestamp.difference.max.ms', '3600000')).toBe('done')
  expect((await peer.produce('t', old)).errorCode).toBe(0)
  const topics = [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 100_000 }] }]
  const readOld = async () => (await peer.call(fetch, 2, { maxWaitMs: 0, minBytes: 1, topics })).topics[0]?.partitions[0]?.errorCode // prettier-ignore
  expect(await readOld()).toBe(0)
  expect(await change(BROKER, '', 'log.message.downconversion.enable', 'false')).toBe('done')
  expect(await readOld()).toBe(35)
  expect(await change(BROKER, '', 'log.message.downconversion.enable', null, DELETE)).toBe('done')
  expect(await readOld()).toBe(0)
})

test('a change that the disk refuses is an error of that resource, and nothing has changed', async () => {
  await peer.createTopic('t')
  await change(TOPIC, 't', 'retention.ms', '5000')
  bench.disk.fail('open', 'ENOSPC', { path: 'topic.properties', times: 1 })
  expect(await change(TOPIC, 't', 'retention.ms', '6000')).toMatch(/^56 The settings of topic t cannot be written/)
  expect((await describe(TOPIC, 't', 'retention.ms'))[0]).toContain('retention.ms=5000 source 1')
  bench.disk.fail('open', 'ENOSPC', { path: 'millrace-settings', times: 1 })
  expect(await change(BROKER, '7', 'message.max.bytes', '1')).toMatch(/^56 The change could not be written/)
  expect((await peer.produce('t', batchOf(['a']))).errorCode).toBe(0)
  expect(await describe(BROKER, '7', 'message.max.bytes')).toEqual(['message.max.bytes=1048588 source 5 [5:message.max.bytes=1048588]']) // prettier-ignore
})

test('limits on connections are changed while there are some', async () => {
  expect(await change(BROKER, '7', 'max.connections.per.ip', '2')).toBe('done')
  const second = await bench.peer()
  expect((await second.call(describeConfigs, 1, { resources: [] })).resources).toEqual([])
  await (
    await bench.peer()
  ).closed
  expect(await change(BROKER, '7', 'max.connections.per.ip.overrides', '127.0.0.1:3')).toBe('done')
  expect((await (await bench.peer()).call(describeConfigs, 1, { resources: [] })).resources).toEqual([])
  await (
    await bench.peer()
  ).closed
})

test('a topic is stored in the compression that it asks for now', async () => {
  await peer.createTopic('t')
  const codecOf = async (): Promise<number | undefined> => {
    await peer.produce('t', batchOf(['x'.repeat(1000)]))
    const log = { topic: 't', partitions: [{ partition: 0, fetchOffset: offset++, partitionMaxBytes: 100_000 }] }
    const { topics } = await peer.call(fetch, 11, { maxWaitMs: 0, minBytes: 1, topics: [log] })
    const records = topics[0]?.partitions[0]?.records
    return records === null || records === undefined ? undefined : readBatchHeader(records).codec
  }
  let offset = 0
  expect(await codecOf()).toBe(0)
  for (const [name, codec] of [
    ['gzip', 1],
    ['snappy', 2],
    ['lz4', 3],
    ['zstd', 4],
    ['uncompressed', 0],
  ] as const) {
    // prettier-ignore
    expect(await change(TOPIC, 't', 'compression.type', name)).toBe('done')
    expect(await codecOf()).toBe(codec)
  }
})

test('lists are appended to and subtracted from', async () => {
  await peer.createTopic('t')
  const policy = async () => (await describe(TOPIC, 't', 'cleanup.policy'))[0]?.split(' ')[0]
  for (const [op, value, result] of [
    [APPEND, 'compact', 'delete,compact'],
    [APPEND, 'compact', 'delete,compact'],
    [SUBTRACT, 'delete', 'compact'],
  ] as const) {
    // prettier-ignore
    expect(await change(TOPIC, 't', 'cleanup.policy', value, op)).toBe('done')
    expect(await policy()).toBe(`cleanup.policy=${result}`)
  }
})

test('what is only validated changes nothing, and one wrong edit stops the others of its resource but not of the next', async () => {
  await peer.createTopic('a')
  await peer.createTopic('b')
  expect(await change(TOPIC, 'a', 'retention.ms', '77', SET, true)).toBe('done')
  const set = (name: string, value: string) => ({ name, op: SET, value })
  const resources = [
    { resourceType: TOPIC, resourceName: 'a', configs: [set('retention.ms', '1'), set('nosuch', '1')] },
    { resourceType: TOPIC, resourceName: 'b', configs: [set('retention.ms', '1')] },
    { resourceType: BROKER, resourceName: '7', configs: [set('log.cleaner.threads', '2')] },
    { resourceType: BROKER, resourceName: '7', configs: [] },
  ]
  const { resources: answers } = await peer.call(incrementalAlterConfigs, 0, { resources, validateOnly: false })
  expect(answers.map((one) => one.errorCode)).toEqual([40, 0, 42, 42])
  expect(answers[2]?.errorMessage).toBe('Each resource must appear at most once.')
  expect((await describe(TOPIC, 'a', 'retention.ms'))[0]).toContain('source 4')
  expect((await describe(TOPIC, 'b', 'retention.ms'))[0]).toContain('retention.ms=1 source 1')
})

test.each([0, 1, 2])('AlterConfigs %i replaces all that a resource overrides', async (version) => {
  await peer.createTopic('t')
  await change(TOPIC, 't', 'retention.ms', '5')
  const replace = async (resourceType: number, resourceName: string, configs: { name: string; value: string | null }[], validateOnly = false) => // prettier-ignore
    (await peer.call(alterConfigs, version, { resources: [{ resourceType, resourceName, configs }], validateOnly })).resources[0] // prettier-ignore
  const configs = [{ name: 'segment.ms', value: '7' }]
  expect((await replace(TOPIC, 't', configs, true))?.errorCode).toBe(0)
  expect((await describe(TOPIC, 't', 'retention.ms'))[0]).toContain('source 1')
  expect((await replace(TOPIC, 't', configs))?.errorCode).toBe(0)
  expect((await describe(TOPIC, 't', 'retention.ms'))[0]).toContain('source 4')
  expect((await describe(TOPIC, 't', 'segment.ms'))[0]).toContain('segment.ms=7 source 1')
  const refused = await replace(TOPIC, 't', [{ name: 'segment.ms', value: null }])
  expect(refused).toMatchObject({ errorCode: 42, errorMessage: 'Null value not supported for : segment.ms' })
  expect((await replace(BROKER, '', [{ name: 'log.roll.ms', value: '9' }]))?.errorCode).toBe(0)
  expect((await replace(BROKER, '', []))?.errorCode).toBe(0)
  expect(await describe(BROKER, '')).toEqual([])
})

test('groups, metrics subscriptions and loggers have settings of their own, and are listed', async () => {
  expect(await change(GROUP, 'g', 'consumer.session.timeout.ms', '50000')).toBe('done')
  expect(await change(METRICS, 'm', 'metrics', 'a,b')).toBe('done')
  expect(await change(LOGGER, '7', 'kafka.server.KafkaServer', 'ERROR')).toBe('done')
  const list = async (version: number, resourceTypes: number[] = []) =>
    (await peer.call(listConfigResources, version, { resourceTypes })).configResources.map((r) => `${r.type} ${r.name}`)
  expect(await list(1)).toEqual(['4 7', '8 7', '16 m', '32 g'])
  expect(await list(0)).toEqual(['16 m'])
  expect((await peer.call(listConfigResources, 1, { resourceTypes: [3] })).errorCode).toBe(35)
  expect(await describe(LOGGER, '7', 'kafka.server.KafkaServer', 'root')).toEqual(['kafka.server.KafkaServer=ERROR source 6 []', 'root=INFO source 6 []']) // prettier-ignore
  await begin(bench.again())
  expect(bench.said.of('info').join()).toContain('started')
  expect(await list(1, [METRICS, GROUP])).toEqual(['16 m', '32 g'])
  expect(await describe(GROUP, 'g', 'consumer.session.timeout.ms')).toEqual(['consumer.session.timeout.ms=50000 source 8 [8:consumer.session.timeout.ms=50000 5:group.consumer.session.timeout.ms=45000]']) // prettier-ignore
  expect(await change(METRICS, 'm', 'metrics', null, DELETE)).toBe('done')
  expect(await list(0)).toEqual([])
  expect(await describe(GROUP, '')).toEqual(['42 Group name must not be empty'])
  expect(await describe(TOPIC, 'a b')).toEqual(["17 Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"]) // prettier-ignore
})

test('a logger that is set to ERROR says no more than that', async () => {
  await change(LOGGER, '7', 'kafka.server.KafkaServer', 'ERROR')
  await bench.broker.stop()
  expect(bench.said.of('info').join()).not.toContain('shutting down')
})
