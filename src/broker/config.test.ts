import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseProperties } from '../config/properties.ts'
import { brokerConfig, readBrokerConfig } from './config.ts'
import { valuesText } from './config-notices.ts'
import { loadBrokerConfig, shippedSettings } from './config-file.ts'

const read = (text: string) => readBrokerConfig(parseProperties(text, 's.properties').entries)
const findings = (text: string): string[] => read(text).findings.map((f) => `${f.line} ${f.level}: ${f.says}${f.hint === undefined ? '' : ` (${f.hint})`}`) // prettier-ignore
const notices = (text: string): string[] => (read(text).config?.notices ?? []).map((n) => `${n.level}: ${n.says}`)

test('names that nobody knows are told with their line and what was meant', () => {
  expect(findings('broker.id=1\nnum.partition=3\nretention.ms=5\nzzzzzz=1\n')).toEqual([
    '2 warning: unknown setting num.partition (did you mean num.partitions?)',
    '3 warning: unknown setting retention.ms (did you mean log.retention.ms?)',
    '4 warning: unknown setting zzzzzz',
  ])
})

test('everything wrong is told at once', () => {
  const { config, findings: all } = read('num.partitions=many\nlog.segment.bytes=1\ncompression.type=rar\n')
  expect(config).toBeUndefined()
  expect(all.map((f) => [f.level, f.line])).toEqual([['fault', 1], ['fault', 2], ['fault', 3]]) // prettier-ignore
  expect(all[0]?.says).toBe('Invalid value many for configuration num.partitions: Not a number of type INT')
})

test('what has no effect is said with its reason, in one line for all', () => {
  const said = notices('num.io.threads=8\nnum.network.threads=2\nssl.keystore.location=/x\nzookeeper.connect=h:2181\nremote.log.x=1\nauthorizer.class.name=A\n') // prettier-ignore
  const line = said.filter((one) => one.startsWith('info: Accepted, but without effect here: '))
  expect(line).toHaveLength(1)
  for (const part of [
    'num.io.threads, num.network.threads (one thread',
    'ssl.keystore.location (security',
    'zookeeper.connect (',
    'remote.log.x (there is no tiered',
  ])
    // prettier-ignore
    expect(line[0]).toContain(part)
  expect(said.filter((one) => one.includes('authorizer.class.name'))).toEqual(['warn: authorizer.class.name has no effect: security is not there yet: every client may do everything.']) // prettier-ignore
  expect(notices('num.partitions=2\n').filter((one) => one.includes('without effect'))).toEqual([])
})

test.each([
  ['num.partitions=0', 'Invalid value 0 for configuration num.partitions: Value must be at least 1'],
  ['num.partitions=3000000000', 'Invalid value 3000000000 for configuration num.partitions: Not a number of type INT'],
  ['log.retention.ms=99999999999999999999', 'Invalid value 99999999999999999999 for configuration log.retention.ms: Not a number of type LONG'],
  ['offsets.topic.replication.factor=99999', 'Invalid value 99999 for configuration offsets.topic.replication.factor: Not a number of type SHORT'],
  ['log.cleaner.min.cleanable.ratio=x', 'Invalid value x for configuration log.cleaner.min.cleanable.ratio: Not a number of type DOUBLE'],
  ['log.cleaner.min.cleanable.ratio=1.5', 'Invalid value 1.5 for configuration log.cleaner.min.cleanable.ratio: Value must be no more than 1'],
  ['auto.create.topics.enable=yes', 'Invalid value yes for configuration auto.create.topics.enable: Expected value to be either true or false'],
  ['compression.type=GZIP', 'Invalid value GZIP for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer'],
  ['log.cleanup.policy=foo', 'Invalid value foo for configuration log.cleanup.policy: String must be one of: compact, delete'],
  ['log.cleanup.policy=delete,delete', "Configuration 'log.cleanup.policy' values must not be duplicated"],
  ['ssl.key.password=x\nnum.partitions=a', 'Invalid value a for configuration num.partitions: Not a number of type INT'],
  ['log.roll.ms=0', 'requirement failed: log.roll.ms must be equal or greater than 1'],
  ['log.retention.hours=0', 'requirement failed: log.retention.ms must be unlimited (-1) or, equal or greater than 1'],
  ['log.cleaner.dedupe.buffer.size=1000', 'requirement failed: log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread'],
  ['replica.fetch.wait.max.ms=40000', 'requirement failed: replica.fetch.wait.max.ms should always be less than or equal to replica.socket.timeout.ms to prevent unnecessary socket timeouts'],
  ['group.coordinator.rebalance.protocols=consumer', "requirement failed: Disabling the 'classic' protocol is not supported"],
  ['group.consumer.assignors=mine', 'requirement failed: group.consumer.assignors can only hold uniform and range, and not mine'],
  ['offsets.commit.required.acks=4', 'requirement failed: offsets.commit.required.acks must be greater or equal -1 and less or equal to offsets.topic.replication.factor'],
  ['inter.broker.protocol.version=0.10.0\nlog.message.format.version=0.10.1-IV2', 'requirement failed: log.message.format.version 0.10.1-IV2 cannot be used when inter.broker.protocol.version is set to version 0.10.0'],
  ['broker.id=2000', 'requirement failed: broker.id must be equal or greater than -1 and not greater than reserved.broker.max.id'],
  ['broker.id=-1\nbroker.id.generation.enable=false', 'requirement failed: broker.id must be equal or greater than 0'],
  ['inter.broker.listener.name=X', 'requirement failed: inter.broker.listener.name must be a listener name defined in advertised.listeners. The valid options based on currently configured listeners are PLAINTEXT'],
  ['security.inter.broker.protocol=SSL', 'requirement failed: inter.broker.listener.name must be a listener name defined in advertised.listeners. The valid options based on currently configured listeners are PLAINTEXT (security.inter.broker.protocol asks for SSL)'],
])("%s is refused in Kafka's words", (text, says) => {
  expect(read(text).findings.map((f) => f.says)).toEqual([says])
}) // prettier-ignore

test('what is said of several settings has one full stop at the end of each sentence', () => {
  const twice = () => brokerConfig({ 'log.cleanup.policy': 'delete,delete', 'compression.type': 'rar' })
  expect(twice).toThrow("Configuration 'log.cleanup.policy' values must not be duplicated; Invalid value rar for")
})

test('what a file comes to is told as Kafka tells it', () => {
  const text = valuesText(brokerConfig({ 'num.partitions': '3', 'log.cleanup.policy': 'compact,delete' }).settings)
  expect(text).toMatch(/^KafkaConfig values: \n\t/)
  for (const line of [
    'num.partitions = 3',
    'log.cleanup.policy = [compact, delete]',
    'log.flush.interval.messages = 9223372036854775807',
    'log.retention.ms = null',
    'compression.type = producer',
  ])
    // prettier-ignore
    expect(text).toContain(`\n\t${line}\n`)
})

test('blanks around values, plus signs, limits of Java and numbers above 2^53 are taken as Kafka takes them', () => {
  const { settings } = brokerConfig({ 'log.retention.ms': ' +5 ', 'log.flush.interval.messages': '9223372036854775807', 'auto.create.topics.enable': 'TRUE' }) // prettier-ignore
  expect(settings['log.retention.ms']).toBe(5)
  expect(settings['log.flush.interval.messages']).toBe(Number.MAX_SAFE_INTEGER)
  expect(settings['auto.create.topics.enable']).toBe(true)
  expect(brokerConfig({ 'node.id': '70000' }).settings['broker.id']).toBe(70_000)
})

test("Kafka's own settings files of every age are taken without a word about unknown names", () => {
  const old = 'broker.id=0\nport=9092\nhost.name=127.0.0.1\nnum.network.threads=3\nsocket.send.buffer.bytes=102400\nsocket.receive.buffer.bytes=102400\nlog.dirs=/x\nnum.recovery.threads.per.data.dir=1\nlog.retention.check.interval.ms=300000\nlog.cleaner.enable=false\nzookeeper.connection.timeout.ms=6000\nzookeeper.connect=localhost:2181\n' // prettier-ignore
  const kraft = 'process.roles=broker,controller\nnode.id=1\ncontroller.quorum.bootstrap.servers=localhost:9093\nlisteners=PLAINTEXT://:9092,CONTROLLER://:9093\ninter.broker.listener.name=PLAINTEXT\nadvertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093\ncontroller.listener.names=CONTROLLER\nlistener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL\nshare.coordinator.state.topic.replication.factor=1\noffsets.topic.replication.factor=1\ntransaction.state.log.min.isr=1\n' // prettier-ignore
  expect(findings(old)).toEqual([])
  expect(findings(kraft)).toEqual([])
  expect(read(old).config?.bound).toEqual([{ name: 'PLAINTEXT', host: '127.0.0.1', port: 9092 }])
  expect(read(kraft).config).toMatchObject({ settings: { 'broker.id': 1 }, bound: [{ name: 'PLAINTEXT', port: 9092 }] })
})

test('brokers may use among themselves what a listener under another name speaks', () => {
  const named = { listeners: 'IN://127.0.0.1:0', 'listener.security.protocol.map': 'IN:PLAINTEXT' }
  expect(brokerConfig({ ...named, 'security.inter.broker.protocol': 'PLAINTEXT' }).bound).toHaveLength(1)
  expect(() => brokerConfig({ ...named, 'security.inter.broker.protocol': 'SASL_PLAINTEXT' })).toThrow('asks for SASL_PLAINTEXT') // prettier-ignore
})

test('a listener without a host is for this machine alone, and that is said', () => {
  const { bound, notices: said } = brokerConfig({ listeners: 'PLAINTEXT://:9092' })
  expect(bound).toEqual([{ name: 'PLAINTEXT', host: '127.0.0.1', port: 9092 }])
  expect(said[0]?.says).toContain('listens on 127.0.0.1:9092 only')
  expect(brokerConfig({}).bound[0]?.host).toBe('127.0.0.1')
  const named = brokerConfig({ listeners: 'PLAINTEXT://0.0.0.0:9092', 'advertised.listeners': 'PLAINTEXT://h:1' })
  expect(named.bound[0]?.host).toBe('0.0.0.0')
  expect(named.notices.some((n) => n.says.includes('no host'))).toBe(false)
})

test.each([
  [{ listeners: 'PLAINTEXT://0.0.0.0:9092' }, 'cannot use the nonroutable meta-address 0.0.0.0'],
  [{ listeners: 'SSL://h:9092' }, 'SSL speaks SSL, which this broker does not have yet'],
  [{ listeners: 'IN://h:9092' }, 'No security protocol defined for listener IN'],
  [{ listeners: 'PLAINTEXT://h:1,PLAINTEXT://h:2' }, 'Each listener must have a different name'],
  [{ listeners: 'A://h:1,B://h:1', 'listener.security.protocol.map': 'A:PLAINTEXT,B:PLAINTEXT' }, 'Each listener must have a different port'], // prettier-ignore
  [{ listeners: 'h:9092' }, "'h:9092' is not of the form NAME://host:port"],
  [
    { 'advertised.listeners': 'OTHER://h:1' },
    'advertised.listeners listener names must be equal to or a subset of the ones defined in listeners. Found OTHER',
  ],
  [{ 'log.dirs': '' }, "Configuration 'log.dirs' must not be empty. Valid values include: any non-empty value"],
  [{ 'max.connections.per.ip.overrides': 'nonsense' }, 'not of the form host:count'],
])('%o is refused', (overrides, says) => {
  expect(() => brokerConfig(overrides)).toThrow(says)
})

test('IPv6, several listeners and their older forms are understood', () => {
  expect(brokerConfig({ listeners: 'PLAINTEXT://[::1]:9092' }).bound).toEqual([{ name: 'PLAINTEXT', host: '::1', port: 9092 }]) // prettier-ignore
  const old = brokerConfig({ port: '7000', 'advertised.host.name': 'outside', 'advertised.port': '7001' })
  expect(old.bound).toEqual([{ name: 'PLAINTEXT', host: '127.0.0.1', port: 7000 }])
  expect(old.advertised.get('PLAINTEXT')).toEqual({ name: 'PLAINTEXT', host: 'outside', port: 7001 })
  expect(brokerConfig({ 'log.dirs': ' /a , /b ', 'log.dir': '/c' }).logDirs).toEqual(['/a', '/b'])
  expect(brokerConfig({ 'log.dir': '/c' }).logDirs).toEqual(['/c'])
})

test('the shipped file says what a broker without a file is given', () => {
  const { config, warnings } = loadBrokerConfig({ file: 'conf/server.properties' })
  expect(warnings).toEqual([])
  for (const [name, value] of Object.entries(shippedSettings)) expect(config.given.get(name)).toBe(value)
  expect(readFileSync('conf/server.properties', 'utf8')).not.toContain('zookeeper')
})

test('a file that is not there is a fault that names it', () => {
  expect(() => loadBrokerConfig({ file: '/no/such/server.properties' })).toThrow('/no/such/server.properties cannot be read') // prettier-ignore
})
