/** A log folder changes hands: Apache Kafka's becomes ours, and ours Apache Kafka's. Whatever clients saw before they see afterwards. */
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bin, startBrokerProcess, temporaryFolder, writeServerProperties } from '../support/agent.ts'
import { until } from '../fakes/until.ts'
import { Child, run } from '../support/child.ts'
import { freePort } from '../support/port.ts'
import { kafkaTool, startApacheKafka } from './counterparts/apache-kafka.ts'
import { startApacheKafka39, startZooKeeper, type ZooKeeper } from './counterparts/apache-kafka-39.ts'
import { fill, look, type Contents } from './log-contents.ts'

const eager =
  'log.cleaner.backoff.ms=300\nlog.retention.check.interval.ms=1000\ntransaction.state.log.num.partitions=1\n'

/** Every segment that is not the last was compacted: what clients see does not change any more. */
const isCleaned = (data: string): boolean => {
  const notes = join(data, 'cleaner-offset-checkpoint')
  const text = existsSync(notes) ? readFileSync(notes, 'utf8') : ''
  return ['keyed', 'ledger'].every((topic) => {
    const segments = readdirSync(join(data, `${topic}-0`)).filter((name) => name.endsWith('.log'))
    return text.includes(`\n${topic} 0 ${Math.max(...segments.map((name) => parseInt(name)))}\n`)
  })
}

/** Our broker on a copy of `data`. */
const ourBroker = async (
  folder: string,
  data: string | undefined,
  more = '',
): Promise<{ broker: Child; bootstrap: string }> => {
  const port = await freePort()
  if (data !== undefined) cpSync(data, join(folder, 'kafka-logs'), { recursive: true })
  const config = writeServerProperties(folder, port, eager + more)
  return { broker: await startBrokerProcess(config), bootstrap: `127.0.0.1:${port}` }
}

/** The files of all partitions, by what their names end with. */
const filesIn = (data: string, ending: RegExp): string[] =>
  readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))

/** What Kafka says of a segment that does not begin at 0 is no gap. */
const gaps = /^Non-consecutive offsets in |^ {2}-?\d+ is followed by /

const sorted = (text: string): string[] => text.split('\n').filter((line) => !gaps.test(line)).toSorted() // prettier-ignore

/** What Apache Kafka's tool says; ours must say the same. */
const dump = async (files: readonly string[], ...flags: string[]): Promise<string> => {
  const args = [...flags, '--files', files.join(',')]
  const said = await kafkaTool('org.apache.kafka.tools.DumpLogSegments', args)
  expect(sorted(await run(bin('kafka-dump-log.sh'), args))).toEqual(sorted(said))
  return said
}

const complaint =
  /Shallow offset|isvalid: false|[Mm]ismatch|[Ii]nvalid|not found|Couldn't|corrupt|out of order|Exception|Error/

/** Everything that Apache Kafka's dump tool can be asked about the files of a folder, in few runs. */
const dumpAll = async (data: string): Promise<void> => {
  const own = (name: string): string[] => filesIn(data, /\.log$/).filter((path) => path.includes(name))
  const plain = filesIn(data, /\.(log|index|timeindex|txnindex|snapshot)$/).filter((path) => !path.includes('/__'))
  expect(filesIn(data, /\.txnindex$/).length).toBeGreaterThan(0)
  expect(filesIn(data, /\.snapshot$/).length).toBeGreaterThan(0)
  const said = [
    await dump(plain, '--deep-iteration', '--print-data-log'),
    await dump(filesIn(data, /\.(index|timeindex)$/), '--verify-index-only'),
    await dump(filesIn(data, /\.(index|timeindex)$/), '--index-sanity-check'),
    await dump(own('__consumer_offsets'), '--offsets-decoder'),
    await dump(own('__transaction_state'), '--transaction-log-decoder'),
  ]
  for (const text of said) expect(text.split('\n').filter((line) => complaint.test(line))).toEqual([])
  expect(said[0]).toContain('isvalid: true')
  expect(said[2]).toContain('passed sanity check')
  expect(said[3]).toContain('"group":"readers"')
  expect(said[4]).toContain('"transactionalId":"tx"')
}

/** Our broker on a copy of the folder shows what was there before. */
const expectSame = async (folder: string, data: string, before: Contents): Promise<void> => {
  const { broker, bootstrap } = await ourBroker(folder, data)
  await using ended = broker
  expect(await look(bootstrap)).toEqual(before)
  await ended.stop()
}

/** What our broker says that is started on a folder which another one has open. */
const refusal = async (folder: string, data: string): Promise<string> => {
  const config = writeServerProperties(folder, await freePort(), `log.dirs=${data}\n`)
  await using broker = new Child(bin('kafka-server-start.sh'), [config])
  expect(await broker.exited).not.toBe(0)
  return broker.output
}

describe('log folders', () => {
  const folder = temporaryFolder()
  let zooKeeper: ZooKeeper

  beforeAll(async () => {
    zooKeeper = await startZooKeeper(folder.path)
  }, 600_000)
  afterAll(async () => {
    await zooKeeper[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })

  it('of Apache Kafka 3.9 with ZooKeeper become ours', async () => {
    const data = join(folder.path, 'theirs')
    await using kafka = await startApacheKafka39(folder.path, zooKeeper, '/theirs', data, eager)
    await fill(kafka.bootstrap)
    await until(() => isCleaned(data), 'the first compaction', 60_000)
    const before = await look(kafka.bootstrap)
    expect(await refusal(folder.path, data)).toMatch(/in use by process \d+/)
    // as if it had been killed now: no last entries in its indexes, which are full of zeros
    await expectSame(join(folder.path, 'killed'), data, before)
    await kafka[Symbol.asyncDispose]()
    await expectSame(join(folder.path, 'taken'), data, before)
    await dumpAll(join(folder.path, 'taken', 'kafka-logs'))
  })

  it('of Apache Kafka 4.3 with KRaft become ours, with the settings of their topics', async () => {
    await using kafka = await startApacheKafka()
    await fill(kafka.bootstrap, { 'segment.bytes': '1048576' })
    const before = await look(kafka.bootstrap)
    await kafka.child.stop()
    const ours = join(folder.path, 'taken from KRaft')
    const { broker, bootstrap } = await ourBroker(ours, kafka.data, 'broker.id=1\n')
    await using _ended = broker
    expect(await look(bootstrap)).toEqual(before)
    const settings = readFileSync(join(ours, 'kafka-logs/keyed-0/topic.properties'), 'utf8')
    expect(settings.split('\n')).toEqual(expect.arrayContaining(['cleanup.policy=compact', 'segment.bytes=1048576']))
    expect(broker.output).not.toContain('retention.ms=-1')
  })

  it('of ours become those of Apache Kafka 3.9 with ZooKeeper', async () => {
    const ours = join(folder.path, 'ours')
    const data = join(ours, 'kafka-logs')
    const { broker, bootstrap } = await ourBroker(ours, undefined)
    await using _ended = broker
    await fill(bootstrap)
    await until(() => isCleaned(data), 'the first compaction', 60_000)
    const before = await look(bootstrap)
    // as if it had been killed now
    cpSync(data, join(folder.path, 'given-killed'), { recursive: true })
    await broker.stop()
    await dumpAll(data)
    cpSync(data, join(folder.path, 'given'), { recursive: true })
    expect(await servedByKafka(folder.path, zooKeeper, 'given', before)).toEqual([])
    await servedByKafka(folder.path, zooKeeper, 'given-killed', before)
  })
})

/** Apache Kafka shows what was there before; gives what it had to say of the files. */
const servedByKafka = async (
  folder: string,
  zooKeeper: ZooKeeper,
  name: string,
  before: Contents,
): Promise<string[]> => {
  await zooKeeper.create(nodesFor(join(folder, name), `/${name}`))
  await using kafka = await startApacheKafka39(folder, zooKeeper, `/${name}`, join(folder, name), eager)
  expect(await look(kafka.bootstrap)).toEqual(before)
  return complaintsAbout(kafka.child.output)
}

/** What a starting broker says of the files that it finds. */
const complaintsAbout = (output: string): string[] =>
  output
    .split('\n')
    .filter((line) => /\] (?:WARN|ERROR) .*(?:kafka\.log|storage\.internals|index|snapshot|checkpoint)/i.test(line))

/** What ZooKeeper would know of the topics of this folder, had Kafka made them. */
const nodesFor = (data: string, chroot: string): [string, string][] => {
  const meta = readFileSync(join(data, 'meta.properties'), 'utf8')
  const clusterId = /^cluster\.id=(.*)$/m.exec(meta)?.[1] ?? ''
  const nodes: [string, string][] = [
    [chroot, ''],
    [`${chroot}/cluster`, ''],
    [`${chroot}/cluster/id`, JSON.stringify({ version: '1', id: clusterId })],
    [`${chroot}/brokers`, ''],
    [`${chroot}/brokers/topics`, ''],
  ]
  const folders = readdirSync(data, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((e) => e.name) // prettier-ignore
  for (const topic of new Set(folders.map((name) => name.replace(/-\d+$/, '')))) {
    const partitions = folders.filter((name) => name.replace(/-\d+$/, '') === topic)
    const text = readFileSync(join(data, `${topic}-0`, 'partition.metadata'), 'utf8')
    const topicId = /topic_id: (.*)/.exec(text)?.[1]
    const assigned = Object.fromEntries(partitions.map((name) => [/\d+$/.exec(name)?.[0], [0]]))
    nodes.push([`${chroot}/brokers/topics/${topic}`, JSON.stringify({ version: 3, topic_id: topicId, partitions: assigned, adding_replicas: {}, removing_replicas: {} })]) // prettier-ignore
  }
  return nodes
}
