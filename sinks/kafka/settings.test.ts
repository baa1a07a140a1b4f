import { describe, expect, it } from 'vitest'
import { valuesOf } from '../../test/fakes/values.ts'
import { checkKafkaSink, kafkaSinkSettings } from './settings.ts'
import type { KafkaSinkValues } from './settings.ts'

const usual = { 'kafka.bootstrap.servers': 'h1:9092' }
const findings = (given: Record<string, string>) =>
  checkKafkaSink(valuesOf(kafkaSinkSettings, { ...usual, ...given }) as unknown as KafkaSinkValues)

describe('settings of the kafka sink', () => {
  it('are in order as usual, with Flume’s defaults', () => {
    expect(findings({})).toEqual([])
    expect(valuesOf(kafkaSinkSettings, usual)).toMatchObject({
      'kafka.topic': 'default-flume-topic',
      flumeBatchSize: 100,
      'kafka.producer.acks': 1,
      allowTopicOverride: true,
      topicHeader: 'topic',
    })
  })

  it('keep the names from before Flume 1.7', () => {
    expect(kafkaSinkSettings['kafka.bootstrap.servers'].formerly).toEqual(['brokerList'])
    expect(kafkaSinkSettings['kafka.topic'].formerly).toEqual(['topic'])
    expect(kafkaSinkSettings.flumeBatchSize.formerly).toEqual(['batchSize'])
    expect(kafkaSinkSettings['kafka.producer.acks'].formerly).toEqual(['requiredAcks'])
  })

  it.each([
    ['a name that no topic has', { 'kafka.topic': 'a b' }, 'kafka.topic'],
    ['escapes that are taken literally', { 'kafka.topic': 'a-%{b}', allowTopicOverride: 'false' }, 'kafka.topic'],
    ['a host word that is none', { 'kafka.topic': '%[moon]' }, 'kafka.topic'],
    ['security', { 'kafka.producer.security.protocol': 'SSL' }, 'kafka.producer.security.protocol'],
    ['a compression that is none', { 'kafka.producer.compression.type': 'zip' }, 'kafka.producer.compression.type'],
  ])('with %s are a fault', (_, given, setting) => {
    expect(findings(given as unknown as Record<string, string>)).toMatchObject([{ level: 'fault', setting }])
  })

  it.each([
    ['are misspelt', { 'kafka.producer.linger.m': '5' }, 'kafka.producer.linger.m'],
    ['have no effect', { 'serializer.class': 'x' }, 'serializer.class'],
    ['need a header', { 'kafka.topic': 'log-%Y' }, 'kafka.topic'],
  ])('that %s are warned of', (_, given, setting) => {
    expect(findings(given as unknown as Record<string, string>)).toMatchObject([{ level: 'warning', setting }])
  })

  it.each(['2', 'some', '-2'])('acks=%s is refused', (acks) => {
    expect(() => valuesOf(kafkaSinkSettings, { 'kafka.producer.acks': acks })).toThrow()
  })
})
