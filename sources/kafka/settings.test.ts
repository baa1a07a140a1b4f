import { describe, expect, it } from 'vitest'
import { valuesOf } from '../../test/fakes/values.ts'
import { checkKafkaSource, kafkaSourceSettings } from './settings.ts'
import type { KafkaSourceValues } from './settings.ts'

const usual = {
  'kafka.bootstrap.servers': 'h1:9092,h2:9092',
  'kafka.topics': 'a, b',
  'kafka.consumer.auto.offset.reset': 'earliest',
}

const findings = (given: Record<string, string>) =>
  checkKafkaSource(valuesOf(kafkaSourceSettings, given) as unknown as KafkaSourceValues)

describe('settings of the kafka source', () => {
  it('are in order as usual', () => {
    expect(findings(usual)).toEqual([])
  })

  it('need a topic', () => {
    const { 'kafka.topics': _, ...without } = usual
    expect(findings(without)).toMatchObject([{ level: 'fault', setting: 'kafka.topics' }])
    expect(findings({ ...without, 'kafka.topics.regex': 'log.*' })).toEqual([])
  })

  it('say which of two ways to name topics wins', () => {
    expect(findings({ ...usual, 'kafka.topics.regex': 'log.*' })).toMatchObject([
      { level: 'warning', setting: 'kafka.topics' },
    ])
  })

  it('that rely on Kafka’s latest are warned of', () => {
    const { 'kafka.consumer.auto.offset.reset': _, ...without } = usual
    expect(findings(without)).toMatchObject([{ level: 'warning', setting: 'kafka.consumer.auto.offset.reset' }])
  })

  it('of the consumer are checked under their whole names', () => {
    expect(
      findings({
        ...usual,
        'kafka.consumer.max.partition.fetch.byte': '5',
        'kafka.consumer.security.protocol': 'SASL_SSL',
        'kafka.consumer.enable.auto.commit': 'true',
      }),
    ).toMatchObject([
      {
        level: 'warning',
        setting: 'kafka.consumer.max.partition.fetch.byte',
        says: expect.stringContaining('max.partition.fetch.bytes'),
      },
      { level: 'fault', setting: 'kafka.consumer.security.protocol' },
      { level: 'warning', setting: 'kafka.consumer.enable.auto.commit' },
    ])
  })

  it('of ZooKeeper have no effect, and that is said', () => {
    expect(findings({ ...usual, zookeeperConnect: 'h:2181' })).toMatchObject([
      { level: 'warning', setting: 'zookeeperConnect' },
    ])
  })

  it('match whole topic names', () => {
    const values = valuesOf(kafkaSourceSettings, { 'kafka.topics.regex': 'log' })
    expect((values['kafka.topics.regex'] as RegExp).test('weblog')).toBe(false)
  })

  it('refuse addresses that are none', () => {
    expect(() => valuesOf(kafkaSourceSettings, { 'kafka.bootstrap.servers': 'h1' })).toThrow('host:port')
  })
})
