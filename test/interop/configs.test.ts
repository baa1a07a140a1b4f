/** Apache Kafka's own ConfigCommand on our broker, and its console producer held to a quota. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Broker, startBroker } from '../../src/broker/index.ts'
import { numberedLines } from '../support/lines.ts'
import { kafkaTool } from './counterparts/apache-kafka.ts'

let broker: Broker

beforeAll(async () => {
  broker = await startBroker({ settings: { 'broker.id': 1 } })
})
afterAll(() => broker.stop())

const configs = (...args: readonly string[]): Promise<string> =>
  kafkaTool('kafka.admin.ConfigCommand', ['--bootstrap-server', broker.bootstrap, ...args])

it('changes and describes settings of topics and brokers', async () => {
  const topic = ['--bootstrap-server', broker.bootstrap, '--topic', 't1']
  await kafkaTool('org.apache.kafka.tools.TopicCommand', [...topic, '--create', '--config', 'min.cleanable.dirty.ratio=0.1']) // prettier-ignore
  expect(await configs('--alter', '--topic', 't1', '--add-config', 'retention.ms=1000,cleanup.policy=[compact,delete]')).toBe('Completed updating config for topic t1.\n') // prettier-ignore
  const own = await configs('--describe', '--topic', 't1')
  expect(own).toContain('  cleanup.policy=compact,delete sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete, DEFAULT_CONFIG:log.cleanup.policy=delete}\n') // prettier-ignore
  expect(own).toContain('  min.cleanable.dirty.ratio=0.1 ')
  expect(await configs('--alter', '--broker-defaults', '--add-config', 'message.max.bytes=900000')).toBe('Completed updating default config for brokers in the cluster.\n') // prettier-ignore
  const broker1 = await configs('--describe', '--broker', '1', '--all')
  expect(broker1).toContain('  message.max.bytes=900000 sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:message.max.bytes=900000, DEFAULT_CONFIG:message.max.bytes=1048588}\n') // prettier-ignore
  expect(broker1).toContain('  broker.id=1 sensitive=false synonyms={STATIC_BROKER_CONFIG:broker.id=1, DEFAULT_CONFIG:broker.id=-1}\n') // prettier-ignore
  await expect(configs('--alter', '--topic', 't1', '--add-config', 'retention.ms=abc')).rejects.toThrow(
    'InvalidConfigurationException: Invalid value abc for configuration retention.ms: Not a number of type LONG',
  )
})

it('sets quotas, to which its console producer is held', async () => {
  expect(await configs('--alter', '--client', 'console-producer', '--add-config', 'producer_byte_rate=20000')).toBe('Completed updating config for client console-producer.\n') // prettier-ignore
  expect(await configs('--describe', '--entity-type', 'clients')).toBe("Quota configs for client-id 'console-producer' are producer_byte_rate=20000.0\n") // prettier-ignore
  const lines = numberedLines(0, 6000)
  const begunMs = performance.now()
  await kafkaTool('org.apache.kafka.tools.ConsoleProducer', ['--bootstrap-server', broker.bootstrap, '--topic', 'slow'], lines) // prettier-ignore
  // so many bytes more than the ten windows allow take this long at this rate
  const leastMs = ((lines.length - 10 * 20_000) / 20_000) * 1000
  expect(leastMs).toBeGreaterThan(1000)
  expect(performance.now() - begunMs).toBeGreaterThan(leastMs)
})
