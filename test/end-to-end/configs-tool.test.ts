/** kafka-configs.sh against our broker: the lines it prints, where, and its exit codes. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Broker, startBroker } from '../../src/broker/index.ts'
import { temporaryFolder } from '../support/agent.ts'
import { optionTable, tool, type ToolResult } from '../support/tool.ts'

const folder = temporaryFolder()
let broker: Broker

beforeAll(async () => {
  broker = await startBroker({ settings: { 'broker.id': 1, 'log.retention.hours': 100 } })
  await tool('kafka-topics', ['--bootstrap-server', broker.bootstrap, '--create', '--topic', 't1'])
})
afterAll(async () => {
  await broker.stop()
  folder[Symbol.dispose]()
})

const configs = (...args: readonly string[]): Promise<ToolResult> =>
  tool('kafka-configs', ['--bootstrap-server', broker.bootstrap, ...args])

const printed = async (...args: readonly string[]): Promise<string> => {
  const { code, out, err } = await configs(...args)
  expect([code, err]).toEqual([0, ''])
  return out
}

describe('kafka-configs.sh', () => {
  it('changes and shows the settings of a topic', async () => {
    const done = 'Completed updating config for topic t1.\n'
    expect(await printed('--alter', '--topic', 't1', '--add-config', 'retention.ms=1000,cleanup.policy=[compact,delete]')).toBe(done) // prettier-ignore
    const own = `Dynamic configs for topic t1 are:
  cleanup.policy=compact,delete sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete, DEFAULT_CONFIG:log.cleanup.policy=delete}
  retention.ms=1000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=1000, STATIC_BROKER_CONFIG:log.retention.hours=100, DEFAULT_CONFIG:log.retention.hours=168}
`
    expect(await printed('--describe', '--entity-type', 'topics', '--entity-name', 't1')).toBe(own)
    expect(await printed('--describe', '--entity-type', 'topics')).toBe(own)
    const all = await printed('--describe', '--topic', 't1', '--all')
    expect(all).toContain('All configs for topic t1 are:\n')
    expect(all).toContain(
      '  max.message.bytes=1048588 sensitive=false synonyms={DEFAULT_CONFIG:message.max.bytes=1048588}\n',
    )
    const file = join(folder.path, 'add.properties')
    writeFileSync(file, 'segment.bytes=1048576\n')
    expect(await printed('--alter', '--topic', 't1', '--add-config-file', file, '--delete-config', 'cleanup.policy, retention.ms')).toBe(done) // prettier-ignore
    expect(await printed('--describe', '--topic', 't1')).toMatch(/^Dynamic configs for topic t1 are:\n {2}segment.bytes=1048576 .*\n$/) // prettier-ignore
    expect(await printed('--describe', '--topic', 'nosuch')).toBe("The topic 'nosuch' doesn't exist and doesn't have dynamic config.\n") // prettier-ignore
  })

  it('changes and shows the settings of brokers, of groups and the levels of loggers', async () => {
    expect(await printed('--alter', '--broker', '1', '--add-config', 'log.retention.ms=1000')).toBe('Completed updating config for broker 1.\n') // prettier-ignore
    expect(await printed('--alter', '--entity-type', 'brokers', '--entity-default', '--add-config', 'log.retention.ms=2000')).toBe('Completed updating default config for brokers in the cluster.\n') // prettier-ignore
    expect(await printed('--describe', '--entity-type', 'brokers')).toBe(`Dynamic configs for broker 1 are:
  log.retention.ms=1000 sensitive=false synonyms={DYNAMIC_BROKER_CONFIG:log.retention.ms=1000, DYNAMIC_DEFAULT_BROKER_CONFIG:log.retention.ms=2000, STATIC_BROKER_CONFIG:log.retention.hours=100, DEFAULT_CONFIG:log.retention.hours=168}
Default configs for brokers in the cluster are:
  log.retention.ms=2000 sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:log.retention.ms=2000}
`)
    expect(await printed('--alter', '--group', 'g1', '--add-config', 'consumer.session.timeout.ms=50000')).toBe('Completed updating config for group g1.\n') // prettier-ignore
    expect(await printed('--describe', '--entity-type', 'groups')).toContain('DYNAMIC_GROUP_CONFIG:consumer.session.timeout.ms=50000') // prettier-ignore
    expect(await printed('--alter', '--broker-logger', '1', '--add-config', 'root=WARN')).toBe('Completed updating config for broker-logger 1.\n') // prettier-ignore
    expect(await printed('--describe', '--broker-logger', '1')).toContain('  root=WARN sensitive=false synonyms={}\n')
  })

  it('changes and shows quotas', async () => {
    expect(await printed('--alter', '--client', 'c1', '--add-config', 'producer_byte_rate=1024,request_percentage=12.5')).toBe('Completed updating config for client c1.\n') // prettier-ignore
    expect(await printed('--alter', '--client-defaults', '--add-config', 'producer_byte_rate=100000000')).toBe('Completed updating default config for clients in the cluster.\n') // prettier-ignore
    await printed('--alter', '--entity-type', 'users', '--entity-name', 'u1', '--entity-type', 'clients', '--entity-default', '--add-config', 'consumer_byte_rate=6000') // prettier-ignore
    await printed('--alter', '--ip', '127.0.0.9', '--add-config', 'connection_creation_rate=5')
    expect(await printed('--describe', '--entity-type', 'clients')).toBe(`Quota configs for client-id 'c1' are producer_byte_rate=1024.0, request_percentage=12.5
Quota configs for the default client-id are producer_byte_rate=1.0E8
`) // prettier-ignore
    expect(await printed('--describe', '--entity-type', 'users', '--entity-type', 'clients')).toBe("Quota configs for user-principal 'u1', the default client-id are consumer_byte_rate=6000.0\n") // prettier-ignore
    expect(await printed('--describe', '--ip', '127.0.0.9')).toBe("Quota configs for ip '127.0.0.9' are connection_creation_rate=5.0\n") // prettier-ignore
    await printed('--alter', '--client', 'c1', '--delete-config', 'producer_byte_rate')
    expect(await printed('--describe', '--client', 'c1')).toBe("Quota configs for client-id 'c1' are request_percentage=12.5\n") // prettier-ignore
  })

  it('prints what the broker refuses, with the exception that people search for', async () => {
    expect(await configs('--alter', '--topic', 't1', '--add-config', 'retention.ms=abc')).toMatchObject({
      code: 1,
      out: '',
      err: `Error while executing config command with args '--bootstrap-server ${broker.bootstrap} --alter --topic t1 --add-config retention.ms=abc'
java.util.concurrent.ExecutionException: org.apache.kafka.common.errors.InvalidConfigurationException: Invalid value abc for configuration retention.ms: Not a number of type LONG
`,
    })
  })

  it('names the brokers that there are, where the one asked for is not (NO_SUCH_BROKER)', async () => {
    const { code, err } = await configs('--alter', '--broker', '5', '--add-config', 'message.max.bytes=2000000')
    expect(code).toBe(1)
    expect(err.split('\n')[1]).toBe(
      'java.util.concurrent.ExecutionException: org.apache.kafka.common.errors.TimeoutException: The cluster has no broker 5. Name one that it has: 1.',
    )
  })

  it.each([
    [['--alter', '--topic', 't1', '--add-config', 'retention.ms'], 'requirement failed: Invalid entity config: all configs to be added must be in the format "key=val" or  "key=[val1,val2]" to group values which contain commas.'],
    [['--alter', '--topic', 't1'], 'At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter'],
    [['--alter', '--entity-type', 'topics', '--add-config', 'a=b'], 'An entity name must be specified with --alter of topics'],
    [['--alter', '--entity-type', 'foo', '--entity-name', 'x', '--add-config', 'a=b'], 'Invalid entity type foo, the entity type must be one of topics, clients, users, brokers, ips, client-metrics, groups, broker-loggers with a --bootstrap-server or --bootstrap-controller argument'],
    [['--alter', '--topic', 't1', '--add-config', 'a=b', '--add-config-file', '/nosuch'], 'Only one of --add-config or --add-config-file must be specified'],
    [['--describe', '--entity-type', 'topics', '--entity-type', 'brokers'], "Only 'users' and 'clients' entity types may be specified together"],
    [['--describe'], 'At least one entity type must be specified'],
    [['--alter', '--client', 'c1', '--add-config', 'foo=1'], "Only quota configs can be added for 'clients' using --bootstrap-server. Unexpected config names: foo"],
    [['--alter', '--ip', '127.0.0.1', '--add-config', 'producer_byte_rate=5'], "Only connection quota configs can be added for 'ips' using --bootstrap-server. Unexpected config names: producer_byte_rate"],
    [['--alter', '--client', 'c1', '--add-config', 'producer_byte_rate=abc'], 'Cannot parse quota configuration value for producer_byte_rate: abc'],
    [['--alter', '--client', 'nosuch', '--delete-config', 'producer_byte_rate'], 'Invalid config(s): producer_byte_rate'],
    [['--alter', '--broker-logger', '1', '--add-config', 'no.such=INFO'], 'Invalid broker logger(s): no.such'],
  ])('%j is refused in one line', async (args, message) => {
    expect(await configs(...args)).toMatchObject({ code: 1, out: '', err: `${message}\n` })
  }) // prettier-ignore

  it('needs one action', async () => {
    for (const args of [
      ['--describe', '--alter', '--topic', 't1'],
      ['--topic', 't1'],
    ]) {
      // prettier-ignore
      const { code, err } = await configs(...args)
      expect([code, err.split('\n')[0]]).toEqual([1, 'Command must include exactly one action: --describe, --alter'])
      expect(err).toMatch(optionTable)
    }
  })
})

describe('kafka-topics.sh', () => {
  it('changes settings beside --zookeeper, as its users know it, and refers to kafka-configs.sh', async () => {
    const args = ['--zookeeper', 'localhost:2181', '--alter', '--topic', 't1', '--config', 'retention.ms=7000', '--delete-config', 'segment.bytes'] // prettier-ignore
    const { code, out } = await tool('kafka-topics', args, { env: { MILLRACE_BOOTSTRAP: broker.bootstrap } })
    expect([code, out]).toEqual([0, `WARNING: Altering topic configuration from this script has been deprecated and may be removed in future releases.
         Going forward, please use kafka-configs.sh for this functionality
Updated config for topic t1.
`]) // prettier-ignore
    expect(await printed('--describe', '--topic', 't1')).toMatch(/^Dynamic configs for topic t1 are:\n {2}retention.ms=7000 .*\n$/) // prettier-ignore
    const refused = await tool('kafka-topics', ['--bootstrap-server', broker.bootstrap, '--alter', '--topic', 't1', '--config', 'a=b']) // prettier-ignore
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('the kafka-configs tool can be used')])
  })
})
