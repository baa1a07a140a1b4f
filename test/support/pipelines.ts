/** Agent files that several suites run. */

/** Settings of one component, by their names in an agent file. */
export type Settings = Readonly<Record<string, string | number | boolean>>

export interface Pipeline {
  readonly source: Settings
  readonly sink: Settings
  readonly channel?: Settings
}

const lines = (component: string, settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `a1.${component}.${name} = ${value}\n`)
    .join('')

/** An agent a1 of one source r1, one memory channel c1 and one sink k1. */
export const pipeline = ({ source, sink, channel = {} }: Pipeline): string => `
a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.channels = c1
a1.sinks.k1.channel = c1
${lines('channels.c1', { type: 'memory', capacity: 20_000, transactionCapacity: 1000, ...channel })}${lines('sources.r1', source)}${lines('sinks.k1', sink)}`

/** Follows every file `access.log…` in a folder. */
export const taildir = (folder: string, more: Settings = {}): Settings => ({
  type: 'TAILDIR',
  filegroups: 'f',
  'filegroups.f': `${folder}/access\\\\.log.*`,
  positionFile: `${folder}/positions.json`,
  batchSize: 500,
  ...more,
})

/** Into the topic `weblog`, unless `more` names another. */
export const kafkaSink = (port: number, more: Settings = {}): Settings => ({
  type: 'org.apache.flume.sink.kafka.KafkaSink',
  'kafka.bootstrap.servers': `127.0.0.1:${port}`,
  'kafka.topic': 'weblog',
  flumeBatchSize: 500,
  ...more,
})

/** The topic `weblog` from its beginning, unless `more` names another. */
export const kafkaSource = (port: number, more: Settings = {}): Settings => ({
  type: 'org.apache.flume.source.kafka.KafkaSource',
  'kafka.bootstrap.servers': `127.0.0.1:${port}`,
  'kafka.topics': 'weblog',
  'kafka.consumer.group.id': 'flume',
  'kafka.consumer.auto.offset.reset': 'earliest',
  ...more,
})

/** Into one file below `out` in a folder, which must be there. */
export const fileRoll = (folder: string, more: Settings = {}): Settings => ({
  type: 'file_roll',
  'sink.directory': `${folder}/out`,
  'sink.rollInterval': 0,
  ...more,
})

export const fileToTopic = (folder: string, port: number): string =>
  pipeline({ source: taildir(folder), sink: kafkaSink(port) })

export const fileToFiles = (folder: string): string => pipeline({ source: taildir(folder), sink: fileRoll(folder) })
