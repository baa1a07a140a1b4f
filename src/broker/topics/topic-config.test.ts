import { expect, test } from 'vitest'
import { unlimited } from '../log/log-settings.ts'
import { checkTopicConfigs, logSettings, topicValues } from './topic-config.ts'
import { brokerTwins, topicSettings } from './topic-settings.ts'

const settings = (topic: Record<string, string>, broker: Record<string, string> = {}) =>
  logSettings(topicValues(new Map(Object.entries(topic)), new Map(Object.entries(broker))))

const refusal = (name: string, value: string) => () => checkTopicConfigs(new Map([[name, value]]))

test('a topic without settings has the defaults of Kafka', () => {
  expect(settings({})).toMatchObject({
    segmentBytes: 1_073_741_824,
    segmentMs: 604_800_000,
    segmentJitterMs: 0,
    segmentIndexBytes: 10_485_760,
    indexIntervalBytes: 4096,
    maxMessageBytes: 1_048_588,
    flushMessages: unlimited,
    flushMs: unlimited,
    timestampType: 'CreateTime',
    timestampBeforeMaxMs: unlimited,
    timestampAfterMaxMs: 3_600_000,
    compressionType: 'producer',
    isDownConverted: true,
    isCompacted: false,
    isDeleted: true,
    retentionMs: 604_800_000,
    retentionBytes: -1,
    fileDeleteDelayMs: 60_000,
  })
})

test("a topic's own setting wins over the broker's, milliseconds over hours", () => {
  expect(settings({}, { 'log.roll.hours': '1' }).segmentMs).toBe(3_600_000)
  expect(settings({}, { 'log.roll.hours': '1', 'log.roll.ms': '5000' }).segmentMs).toBe(5000)
  expect(settings({ 'segment.ms': '7' }, { 'log.roll.ms': '5000' }).segmentMs).toBe(7)
  const flush = { 'log.flush.interval.ms': '10', 'log.flush.scheduler.interval.ms': '20' }
  expect(settings({}, flush).flushMs).toBe(10)
  expect(settings({ 'flush.ms': '9223372036854775807' }, flush).flushMs).toBe(unlimited)
})

test('retention in minutes and hours is milliseconds, and any negative one is none', () => {
  const retention = (broker: Record<string, string>) =>
    topicValues(new Map(), new Map(Object.entries(broker)))['retention.ms']
  expect(retention({ 'log.retention.hours': '2' })).toBe(7_200_000)
  expect(retention({ 'log.retention.hours': '2', 'log.retention.minutes': '3' })).toBe(180_000)
  for (const name of ['log.retention.hours', 'log.retention.minutes', 'log.retention.ms'])
    expect(retention({ [name]: '-5' })).toBe(-1)
  expect(retention({})).toBe(604_800_000)
})

test('the older limit on timestamps counts where the newer ones say nothing', () => {
  const older = { 'message.timestamp.difference.max.ms': '100' }
  expect(settings(older)).toMatchObject({ timestampBeforeMaxMs: 100, timestampAfterMaxMs: 100 })
  expect(settings({ ...older, 'message.timestamp.after.max.ms': '7' })).toMatchObject({
    timestampBeforeMaxMs: 100,
    timestampAfterMaxMs: 7,
  })
})

test('names and values that are no settings are refused in words of Kafka', () => {
  expect(refusal('retention.mss', '1')).toThrow('Unknown topic config name: retention.mss')
  expect(refusal('__proto__', '1')).toThrow('Unknown topic config name')
  expect(refusal('segment.bytes', '13')).toThrow(
    'Invalid value 13 for configuration segment.bytes: Value must be at least 14',
  )
  expect(refusal('cleanup.policy', 'delete,shred')).toThrow('String must be one of: compact, delete')
  expect(refusal('min.cleanable.dirty.ratio', '1.5')).toThrow('Value must be no more than 1')
  expect(refusal('compression.type', 'brotli')).toThrow(
    'String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer',
  )
  expect(refusal('retention.ms', '')).toThrow(
    'Invalid value  for configuration retention.ms: Not a number of type LONG',
  )
  expect(refusal('leader.replication.throttled.replicas', '1:x')).toThrow(
    "Must be the literal '*' or a list of replicas",
  )
  expect(refusal('leader.replication.throttled.replicas', '*')).not.toThrow()
  expect(refusal('cleanup.policy', 'compact, delete')).not.toThrow()
})

test('a stored value that is not understood any more gives way to the default', () => {
  expect(settings({ 'segment.bytes': 'gigantic' }).segmentBytes).toBe(1_073_741_824)
})

test('every twin belongs to a setting', () => {
  for (const name of Object.keys(brokerTwins)) expect(Object.keys(topicSettings)).toContain(name)
})
