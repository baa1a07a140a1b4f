/** A small registry of made-up components, for tests of the checker that must not change when a real component does. */
import type { Registry } from '../../src/config/plan.ts'
import { each, flag, integer, names, regex, text } from '../../src/config/setting-kinds.ts'
import type { Definition } from '../../src/config/setting.ts'

const define = (definition: Partial<Definition> & { readonly type: string }): Definition => ({
  aliases: [],
  summary: definition.type,
  settings: {},
  ...definition,
})

const netcat = define({
  type: 'netcat',
  aliases: ['org.apache.flume.source.NetcatSource'],
  settings: {
    bind: text({ doc: 'Where to listen.', required: true }),
    port: integer({ doc: 'The port.', required: true, min: 0, max: 65_535 }),
    'ack-every-event': flag({ doc: 'Answer each line.', default: true }),
    pattern: regex({ doc: 'What lines to take.' }),
  },
})

const tail = define({
  type: 'TAILDIR',
  batchSetting: 'batchSize',
  settings: {
    filegroups: names({ doc: 'The groups.', required: true }),
    'filegroups.*': each(text({ doc: 'The files of a group.', required: true })),
    'headers.*': each(text({ doc: 'Headers of a group.' })),
    'headers.all.*': each(text({ doc: 'Headers of all groups.' })),
    batchSize: integer({ doc: 'Events in a batch.', default: 100, formerly: ['batch-size'] }),
    password: integer({ doc: 'A secret number.', secret: true }),
  },
  check: (values) =>
    (values['filegroups'] as readonly string[])
      .filter((group) => !(values['filegroups.*'] as ReadonlyMap<string, string>).has(group))
      .map((group) => ({ level: 'fault', setting: 'filegroups', says: `group ${group} has no files` })),
})

const memory = define({
  type: 'memory',
  aliases: ['org.apache.flume.channel.MemoryChannel'],
  settings: {
    capacity: integer({ doc: 'Events it may hold.', default: 100, min: 1 }),
    transactionCapacity: integer({ doc: 'Events in a transaction.', default: 100, min: 1 }),
  },
})

const kafka = define({
  type: 'org.apache.flume.sink.kafka.KafkaSink',
  batchSetting: 'flumeBatchSize',
  settings: {
    'kafka.bootstrap.servers': text({ doc: 'The brokers.', required: true, formerly: ['brokerList'] }),
    'kafka.topic': text({ doc: 'The topic.', default: 'default-flume-topic', formerly: ['topic'] }),
    'kafka.producer.*': each(text({ doc: "The producer's own settings." })),
    flumeBatchSize: integer({ doc: 'Events in a batch.', default: 100, formerly: ['batchSize'] }),
  },
})

const multiplexing = define({
  type: 'multiplexing',
  settings: {
    header: text({ doc: 'The header.', default: 'flume.selector.header' }),
    'mapping.*': each(names({ doc: 'Channels of a value.' })),
    default: names({ doc: 'Channels of other values.', default: [] }),
  },
  channelsNamed: (values) => [
    ...[...(values['mapping.*'] as ReadonlyMap<string, readonly string[]>)].flatMap(([value, channels]) =>
      channels.map((channel) => ({ setting: `mapping.${value}`, channel })),
    ),
    ...(values['default'] as readonly string[]).map((channel) => ({ setting: 'default', channel })),
  ],
})

const failover = define({
  type: 'failover',
  sinksMin: 2,
  settings: { 'priority.*': each(integer({ doc: 'Higher first.' })) },
  sinksNamed: (values) =>
    [...(values['priority.*'] as ReadonlyMap<string, number>).keys()].map((sink) => ({
      setting: `priority.${sink}`,
      sink,
    })),
})

export const configRegistry: Registry = {
  sources: [netcat, tail],
  channels: [memory, define({ type: 'topic', shared: true })],
  sinks: [define({ type: 'null' }), define({ type: 'logger', aliases: ['org.apache.flume.sink.LoggerSink'] }), kafka],
  interceptors: [
    define({ type: 'timestamp', aliases: ['org.apache.flume.interceptor.TimestampInterceptor$Builder'] }),
    define({ type: 'static', settings: { key: text({ doc: 'Name.', default: 'key' }) } }),
  ],
  selectors: [
    define({ type: 'replicating', settings: { optional: names({ doc: 'Optional ones.', default: [] }) } }),
    multiplexing,
  ],
  processors: [define({ type: 'default', sinksMax: 1 }), failover],
}
