import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseProperties } from '../config/properties.ts'
import { brokerConfig, readBrokerConfig } from './config.ts'
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
  expect(all[0]?.says).toBe("Invalid value many for configuration num.partitions: 'many' is not a whole number")
})

test('what has no effect yet is said in one line for all; retention, protection and ZooKeeper have their own', () => {
  const said = notices('num.io.threads=8\nlog.cleaner.threads=2\nssl.keystore.location=/x\nlog.retention.hours=5\nauthorizer.class.name=A\nzookeeper.connect=h:2181\n') // prettier-ignore
  const lines = (word: string) => said.filter((line) => line.includes(word))
  expect(lines('num.io.threads')).toEqual(['info: Accepted, but without effect yet: log.cleaner.threads, num.io.threads, ssl.keystore.location.']) // prettier-ignore
  expect(lines('log.retention.hours')[0]).toMatch(/^warn: Retention has no effect yet/)
  expect(lines('authorizer.class.name')[0]).toMatch(/^warn: .* every client may do everything/)
  expect(lines('zookeeper.connect')[0]).toMatch(/^info: .* cluster mode/)
})

test("Kafka's own settings files of every age are taken without a word about unknown names", () => {
  const old = 'broker.id=0\nport=9092\nhost.name=127.0.0.1\nnum.network.threads=3\nsocket.send.buffer.bytes=102400\nsocket.receive.buffer.bytes=102400\nlog.dirs=/x\nnum.recovery.threads.per.data.dir=1\nlog.retention.check.interval.ms=300000\nlog.cleaner.enable=false\nzookeeper.connection.timeout.ms=6000\nzookeeper.connect=localhost:2181\n' // prettier-ignore
  const kraft = 'process.roles=broker,controller\nnode.id=1\ncontroller.quorum.bootstrap.servers=localhost:9093\nlisteners=PLAINTEXT://:9092,CONTROLLER://:9093\ninter.broker.listener.name=PLAINTEXT\nadvertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093\ncontroller.listener.names=CONTROLLER\nlistener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL\nshare.coordinator.state.topic.replication.factor=1\noffsets.topic.replication.factor=1\ntransaction.state.log.min.isr=1\n' // prettier-ignore
  expect(findings(old)).toEqual([])
  expect(findings(kraft)).toEqual([])
  expect(read(old).config?.bound).toEqual([{ name: 'PLAINTEXT', host: '127.0.0.1', port: 9092 }])
  expect(read(kraft).config).toMatchObject({ settings: { 'broker.id': 1 }, bound: [{ name: 'PLAINTEXT', port: 9092 }] })
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
  [{ 'advertised.listeners': 'OTHER://h:1' }, 'advertised.listeners names OTHER, which listeners does not'],
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
