/** Settings of server.properties about topics and their logs. Most are defaults that a topic may override (topics/topic-settings.ts). */
import { bytes, commaList, double, flag, idle, INT_MAX, integer, LONG_MAX, milliseconds, oneOf, text } from './config-kinds.ts' // prettier-ignore
import { reasons } from './config-reasons.ts'

const int = { max: INT_MAX } as const
const all = { changes: 'all' } as const

const topics = {
  'num.partitions': integer({
    ...int,
    min: 1,
    default: 1,
    doc: 'Partitions of a topic that is created without a count.',
  }),
  'default.replication.factor': integer({
    ...int,
    min: 1,
    default: 1,
    doc: 'Replicas of a topic that is created without a count; one broker gives each topic one.',
  }),
  'auto.create.topics.enable': flag({ default: true, doc: 'Whether asking for a topic creates it.' }),
  'delete.topic.enable': flag({ default: true, doc: 'Whether topics may be deleted.' }),
  'message.max.bytes': bytes({ ...int, ...all, min: 0, default: 1_048_588, doc: 'The largest record batch.' }),
  'min.insync.replicas': integer({
    ...int,
    ...all,
    min: 1,
    default: 1,
    doc: 'Replicas that must have a record with acks=all; with more than 1, one broker can take none.',
  }),
  'max.request.partition.size.limit': integer({
    ...int,
    min: 1,
    default: 2000,
    doc: 'Partitions that one answer to DescribeTopicPartitions holds.',
  }),
} as const

const folders = {
  'log.dirs': text({ type: 'list', doc: 'The folders of the logs, by commas; log.dir if left out.' }),
  'log.dir': text({
    type: 'list',
    default: '/tmp/kafka-logs',
    doc: 'The folder of the logs, where log.dirs is not set.',
  }),
} as const

const segments = {
  'log.segment.bytes': bytes({
    ...int,
    ...all,
    min: 14,
    default: 1_073_741_824,
    doc: 'A segment is closed before it grows beyond.',
  }),
  'log.roll.ms': milliseconds({ ...all, doc: 'A segment older than that is closed; log.roll.hours if left out.' }),
  'log.roll.hours': integer({ ...int, min: 1, default: 168, doc: 'The same in hours.' }),
  'log.roll.jitter.ms': milliseconds({ ...all, doc: 'At most so much is taken off log.roll.ms, by chance.' }),
  'log.roll.jitter.hours': integer({ ...int, min: 0, default: 0, doc: 'The same in hours.' }),
  'log.index.size.max.bytes': bytes({ ...int, ...all, min: 4, default: 10_485_760, doc: 'The largest index file.' }),
  'log.index.interval.bytes': bytes({
    ...int,
    ...all,
    min: 0,
    default: 4096,
    doc: 'Bytes of log between two index entries.',
  }),
  'log.segment.delete.delay.ms': milliseconds({
    ...all,
    min: 0,
    default: 60_000,
    doc: 'How long a deleted file stays on disk.',
  }),
} as const

const flushing = {
  'log.flush.interval.messages': integer({
    ...all,
    min: 1,
    default: LONG_MAX,
    doc: 'Records after which a partition is synced to disk.',
  }),
  'log.flush.interval.ms': milliseconds({
    ...all,
    doc: 'The longest that a record waits for a sync; log.flush.scheduler.interval.ms if left out.',
  }),
  'log.flush.scheduler.interval.ms': milliseconds({ default: LONG_MAX, doc: 'How often to look for logs to sync.' }),
  'log.flush.offset.checkpoint.interval.ms': milliseconds({
    ...int,
    min: 0,
    default: 60_000,
    doc: 'How often the recovery points are written.',
  }),
} as const

const records = {
  'log.message.timestamp.type': oneOf(['CreateTime', 'LogAppendTime'], {
    ...all,
    default: 'CreateTime',
    doc: 'Whose time a record keeps.',
  }),
  'log.message.timestamp.before.max.ms': milliseconds({
    ...all,
    min: 0,
    default: LONG_MAX,
    doc: 'How old a record may be.',
  }),
  'log.message.timestamp.after.max.ms': milliseconds({
    ...all,
    min: 0,
    default: 3_600_000,
    doc: 'How far ahead of the clock a record may be.',
  }),
  'log.message.timestamp.difference.max.ms': milliseconds({
    ...all,
    min: 0,
    default: LONG_MAX,
    doc: 'Both of these, as older Kafka has it.',
  }),
  'log.message.downconversion.enable': flag({
    ...all,
    default: true,
    doc: 'Whether consumers of the old formats are served.',
  }),
  'compression.type': oneOf(['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'], {
    ...all,
    default: 'producer',
    doc: 'How records are stored.',
  }),
  'compression.gzip.level': integer({
    ...int,
    ...all,
    min: -1,
    max: 9,
    type: 'int',
    default: -1,
    doc: 'Of gzip; -1 is its own default.',
  }),
  'compression.zstd.level': integer({
    ...int,
    ...all,
    min: -131_072,
    max: 22,
    type: 'int',
    default: 3,
    doc: 'Of zstd.',
  }),
} as const

const fetching = {
  'fetch.max.bytes': bytes({ ...int, min: 1024, default: 57_671_680, doc: 'The largest answer to a fetch.' }),
  'max.incremental.fetch.session.cache.slots': integer({
    ...int,
    min: 0,
    default: 1000,
    doc: 'Fetch sessions that are remembered.',
  }),
} as const

const retention = {
  'log.cleanup.policy': commaList({
    ...all,
    words: ['compact', 'delete'],
    default: ['delete'],
    doc: 'What happens to old records: they are deleted, compacted by key, or both.',
  }),
  'log.retention.ms': milliseconds({
    ...all,
    doc: 'Segments whose newest record is older go; any negative number: never. log.retention.minutes if left out.',
  }),
  'log.retention.minutes': integer({ ...int, doc: 'The same in minutes; log.retention.hours if left out.' }),
  'log.retention.hours': integer({ ...int, default: 168, doc: 'The same in hours.' }),
  'log.retention.bytes': bytes({
    ...all,
    default: -1,
    doc: 'The oldest segments of a partition go while the others have that much; -1: never.',
  }),
  'log.retention.check.interval.ms': milliseconds({
    min: 1,
    default: 300_000,
    doc: 'How often to look for segments to delete.',
  }),
  'log.initial.task.delay.ms': milliseconds({
    min: 0,
    default: 30_000,
    doc: 'How long after a start that is done for the first time.',
  }),
  'log.flush.start.offset.checkpoint.interval.ms': milliseconds({
    ...int,
    min: 0,
    default: 60_000,
    doc: 'How often it is written where the logs begin.',
  }),
} as const

const compaction = {
  'log.cleaner.enable': flag({ default: true, doc: 'Whether logs are compacted whose topics ask for it.' }),
  'log.cleaner.io.max.bytes.per.second': double({
    ...all,
    default: Number.MAX_VALUE,
    doc: 'The most that compaction reads and writes in a second, together.',
  }),
  'log.cleaner.dedupe.buffer.size': bytes({
    ...all,
    default: 134_217_728,
    doc: 'The most memory for the keys of what is being compacted, 24 bytes for each; it is taken as it is needed.',
  }),
  'log.cleaner.io.buffer.size': bytes({ ...int, ...all, min: 0, default: 524_288, doc: 'How much is read at a time.' }),
  'log.cleaner.io.buffer.load.factor': double({
    ...all,
    default: 0.9,
    doc: 'How full the memory for keys may get; fuller takes longer.',
  }),
  'log.cleaner.backoff.ms': milliseconds({
    ...all,
    min: 0,
    default: 15_000,
    doc: 'How often to look for logs to compact.',
  }),
  'log.cleaner.min.cleanable.ratio': double({
    ...all,
    min: 0,
    max: 1,
    default: 0.5,
    doc: 'A log is compacted when more than this part of it is not.',
  }),
  'log.cleaner.delete.retention.ms': milliseconds({
    ...all,
    min: 0,
    default: 86_400_000,
    doc: 'How long tombstones stay readable.',
  }),
  'log.cleaner.min.compaction.lag.ms': milliseconds({
    ...all,
    min: 0,
    default: 0,
    doc: 'Younger records are not compacted.',
  }),
  'log.cleaner.max.compaction.lag.ms': milliseconds({
    ...all,
    min: 1,
    default: LONG_MAX,
    doc: 'Records that have waited so long are compacted, however few they are.',
  }),
} as const

const withoutEffect = {
  ...idle(reasons.grows, { 'log.preallocate': flag({ ...all, default: false }) }),
  ...idle(reasons.levels, {
    'compression.lz4.level': integer({ ...int, ...all, min: 1, max: 17, type: 'int', default: 9 }),
  }),
  ...idle(reasons.threads, { 'log.cleaner.threads': integer({ ...int, ...all, min: 0, default: 1 }) }),
  ...idle(reasons.format, { 'log.message.format.version': text({ default: '3.0-IV1' }) }),
  ...idle(reasons.removed, { 'log.cleanup.interval.mins': integer({ ...int, min: 1, default: 10 }) }),
  ...idle(reasons.tiered, {
    'log.local.retention.ms': milliseconds({ ...all, min: -2, default: -2 }),
    'log.local.retention.bytes': bytes({ ...all, min: -2, default: -2 }),
  }),
} as const

export const logSettingRows = {
  ...topics,
  ...folders,
  ...segments,
  ...flushing,
  ...records,
  ...retention,
  ...fetching,
  ...compaction,
  ...withoutEffect,
} as const
