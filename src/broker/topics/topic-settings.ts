/**
 * The settings that a topic can override, in one table: how the value is checked, which setting of server.properties it overrides, and what it is
 * where that has none. Values are kept as they were written, so that Kafka's tools read back what they set.
 */
import {
  BadValue,
  bytes,
  commaList,
  double,
  flag,
  idle,
  INT_MAX,
  integer,
  type KafkaRow,
  LONG_MAX,
  milliseconds,
  oneOf,
  text,
} from '../config-kinds.ts'
import { reasons } from '../config-reasons.ts'

const int = { max: INT_MAX } as const
/** The default of `message.timestamp.after.max.ms`. */
export const AFTER_MAX_MS = 3_600_000
const weekMs = 604_800_000
const dayMs = 86_400_000

/** Which replicas are throttled. Throws BadValue in Kafka's words. */
const replicas = (): KafkaRow<readonly string[]> => {
  const list = commaList({ default: [] })
  return {
    ...list,
    parse(given) {
      const items = list.parse(given)
      if (given.trim() === '*' || items.every((item) => /^\d+:\d+$/.test(item))) return items
      throw new BadValue('Must be the literal \'*\' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...') // prettier-ignore
    },
  }
}

const retention = {
  'cleanup.policy': commaList({
    words: ['compact', 'delete'],
    default: ['delete'],
    doc: 'What happens to old records: they are deleted, compacted by key, or both.',
  }),
  'delete.retention.ms': milliseconds({ min: 0, default: dayMs, doc: 'How long compaction keeps tombstones.' }),
  'file.delete.delay.ms': milliseconds({ min: 0, default: 60_000, doc: 'How long a deleted file stays on disk.' }),
  'max.compaction.lag.ms': milliseconds({ min: 1, default: LONG_MAX, doc: 'After that a record is compacted.' }),
  'min.compaction.lag.ms': milliseconds({ min: 0, default: 0, doc: 'Before that a record is not compacted.' }),
  'min.cleanable.dirty.ratio': double({
    min: 0,
    max: 1,
    default: 0.5,
    doc: 'Compaction begins when so much of the log is not compacted.',
  }),
  'retention.bytes': bytes({ default: -1, doc: 'Old segments go when the log is larger; -1: never.' }),
  'retention.ms': milliseconds({ min: -1, default: weekMs, doc: 'Segments older than that go; -1: never.' }),
} as const

const segments = {
  'flush.messages': integer({ min: 1, default: LONG_MAX, doc: 'Records after which the log is synced to disk.' }),
  'flush.ms': milliseconds({ min: 0, default: LONG_MAX, doc: 'The longest that a record waits for a sync.' }),
  'index.interval.bytes': bytes({ ...int, min: 0, default: 4096, doc: 'Bytes of log between two index entries.' }),
  'segment.bytes': bytes({
    ...int,
    min: 14,
    default: 1_073_741_824,
    doc: 'A segment is closed before it grows beyond.',
  }),
  'segment.index.bytes': bytes({ ...int, min: 4, default: 10_485_760, doc: 'The largest index file.' }),
  'segment.jitter.ms': milliseconds({ min: 0, default: 0, doc: 'At most so much is taken off segment.ms.' }),
  'segment.ms': milliseconds({ min: 1, default: weekMs, doc: 'A segment older than that is closed.' }),
} as const

const records = {
  'compression.type': oneOf(['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'], {
    default: 'producer',
    doc: 'How records are stored; producer: as they were sent.',
  }),
  'compression.gzip.level': integer({
    min: -1,
    max: 9,
    type: 'int',
    default: -1,
    doc: 'How hard gzip tries, where records are compressed anew; -1: its own default.',
  }),
  'compression.zstd.level': integer({
    min: -131_072,
    max: 22,
    type: 'int',
    default: 3,
    doc: 'How hard zstd tries, where records are compressed anew.',
  }),
  'max.message.bytes': bytes({ ...int, min: 0, default: 1_048_588, doc: 'The largest record batch.' }),
  'message.downconversion.enable': flag({ default: true, doc: 'Whether consumers of the old formats are served.' }),
  'message.timestamp.type': oneOf(['CreateTime', 'LogAppendTime'], {
    default: 'CreateTime',
    doc: 'Whose time a record keeps.',
  }),
  'message.timestamp.difference.max.ms': milliseconds({
    min: 0,
    default: LONG_MAX,
    doc: 'How far a record may be from the clock of the broker; superseded by the next two.',
  }),
  'message.timestamp.before.max.ms': milliseconds({ min: 0, default: LONG_MAX, doc: 'How old a record may be.' }),
  'message.timestamp.after.max.ms': milliseconds({
    min: 0,
    default: AFTER_MAX_MS,
    doc: 'How far ahead a record may be.',
  }),
} as const

const replication = {
  'min.insync.replicas': integer({
    ...int,
    min: 1,
    default: 1,
    doc: 'Replicas that must have a record with acks=all.',
  }),
} as const

const withoutEffect = {
  ...idle(reasons.grows, { preallocate: flag({ default: false }) }),
  ...idle(reasons.levels, { 'compression.lz4.level': integer({ min: 1, max: 17, type: 'int', default: 9 }) }),
  ...idle(reasons.format, { 'message.format.version': text({ default: '3.0-IV1' }) }),
  ...idle(reasons.alone, {
    'unclean.leader.election.enable': flag({ default: false }),
    'leader.replication.throttled.replicas': replicas(),
    'follower.replication.throttled.replicas': replicas(),
  }),
} as const

export const topicSettings = { ...retention, ...segments, ...records, ...replication, ...withoutEffect } as const

export type TopicSetting = keyof typeof topicSettings

const table: Readonly<Record<string, KafkaRow<unknown>>> = topicSettings

/** The settings of server.properties that a topic's settings fall back to, the first that was given; a factor turns its unit into the topic's. */
export const brokerTwins: Readonly<
  Partial<Record<TopicSetting, readonly (readonly [name: string, factor: number])[]>>
> = {
  'cleanup.policy': [['log.cleanup.policy', 1]],
  'compression.type': [['compression.type', 1]],
  'compression.gzip.level': [['compression.gzip.level', 1]],
  'compression.lz4.level': [['compression.lz4.level', 1]],
  'compression.zstd.level': [['compression.zstd.level', 1]],
  'delete.retention.ms': [['log.cleaner.delete.retention.ms', 1]],
  'file.delete.delay.ms': [['log.segment.delete.delay.ms', 1]],
  'flush.messages': [['log.flush.interval.messages', 1]],
  'flush.ms': [['log.flush.interval.ms', 1], ['log.flush.scheduler.interval.ms', 1]], // prettier-ignore
  'index.interval.bytes': [['log.index.interval.bytes', 1]],
  'max.compaction.lag.ms': [['log.cleaner.max.compaction.lag.ms', 1]],
  'max.message.bytes': [['message.max.bytes', 1]],
  'message.downconversion.enable': [['log.message.downconversion.enable', 1]],
  'message.format.version': [['log.message.format.version', 1]],
  'message.timestamp.after.max.ms': [['log.message.timestamp.after.max.ms', 1]],
  'message.timestamp.before.max.ms': [['log.message.timestamp.before.max.ms', 1]],
  'message.timestamp.difference.max.ms': [['log.message.timestamp.difference.max.ms', 1]],
  'message.timestamp.type': [['log.message.timestamp.type', 1]],
  'min.cleanable.dirty.ratio': [['log.cleaner.min.cleanable.ratio', 1]],
  'min.compaction.lag.ms': [['log.cleaner.min.compaction.lag.ms', 1]],
  'min.insync.replicas': [['min.insync.replicas', 1]],
  preallocate: [['log.preallocate', 1]],
  'retention.bytes': [['log.retention.bytes', 1]],
  'retention.ms': [['log.retention.ms', 1], ['log.retention.minutes', 60_000], ['log.retention.hours', 3_600_000]], // prettier-ignore
  'segment.bytes': [['log.segment.bytes', 1]],
  'segment.index.bytes': [['log.index.size.max.bytes', 1]],
  'segment.jitter.ms': [['log.roll.jitter.ms', 1], ['log.roll.jitter.hours', 3_600_000]], // prettier-ignore
  'segment.ms': [['log.roll.ms', 1], ['log.roll.hours', 3_600_000]], // prettier-ignore
  'unclean.leader.election.enable': [['unclean.leader.election.enable', 1]],
}

/** The table's row, or undefined for a name that no topic setting has. */
export const topicSetting = (name: string): KafkaRow<unknown> | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined
