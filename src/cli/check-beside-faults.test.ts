/** What `check` says beside a fault: everything else that is wrong, and nothing that only follows from the fault. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../test/support/agent.ts'
import { runCli } from '../../test/support/cli.ts'

/** A flow whose source, channel and sink are other ones where the lines say so. */
const flow = (lines: readonly string[]): string[] => {
  const isGiven = (line: string): boolean => lines.some((one) => one.split(' ')[0] === line.split(' ')[0])
  const usual = ['sources = r1', 'channels = c1', 'sinks = k1', 'sources.r1.channels = c1', 'sinks.k1.channel = c1']
  const types = ['sources.r1.type = seq', 'channels.c1.type = memory', 'sinks.k1.type = null']
  return [...lines, ...[...usual, ...types].filter((line) => !isGiven(line))]
}

/** What is said about the flow with these lines, in their order and without the places. */
const said = async (...lines: readonly string[]): Promise<string[]> => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'f')
  writeFileSync(
    file,
    flow(lines)
      .map((line) => `a1.${line}\n`)
      .join(''),
  )
  const { code, out } = await runCli('check', file)
  expect(code).toBe(2)
  return out
    .replaceAll(/^[^ ]+:\d+: /gm, '')
    .trimEnd()
    .split('\n')
    .slice(0, -1)
}

// With a Hadoop about, a path without a scheme is a fault.
beforeEach(() => ['HADOOP_CONF_DIR', 'HADOOP_HOME'].forEach((name) => vi.stubEnv(name, undefined)))
afterEach(() => vi.unstubAllEnvs())

/** Settings of one component. */
const of = (component: string, ...settings: readonly string[]): string[] => settings.map((s) => `${component}.${s}`)

const like = (...parts: readonly string[]): unknown => parts.map((part) => expect.stringContaining(part) as unknown)

const port = "port: 'x' is not a whole number"

describe('what is wrong with a component beside the fault of one setting', () => {
  it('Kafka source: security that is not there yet, and that it begins at the end', async () => {
    const settings = [
      'kafka.bootstrap.servers = localhost',
      'kafka.topics = t',
      'kafka.consumer.sasl.mechanism = PLAIN',
      'batchSize = 100',
    ]
    expect(await said(...of('sources.r1', 'type = org.apache.flume.source.kafka.KafkaSource', ...settings))).toEqual(
      like(
        'auto.offset.reset is not set',
        "kafka.bootstrap.servers: 'localhost'",
        'kafka.consumer.sasl.mechanism: TLS',
      ),
    )
  })

  it('Kafka source of before 1.7: what has no effect, and that it begins at the end', async () => {
    const settings = ['zookeeperConnect = h:2181', 'topic = t', 'groupId = g', 'batchSize = 100']
    expect(await said(...of('sources.r1', 'type = org.apache.flume.source.kafka.KafkaSource', ...settings))).toEqual(
      like(
        'source r1 needs kafka.bootstrap.servers',
        'auto.offset.reset is not set',
        'zookeeperConnect has no effect',
        'topic is deprecated',
        'groupId is deprecated',
      ),
    )
  })

  it('Kafka sink: security, and a compression that nobody knows', async () => {
    const settings = ['kafka.bootstrap.servers = h:9092,h2', 'kafka.producer.ssl.protocol = TLS']
    const more = ['kafka.producer.compression.type = zst', 'kafka.topic = a b']
    const lines = of('sinks.k1', 'type = org.apache.flume.sink.kafka.KafkaSink', ...settings, ...more)
    expect(await said(...lines)).toEqual(
      like('kafka.bootstrap.servers: ', 'producer.ssl.protocol: TLS', "compression.type: 'zst'", "'a b' cannot be"),
    )
  })

  it('Kafka channel: the name of its topic', async () => {
    const settings = ['kafka.bootstrap.servers = h', 'kafka.topic = a b']
    const lines = of('channels.c1', 'type = org.apache.flume.channel.kafka.KafkaChannel', ...settings)
    expect(await said(...lines)).toEqual(like('kafka.bootstrap.servers: ', "'a b' cannot be"))
  })

  it('memory channel: more at once than it holds', async () => {
    expect(await said(...of('channels.c1', 'type = memory', 'keep-alive = x', 'capacity = 10'))).toEqual(
      like('transactionCapacity 100 is above capacity 10', "keep-alive: 'x'"),
    )
  })

  it('spillable channel: that it can hold nothing', async () => {
    const settings = ['overflowTimeout = x', 'memoryCapacity = 0', 'overflowCapacity = 0']
    expect(await said(...of('channels.c1', 'type = SPILLABLEMEMORY', ...settings))).toEqual(
      like("overflowTimeout: 'x'", 'so it can hold nothing'),
    )
  })

  it('hdfs sink: a path without a scheme, and what can be rounded to', async () => {
    const settings = ['hdfs.path = /x', 'hdfs.rollInterval = x', 'hdfs.roundUnit = minute', 'hdfs.roundValue = 61']
    expect(await said(...of('sinks.k1', 'type = hdfs', ...settings))).toEqual(
      like('hdfs.path has no scheme', "hdfs.rollInterval: 'x'", 'roundValue: the most for minute is 60'),
    )
  })

  it('exec source: a quote where no shell is', async () => {
    expect(await said(...of('sources.r1', 'type = exec', "command = echo 'a'", 'batchSize = 10k'))).toEqual(
      like("command has ', which reaches the program", "batchSize: '10k'"),
    )
  })

  it('avro source and sink: security that is not there yet, and rules that are missing', async () => {
    const source = of('sources.r1', 'type = avro', 'port = x', 'ssl = true', 'ipFilter = true')
    const sink = of('sinks.k1', 'type = avro', 'hostname = h', 'port = 1', 'connect-timeout = x', 'request-timeout = 1')
    expect(await said(...source, ...sink, 'sinks.k1.ssl = true')).toEqual(
      like(
        'bind is missing',
        port,
        'ssl: TLS',
        'ipFilterRules is not',
        "connect-timeout: 'x'",
        'request-timeout: 1',
        'ssl',
      ),
    )
  })

  it('TAILDIR source: a group without a path, beside one whose path is wrong', async () => {
    const settings = ['filegroups = a b', 'filegroups.a = logs/.*', 'positionFile = /p']
    expect(await said(...of('sources.r1', 'type = TAILDIR', ...settings))).toEqual(
      like('group b has no path', "filegroups.a: 'logs/.*' is not an absolute path"),
    )
  })
})

describe('what only follows from a fault', () => {
  it('is not said: what depends on the faulty setting', async () => {
    const faulty = ['type = memory', 'capacity = x', 'transactionCapacity = 1000']
    expect(await said(...of('channels.c1', ...faulty))).toEqual(like("capacity: 'x'"))
    const rounded = ['type = hdfs', 'hdfs.path = file:///x', 'hdfs.roundUnit = day', 'hdfs.roundValue = 61']
    expect(await said(...of('sinks.k1', ...rounded))).toEqual(like("hdfs.roundUnit: 'day'"))
    expect(await said(...of('sinks.k1', 'type = hdfs', 'hdfs.roundValue = 25'))).toEqual(
      like('sink k1 needs hdfs.path'),
    )
  })

  it('is not said either of a batch whose size is faulty', async () => {
    const small = of('channels.c1', 'type = memory', 'capacity = 10', 'transactionCapacity = 10')
    const lines = of('sinks.k1', 'type = file_roll', 'sink.directory = /x', 'sink.batchSize = x')
    expect(await said(...small, ...lines)).toEqual(like("sink.batchSize: 'x'"))
  })
})

describe('what is wrong between components, beside a fault of one of them', () => {
  it('batches that are larger than what the channel takes at once', async () => {
    const small = of('channels.c1', 'type = memory', 'keep-alive = x', 'capacity = 10', 'transactionCapacity = 10')
    expect(await said(...small, ...of('sinks.k1', 'type = file_roll', 'sink.directory = /x'))).toEqual(
      like("keep-alive: 'x'", 'sink k1 has batches of 100, and channel c1 takes 10 at once'),
    )
  })

  it('a date in a path where nothing gives the time', async () => {
    const source = of('sources.r1', 'type = netcat', 'bind = h', 'port = x')
    const sink = of('sinks.k1', 'type = hdfs', 'hdfs.path = file:///%Y', 'hdfs.rollSize = x')
    const says = 'hdfs.path needs the header timestamp'
    expect(await said(...source, ...sink)).toEqual(like(port, says, "hdfs.rollSize: 'x'"))
    const unknown = of('sources.r1', 'interceptors = i1', 'interceptors.i1.type = none')
    expect(await said(...source, ...unknown, ...sink)).not.toEqual(expect.arrayContaining(like(says) as string[]))
  })

  it('one positionFile of two sources', async () => {
    const first = of('sources.r1', 'type = TAILDIR', 'filegroups = a', 'filegroups.a = /x/.*', 'batchSize = x')
    const second = of('sources.r2', 'type = tail', 'channels = c1', 'file = /x')
    const one = ['sources.r1.positionFile = /p', 'sources.r2.positionFile = /p']
    expect(await said('sources = r1 r2', ...first, ...second, ...one)).toEqual(
      like("batchSize: 'x'", 'source r1 and source r2 both use /p'),
    )
  })

  it('a channel without a source', async () => {
    expect(await said('channels = c1 c2', ...of('channels.c2', 'type = memory', 'capacity = x'))).toEqual(
      like('channel c2 has neither a source nor a sink', "capacity: 'x'"),
    )
  })

  it('a sink that is in several groups', async () => {
    const sinks = ['sinks = k1 k2', 'sinks.k2.type = null', 'sinks.k2.channel = c1', 'sinkgroups = g1 g2 g3']
    const groups = ['g1', 'g2', 'g3'].flatMap((name) =>
      of(`sinkgroups.${name}`, 'sinks = k1 k2', 'processor.type = load_balance'),
    )
    expect(await said(...sinks, ...groups, 'sinkgroups.g1.processor.selector = rondom')).toEqual(
      like(
        'sink group g2 has the sink k1, which is in group g1 already',
        'sink group g2 has the sink k2, which is in group g1 already',
        'sink group g3 has the sink k1, which is in group g1 already',
        'sink group g3 has the sink k2, which is in group g1 already',
        "processor.selector: 'rondom'",
      ),
    )
  })

  it('a group of too few sinks, or one that it does not have', async () => {
    const few = ['sinks = k1', 'processor.type = load_balance', 'processor.selector = x']
    expect(await said('sinkgroups = g1', ...of('sinkgroups.g1', ...few))).toEqual(
      like('sink group g1 has 1 sink, and load_balance takes at least 2', "processor.selector: 'x'"),
    )
    const stranger = [
      'sinks = k1',
      'processor.type = failover',
      'processor.priority.k2 = 1',
      'processor.maxpenalty = x',
    ]
    expect(await said('sinkgroups = g1', ...of('sinkgroups.g1', ...stranger))).toEqual(
      like('k2 is none of the sinks', "processor.maxpenalty: 'x'"),
    )
  })
})
