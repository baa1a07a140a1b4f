/** kafka-configs of Apache Kafka before 3, as far as it needs no ZooKeeper. */
import { expect } from 'vitest'
import type { Witness } from './witness.ts'

/** What it reaches without ZooKeeper. */
export type Reach = 'brokers' | 'all'

type Configs = (entity: readonly string[], ...args: readonly string[]) => Promise<string>

const entity = (...named: readonly string[]): string[] =>
  named.flatMap((word, i) => [i % 2 === 0 ? '--entity-type' : '--entity-name', word])

const change = (configs: Configs, named: readonly string[], setting: string): Promise<string> =>
  configs(named, '--alter', '--add-config', setting)

const ofBrokers = async (configs: Configs): Promise<void> => {
  const broker = entity('brokers', '0')
  expect(await change(configs, broker, 'message.max.bytes=900000')).toMatch(
    /Completed updating config for broker:? 0\./,
  )
  expect(await configs(broker, '--describe')).toContain('message.max.bytes=900000 ')
  const all = ['--entity-type', 'brokers', '--entity-default']
  expect(await change(configs, all, 'log.retention.ms=86400000')).toContain('default config for brokers in the cluster')
  expect(await configs(all, '--describe')).toContain('log.retention.ms=86400000 ')
}

const ofTopics = async (configs: Configs, topic: string): Promise<void> => {
  const named = entity('topics', topic)
  expect(await change(configs, named, 'retention.ms=3600000')).toContain(`Completed updating config for topic ${topic}.`) // prettier-ignore
  expect(await configs(named, '--describe')).toContain('retention.ms=3600000 ')
}

const ofQuotas = async (configs: Configs): Promise<void> => {
  const named = entity('users', 'alice', 'clients', 'app')
  await change(configs, named, 'producer_byte_rate=20000')
  expect(await configs(named, '--describe')).toContain("for user-principal 'alice', client-id 'app' are producer_byte_rate=20000.0") // prettier-ignore
}

/** The test of a release, on a topic that is there. */
export const oldConfigs = (does: Witness, reach: Reach, topic: string, configs: Configs): void => {
  if (reach === 'brokers') does('kafka-configs, of brokers', () => ofBrokers(configs))
  else
    does('kafka-configs', async () => {
      await ofBrokers(configs)
      await ofTopics(configs, topic)
      await ofQuotas(configs)
    })
}
