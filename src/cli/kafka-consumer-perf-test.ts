/** kafka-consumer-perf-test.sh: how fast a new group reads a topic, and how long it took to be given its partitions. */
import type { Log } from '../base/log.ts'
import { Consumer } from '../client/consumer.ts'
import type { ConsumerOptions } from '../client/consumer-options.ts'
import { consumerRows, parseConsumerSettings } from '../client/consumer-settings.ts'
import type { FetchedRecords } from '../client/fetched-records.ts'
import type { OffsetToCommit } from '../client/group-offsets.ts'
import type { ClientOptions } from '../client/options.ts'
import { closest } from '../config/did-you-mean.ts'
import { javaRegex } from '../config/java-regex.ts'
import { realClock } from '../io/clock.ts'
import { exitCodes } from './command.ts'
import { takeGroupProtocol } from './group-protocol.ts'
import { type JoptOption, type JoptValues, UsageError } from './jopt.ts'
import { bootstrapOf, bootstrapOption, clientOf, zookeeperOption } from './kafka-bootstrap.ts'
import { clientProperties, sayFindings } from './kafka-client-properties.ts'
import { kafkaTool } from './kafka-tool.ts'
import { ReadFigures } from './perf/read-figures.ts'
import { untilStopped } from './signals.ts'

const name = 'kafka-consumer-perf-test'
const clientId = 'perf-consumer-client'

/** Options of older Kafka that mean nothing here. */
const accepted: readonly (readonly [string, string?])[] = [
  ['socket-buffer-size', 'Integer: size'],
  ['threads', 'Integer: count'],
  ['num-fetch-threads', 'Integer: count'],
  ['new-consumer'],
]

const options: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  { names: ['topic'], value: 'String: topic', doc: 'The topic to read. This or --include is required.' },
  { names: ['include'], value: 'String: Java regex', doc: 'The topics to read.' },
  {
    names: ['messages', 'num-records'],
    value: 'Long: count',
    doc: 'REQUIRED: How many records to read.',
  },
  { names: ['group'], value: 'String: gid', doc: 'The group to read in. (default: perf-consumer- and a number)' },
  { names: ['fetch-size'], value: 'Integer: size', doc: 'Most bytes of a partition in one fetch. (default: 1048576)' },
  { names: ['from-latest'], doc: 'Begin at the end where the group has no offset, instead of at the beginning.' },
  { names: ['reporting-interval'], value: 'Integer: interval_ms', doc: 'Between detailed lines. (default: 5000)' },
  { names: ['show-detailed-stats'], doc: 'Print a line in every such interval.' },
  { names: ['hide-header'], doc: 'Leave out the line that names the columns.' },
  { names: ['date-format'], value: 'String: date format', doc: 'As in Java. (default: yyyy-MM-dd HH:mm:ss:SSS)' },
  { names: ['timeout'], value: 'Long: milliseconds', doc: 'How long to wait for the next record. (default: 10000)' },
  {
    names: ['consumer-props', 'command-property', 'consumer-property'],
    value: 'String: prop=value',
    repeatable: true,
    doc: 'A setting of the consumer, as name=value.',
  },
  { names: ['consumer.config', 'command-config'], value: 'String: config file', doc: 'A file of such settings.' },
  {
    names: ['print-metrics'],
    doc: "Print what was counted, under the names of Kafka's metrics: records and bytes read, and how often partitions were given.",
  },
  ...accepted.map(([option, value]) => ({
    names: [option] as const,
    ...(value === undefined ? {} : { value }),
    doc: 'Accepted; it has no effect here.',
  })),
]

interface Plan {
  readonly client: ClientOptions
  readonly consumer: Partial<ConsumerOptions>
  readonly topics: readonly string[] | RegExp
  readonly count: number
  readonly timeoutMs: number
  readonly figures: ReadFigures
  readonly hasMetrics: boolean
  /** Where it ended is kept for the group, as Kafka's tool does unless `enable.auto.commit` is false. */
  readonly commits: boolean
}

const topicsOf = (values: JoptValues): readonly string[] | RegExp => {
  const topic = values.one('topic')
  const include = values.one('include')
  if ((topic === undefined) === (include === undefined))
    throw new UsageError('Exactly one of the following arguments is required: [topic], [include]')
  return topic === undefined ? javaRegex(include ?? '', { whole: true }) : [topic]
}

/** Throws a UsageError. */
const planOf = (values: JoptValues, log: Log): Plan => {
  const topics = topicsOf(values)
  const count = values.long('messages')
  if (count === undefined) throw new UsageError('Missing required argument "[messages]"')
  const own = clientOf(bootstrapOf(values, name, log), clientId, log)
  const given = new Map(clientProperties(values, 'consumer.config', 'consumer-props'))
  const protocol = takeGroupProtocol(given)
  const { client, consumer, findings } = parseConsumerSettings(given, closest)
  sayFindings(findings, given, consumerRows, log)
  const partitionFetchBytes = values.integer('fetch-size')
  const commits = given.get('enable.auto.commit')?.toLowerCase() !== 'false'
  return {
    client: { ...own, ...client, bootstrap: own.bootstrap },
    consumer: {
      offsetReset: values.has('from-latest') ? 'latest' : 'earliest',
      checkCrc: false,
      commitsStart: commits,
      ...consumer,
      ...protocol,
      groupId: values.one('group') ?? consumer.groupId ?? `perf-consumer-${Math.trunc(Math.random() * 100_000)}`,
      ...(partitionFetchBytes === undefined ? {} : { partitionFetchBytes }),
    },
    topics,
    count,
    timeoutMs: values.long('timeout') ?? 10_000,
    hasMetrics: values.has('print-metrics'),
    commits,
    figures: new ReadFigures({
      everyMs: values.has('show-detailed-stats') ? (values.integer('reporting-interval') ?? 5000) : Infinity,
      hasHeader: !values.has('hide-header'),
      dateFormat: values.one('date-format') ?? 'yyyy-MM-dd HH:mm:ss:SSS',
      clock: realClock,
      print: (line) => process.stdout.write(`${line}\n`),
    }),
  }
}

const partBytes = (start: number, end: number): number => (start < 0 ? 0 : end - start)

/** Steps over as many records as are still wanted; resolves with how many and their bytes of keys and values. */
const countOf = (records: FetchedRecords, wanted: number): [count: number, bytes: number] => {
  const { reader } = records
  let [count, bytes] = [0, 0]
  while (count < wanted && records.next()) {
    count++
    bytes += partBytes(reader.keyStart, reader.keyEnd) + partBytes(reader.valueStart, reader.valueEnd)
  }
  return [count, bytes]
}

const run = async (plan: Plan, stop: AbortSignal): Promise<number> => {
  const { client, consumer: settings, topics, count, timeoutMs, figures } = plan
  await using consumer = new Consumer(client, settings, {
    prepare: async () => figures.rebalancing(),
    assigned: () => figures.assigned(),
  })
  figures.begin()
  await consumer.open()
  consumer.subscribe(topics)
  let left = count
  const offsets = new Map<string, OffsetToCommit>()
  while (left > 0 && !stop.aborted) {
    const records =
      consumer.take() ?? (await consumer.next(AbortSignal.any([stop, AbortSignal.timeout(Math.max(1, timeoutMs))])))
    if (records === undefined) break
    const [read, bytes] = countOf(records, left)
    left -= read
    figures.read(read, bytes)
    const { topic, partition, position: offset } = records
    offsets.set(`${topic}-${partition}`, { topic, partition, offset })
  }
  if (left > 0 && !stop.aborted)
    process.stdout.write(
      `WARNING: Exiting before consuming the expected number of messages: timeout (${timeoutMs} ms) exceeded. You can use the --timeout option to increase the timeout.\n`,
    )
  figures.end()
  if (plan.commits && offsets.size > 0) await consumer.commit([...offsets.values()])
  if (plan.hasMetrics) process.stdout.write(figures.metrics(client.clientId))
  return exitCodes.done
}

export const command = kafkaTool({
  name,
  summary: 'measure how fast a topic is read',
  purpose: 'This tool is used to verify the consumer performance.',
  options,
  work: (values, log) => {
    const plan = planOf(values, log)
    return untilStopped((stop) => run(plan, stop))
  },
})
