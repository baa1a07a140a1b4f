/** The paths that are measured: each an ordinary agent file, with what it is held to on two cores with 105-byte lines. */

export interface Limits {
  readonly eventsPerSecond: number
  readonly cpuSecondsPerMillion: number
  readonly rssMB: number
}

export interface Place {
  /** A fresh folder of this run. */
  readonly folder: string
  readonly input: string
  readonly brokerPort: number
  /** For netcat. */
  readonly port: number
  readonly batch: number
}

export interface Case {
  readonly name: string
  readonly says: string
  readonly batch: number
  /** Lines of so many bytes instead of about 105. */
  readonly lineBytes?: number
  readonly limits: Limits
  /** What the run needs and checks: a topic or Kafka channel that is filled first, a topic that is read back, lines sent over TCP, files that are read back. */
  readonly needs: 'none' | 'broker' | 'filled topic' | 'filled channel' | 'sender'
  readonly check: 'topic' | 'channel topic' | 'accounts' | 'files'
  readonly properties: (place: Place) => string
}

const channel = (capacity: number, transaction: number): string => `
a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.channels.c1.type = memory
a1.channels.c1.capacity = ${capacity}
a1.channels.c1.transactionCapacity = ${transaction}
a1.sources.r1.channels = c1
a1.sinks.k1.channel = c1
`

export const taildir = (p: Place, batch?: number): string => `
a1.sources.r1.type = TAILDIR
a1.sources.r1.filegroups = f
a1.sources.r1.filegroups.f = ${p.input.replaceAll('.', '\\\\.')}
a1.sources.r1.positionFile = ${p.folder}/positions.json
${batch === undefined ? '' : `a1.sources.r1.batchSize = ${batch}`}
`

const kafkaSink = (p: Place, batch?: number): string => `
a1.sinks.k1.type = org.apache.flume.sink.kafka.KafkaSink
a1.sinks.k1.kafka.bootstrap.servers = 127.0.0.1:${p.brokerPort}
a1.sinks.k1.kafka.topic = weblog
a1.sinks.k1.kafka.producer.acks = 1
${batch === undefined ? '' : `a1.sinks.k1.flumeBatchSize = ${batch}`}
`

const kafkaSource = (p: Place): string => `
a1.sources.r1.type = org.apache.flume.source.kafka.KafkaSource
a1.sources.r1.kafka.bootstrap.servers = 127.0.0.1:${p.brokerPort}
a1.sources.r1.kafka.topics = weblog
a1.sources.r1.kafka.consumer.group.id = bench
a1.sources.r1.kafka.consumer.auto.offset.reset = earliest
a1.sources.r1.batchSize = ${p.batch}
`

export const nullSink = (p: Place): string => `
a1.sinks.k1.type = null
a1.sinks.k1.logEveryNEvents = 1000000
a1.sinks.k1.batchSize = ${p.batch}
`

export const fileChannel = (p: Place): string => `
a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.channels.c1.type = file
a1.channels.c1.checkpointDir = ${p.folder}/checkpoint
a1.channels.c1.dataDirs = ${p.folder}/data
a1.sources.r1.channels = c1
a1.sinks.k1.channel = c1
`

const kafkaChannelAlone = (p: Place): string => `
a1.channels = c1
a1.channels.c1.type = org.apache.flume.channel.kafka.KafkaChannel
a1.channels.c1.kafka.bootstrap.servers = 127.0.0.1:${p.brokerPort}
`

const intoKafkaChannel = (p: Place): string => `
${kafkaChannelAlone(p)}
a1.sources = r1
a1.sources.r1.channels = c1
`

const outOfKafkaChannel = (p: Place): string => `
${kafkaChannelAlone(p)}
a1.sinks = k1
a1.sinks.k1.channel = c1
`

const big = (p: Place): string => channel(100_000, p.batch)

export const cases: readonly Case[] = [
  {
    name: 'file-to-topic',
    says: 'file → TAILDIR → memory → Kafka sink (acks=1) → embedded broker',
    batch: 1000,
    limits: { eventsPerSecond: 3e6, cpuSecondsPerMillion: 0.45, rssMB: 130 },
    needs: 'broker',
    check: 'topic',
    properties: (p) => big(p) + taildir(p, p.batch) + kafkaSink(p, p.batch),
  },
  {
    name: 'file-to-topic-defaults',
    says: "the same with Flume's default batch sizes",
    batch: 100,
    limits: { eventsPerSecond: 2.5e6, cpuSecondsPerMillion: 0.55, rssMB: 130 },
    needs: 'broker',
    check: 'topic',
    properties: (p) => channel(100_000, 100) + taildir(p) + kafkaSink(p),
  },
  {
    name: 'file-to-topic-interceptors',
    says: 'the same with the timestamp and host interceptors',
    batch: 1000,
    limits: { eventsPerSecond: 1.5e6, cpuSecondsPerMillion: 0.8, rssMB: 130 },
    needs: 'broker',
    check: 'topic',
    properties: (p) =>
      `${big(p)}${taildir(p, p.batch)}${kafkaSink(p, p.batch)}
a1.sources.r1.interceptors = t h
a1.sources.r1.interceptors.t.type = timestamp
a1.sources.r1.interceptors.h.type = host
`,
  },
  {
    name: 'file-to-null',
    says: 'file → TAILDIR → memory → null',
    batch: 1000,
    limits: { eventsPerSecond: 6e6, cpuSecondsPerMillion: 0.18, rssMB: 110 },
    needs: 'none',
    check: 'accounts',
    properties: (p) => big(p) + taildir(p, p.batch) + nullSink(p),
  },
  {
    name: 'file-to-file-channel',
    says: 'file → TAILDIR → file channel, every commit synced → null',
    batch: 1000,
    limits: { eventsPerSecond: 1e6, cpuSecondsPerMillion: 0.8, rssMB: 200 },
    needs: 'none',
    check: 'accounts',
    properties: (p) => fileChannel(p) + taildir(p, p.batch) + nullSink(p),
  },
  {
    name: 'file-to-kafka-channel',
    says: 'file → TAILDIR → Kafka channel on the embedded broker → null',
    batch: 1000,
    limits: { eventsPerSecond: 1e6, cpuSecondsPerMillion: 1.2, rssMB: 250 },
    needs: 'broker',
    check: 'accounts',
    properties: (p) => intoKafkaChannel(p) + outOfKafkaChannel(p) + taildir(p, p.batch) + nullSink(p),
  },
  {
    name: 'file-into-kafka-channel',
    says: 'file → TAILDIR → Kafka channel without a sink',
    batch: 1000,
    limits: { eventsPerSecond: 1e6, cpuSecondsPerMillion: 0.7, rssMB: 180 },
    needs: 'broker',
    check: 'channel topic',
    properties: (p) => intoKafkaChannel(p) + taildir(p, p.batch),
  },
  {
    name: 'kafka-channel-to-null',
    says: 'Kafka channel without a source → null',
    batch: 1000,
    limits: { eventsPerSecond: 1e6, cpuSecondsPerMillion: 0.6, rssMB: 180 },
    needs: 'filled channel',
    check: 'accounts',
    properties: (p) => outOfKafkaChannel(p) + nullSink(p),
  },
  {
    name: 'topic-to-null',
    says: 'topic → Kafka source → memory → null',
    batch: 1000,
    limits: { eventsPerSecond: 3e6, cpuSecondsPerMillion: 0.45, rssMB: 180 },
    needs: 'filled topic',
    check: 'accounts',
    properties: (p) => big(p) + kafkaSource(p) + nullSink(p),
  },
  {
    name: 'topic-to-hdfs',
    says: 'topic → Kafka source → memory → hdfs on a local path',
    batch: 1000,
    limits: { eventsPerSecond: 2.5e6, cpuSecondsPerMillion: 0.6, rssMB: 180 },
    needs: 'filled topic',
    check: 'files',
    properties: (p) =>
      `${big(p)}${kafkaSource(p)}
a1.sinks.k1.type = hdfs
a1.sinks.k1.hdfs.path = file://${p.folder}/out
a1.sinks.k1.hdfs.fileType = DataStream
a1.sinks.k1.hdfs.rollInterval = 0
a1.sinks.k1.hdfs.rollCount = 0
a1.sinks.k1.hdfs.rollSize = 134217728
a1.sinks.k1.hdfs.batchSize = ${p.batch}
`,
  },
  {
    name: 'netcat-to-null',
    says: 'netcat → memory → null, one connection, ack-every-event off',
    batch: 1000,
    limits: { eventsPerSecond: 3e6, cpuSecondsPerMillion: 0.35, rssMB: 120 },
    needs: 'sender',
    check: 'accounts',
    properties: (p) =>
      `${big(p)}${nullSink(p)}
a1.sources.r1.type = netcat
a1.sources.r1.bind = 127.0.0.1
a1.sources.r1.port = ${p.port}
a1.sources.r1.ack-every-event = false
`,
  },
]
