/**
 * The settings of `server.properties` that have an effect, by Kafka's names, with the defaults of today's Kafka. What Kafka knows beyond these
 * stands in config-names.ts.
 */
import { bytes, flag, integer, milliseconds, oneOf, port, text } from '../config/setting-kinds.ts'
import type { Values } from '../config/setting.ts'
import { groupSettings } from './groups/group-settings.ts'

const INT_MAX = 2_147_483_647
const LONG_MAX = Number.MAX_SAFE_INTEGER
const int = { max: INT_MAX } as const

const network = {
  'broker.id': integer({
    ...int,
    default: -1,
    doc: 'The number of this broker in its cluster; -1 takes the one that the log folder has, or 1001.',
  }),
  'broker.rack': text({ doc: 'The rack that this broker says it stands in.' }),
  listeners: text({ default: 'PLAINTEXT://:9092', doc: 'Where to listen: NAME://host:port, by commas.' }),
  'advertised.listeners': text({
    doc: 'What clients are told to connect to, for each listener; the listener itself if left out.',
  }),
  'listener.security.protocol.map': text({ doc: 'What each listener name speaks: NAME:PROTOCOL, by commas.' }),
  'controller.listener.names': text({ doc: 'Listeners that only KRaft controllers use; they are left out here.' }),
  'host.name': text({ doc: 'The host to listen on, where listeners is not set.' }),
  port: port({ default: 9092, doc: 'The port to listen on, where listeners is not set.' }),
  'advertised.host.name': text({ doc: 'The host that clients are told, where advertised.listeners is not set.' }),
  'advertised.port': port({ doc: 'The port that clients are told, where advertised.listeners is not set.' }),
  'socket.request.max.bytes': bytes({
    ...int,
    min: 1,
    default: 104_857_600,
    doc: 'A larger request closes its connection.',
  }),
  'max.connections': integer({ ...int, min: 0, default: INT_MAX, doc: 'Connections that may be open at once.' }),
  'max.connections.per.ip': integer({
    ...int,
    min: 0,
    default: INT_MAX,
    doc: 'Connections that one address may have open.',
  }),
  'max.connections.per.ip.overrides': text({
    default: '',
    doc: 'host:count pairs, by commas, that differ from max.connections.per.ip.',
  }),
  'connections.max.idle.ms': milliseconds({
    default: 600_000,
    doc: 'A connection that says nothing for that long is closed.',
  }),
} as const

const topics = {
  'log.dirs': text({ doc: 'The folders of the logs, by commas; log.dir if left out.' }),
  'log.dir': text({ default: '/tmp/kafka-logs', doc: 'The folder of the logs, where log.dirs is not set.' }),
  'num.partitions': integer({
    ...int,
    min: 1,
    default: 1,
    doc: 'Partitions of a topic that is created without a count.',
  }),
  'default.replication.factor': integer({
    max: 32_767,
    min: 1,
    default: 1,
    doc: 'Replicas of a topic that is created without a count.',
  }),
  'auto.create.topics.enable': flag({ default: true, doc: 'Whether asking for a topic creates it.' }),
  'delete.topic.enable': flag({ default: true, doc: 'Whether topics may be deleted.' }),
  'message.max.bytes': bytes({ ...int, min: 0, default: 1_048_588, doc: 'The largest record batch.' }),
  'log.segment.bytes': bytes({
    ...int,
    min: 14,
    default: 1_073_741_824,
    doc: 'A segment is closed before it grows beyond.',
  }),
  'log.roll.ms': milliseconds({ min: 1, doc: 'A segment older than that is closed; log.roll.hours if left out.' }),
  'log.roll.hours': integer({ ...int, min: 1, default: 168, doc: 'The same in hours.' }),
  'log.roll.jitter.ms': milliseconds({ min: 0, doc: 'At most so much is taken off log.roll.ms, by chance.' }),
  'log.roll.jitter.hours': integer({ ...int, min: 0, default: 0, doc: 'The same in hours.' }),
  'log.index.size.max.bytes': bytes({ ...int, min: 4, default: 10_485_760, doc: 'The largest index file.' }),
  'log.index.interval.bytes': bytes({ ...int, min: 0, default: 4096, doc: 'Bytes of log between two index entries.' }),
  'log.flush.interval.messages': integer({
    min: 1,
    default: LONG_MAX,
    doc: 'Records after which a partition is synced to disk.',
  }),
  'log.flush.interval.ms': milliseconds({
    min: 0,
    doc: 'The longest that a record waits for a sync; log.flush.scheduler.interval.ms if left out.',
  }),
  'log.flush.scheduler.interval.ms': milliseconds({
    min: 0,
    default: LONG_MAX,
    doc: 'How often to look for logs to sync.',
  }),
  'log.flush.offset.checkpoint.interval.ms': milliseconds({
    ...int,
    min: 0,
    default: 60_000,
    doc: 'How often the recovery points are written.',
  }),
  'log.segment.delete.delay.ms': milliseconds({
    min: 0,
    default: 60_000,
    doc: 'How long a deleted file stays on disk.',
  }),
  'log.message.timestamp.type': oneOf(['CreateTime', 'LogAppendTime'], {
    default: 'CreateTime',
    doc: 'Whose time a record keeps.',
  }),
  'log.message.timestamp.before.max.ms': milliseconds({ min: 0, default: LONG_MAX, doc: 'How old a record may be.' }),
  'log.message.timestamp.after.max.ms': milliseconds({
    min: 0,
    default: LONG_MAX,
    doc: 'How far ahead of the clock a record may be.',
  }),
  'log.message.timestamp.difference.max.ms': milliseconds({
    min: 0,
    default: LONG_MAX,
    doc: 'Both of these, as older Kafka has it.',
  }),
  'compression.type': oneOf(['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'], {
    default: 'producer',
    doc: 'How records are stored.',
  }),
  'fetch.max.bytes': bytes({ ...int, min: 1024, default: 57_671_680, doc: 'The largest answer to a fetch.' }),
  'max.incremental.fetch.session.cache.slots': integer({
    ...int,
    min: 0,
    default: 1000,
    doc: 'Fetch sessions that are remembered.',
  }),
} as const

export const brokerSettings = { ...network, ...topics, ...groupSettings } as const

/** The values of a server.properties, defaults filled in. */
export type BrokerSettings = Values<typeof brokerSettings>
