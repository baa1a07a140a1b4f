/**
 * kafka-e2e-latency.sh: how long a record takes from a producer to a consumer, one record at a time. Its options are those of Kafka 4; the words in a
 * fixed order that older notes have are understood, too.
 */
import type { Log } from '../base/log.ts'
import { Admin } from '../client/admin.ts'
import type { TopicMetadata } from '../client/cluster-metadata.ts'
import { Consumer } from '../client/consumer.ts'
import { places } from '../client/offset-lookup.ts'
import { parseProducerSettings, producerRows } from '../client/producer-settings.ts'
import { Partitioner } from '../client/partitioner.ts'
import { Producer } from '../client/producer.ts'
import { closest } from '../config/did-you-mean.ts'
import { realClock } from '../io/clock.ts'
import { realRandom } from '../io/random.ts'
import { type Command, exitCodes } from './command.ts'
import { type JoptOption, type JoptValues, UsageError } from './jopt.ts'
import { bootstrapOf, bootstrapOption, clientOf, zookeeperOption } from './kafka-bootstrap.ts'
import { clientProperties, sayFindings } from './kafka-client-properties.ts'
import { kafkaTool } from './kafka-tool.ts'
import { Latencies } from './perf/latencies.ts'
import { randomPayload } from './perf/payloads.ts'
import { untilStopped } from './signals.ts'

const name = 'kafka-e2e-latency'
const clientId = 'e2e-latency'
const timeoutMs = 60_000

const options: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  { names: ['topic'], value: 'String: topic', doc: 'REQUIRED: The topic to go through.' },
  { names: ['num-records'], value: 'Integer: count', doc: 'REQUIRED: How many records to send.' },
  { names: ['producer-acks'], value: 'String: acks', doc: 'REQUIRED: 1 or all.' },
  { names: ['record-size', 'message-size-bytes'], value: 'Integer: bytes', doc: 'REQUIRED: Size of each record.' },
  { names: ['command-config'], value: 'String: config file', doc: 'A file of client settings.' },
]

/** The older form: broker list, topic, count, acks, size, and perhaps a file. */
const orderOfWords = ['bootstrap-server', 'topic', 'num-records', 'producer-acks', 'record-size', 'command-config']

const withNames = (argv: readonly string[]): readonly string[] =>
  argv.length === 0 || argv.some((word) => word.startsWith('-'))
    ? argv
    : argv.flatMap((word, i) => [`--${orderOfWords[i] ?? 'stray'}`, word])

const countOf = (values: JoptValues, option: string): number => {
  values.required(option)
  const count = values.integer(option) ?? 0
  if (count < 1) throw new UsageError(`--${option} must be 1 or more`)
  return count
}

class RoundTrips implements AsyncDisposable {
  readonly #producer: Producer
  readonly #consumer: Consumer
  readonly #partitioner = new Partitioner(realRandom)
  readonly #topic: string

  /** Throws a UsageError. */
  constructor(values: JoptValues, log: Log) {
    this.#topic = values.required('topic')
    const acks = values.required('producer-acks')
    if (acks !== '1' && acks !== 'all')
      throw new UsageError(
        'Latency testing requires synchronous acknowledgement. Please use 1 or all for the acknowledgement option.',
      )
    const own = clientOf(bootstrapOf(values, name, log), clientId, log)
    const given = new Map([...clientProperties(values, 'command-config'), ['acks', acks]])
    const { client, producer, findings } = parseProducerSettings(given, closest)
    sayFindings(findings, given, producerRows, log)
    const settings = { ...own, ...client, bootstrap: own.bootstrap }
    this.#producer = new Producer(settings, producer)
    this.#consumer = new Consumer(settings, { fetchMaxWaitMs: 500, fetchMinBytes: 1 })
  }

  /** Creates the topic if needed, and begins at its end. */
  async open(values: JoptValues, log: Log): Promise<TopicMetadata> {
    const topic = await this.#producer.lookUp(this.#topic)
    await this.#consumer.open()
    using admin = new Admin(clientOf(bootstrapOf(values, name, log), clientId, log))
    const questions = topic.partitions.map(({ partition }) => ({
      topic: this.#topic,
      partition,
      timestampMs: places.latest,
    }))
    await admin.topics()
    const ends = await admin.offsets(questions)
    this.#consumer.assign(ends.map(({ partition, offset }) => ({ topic: this.#topic, partition, offset })))
    return topic
  }

  /** Sends one record and waits until it has come back; resolves with the time in ms. Rejects with what went wrong on the way. */
  async once(topic: TopicMetadata, payload: Buffer, stop: AbortSignal): Promise<number> {
    const startMs = realClock.monotonic()
    const records = this.#producer.writer()
    if (!records.add(realClock.now(), null, payload, null))
      throw new UsageError(`A record of ${payload.length} bytes is larger than max.request.size`, false)
    const sent = this.#producer.send([{ topic: this.#topic, partition: this.#partitioner.next(topic), records }])
    const came = this.#consumer.next(AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]))
    const [outcome] = await sent
    if (outcome?.error !== undefined) throw outcome.error
    const fetched = await came
    if (stop.aborted) return 0
    if (fetched === undefined)
      throw new UsageError(`poll() timed out before finding a result (timeout:[${timeoutMs}ms])`, false)
    if (!fetched.next() || fetched.reader.value()?.equals(payload) !== true || fetched.next())
      throw new UsageError('The record that came is not the one that was sent; others write to this topic.', false)
    return realClock.monotonic() - startMs
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#consumer[Symbol.asyncDispose]()
    await this.#producer[Symbol.asyncDispose]()
  }
}

const run = async (trips: RoundTrips, values: JoptValues, log: Log, stop: AbortSignal): Promise<number> => {
  const count = countOf(values, 'num-records')
  const size = countOf(values, 'record-size')
  const topic = await trips.open(values, log)
  const latencies = new Latencies(count)
  for (let i = 0; i < count && !stop.aborted; i++) {
    const ms = await trips.once(topic, randomPayload(size, realRandom)(i), stop)
    if (i % 1000 === 0) process.stdout.write(`${i}\t${Number(ms.toFixed(6))}\n`)
    latencies.add(ms)
  }
  const [half, most, nearlyAll] = latencies.percentilesMs([0.5, 0.99, 0.999]).map((ms) => Math.trunc(ms))
  process.stdout.write(`Avg latency: ${latencies.meanMs.toFixed(4)} ms\n`)
  process.stdout.write(`Percentiles: 50th = ${half}, 99th = ${most}, 99.9th = ${nearlyAll}\n`)
  return exitCodes.done
}

const tool = kafkaTool({
  name,
  summary: 'measure how long a record takes to come through',
  purpose: 'This tool records the average end to end latency for a single message to travel through Kafka.',
  options,
  work: async (values, log) => {
    await using trips = new RoundTrips(values, log)
    return await untilStopped((stop) => run(trips, values, log, stop))
  },
})

export const command: Command = { ...tool, run: (argv) => tool.run(withNames(argv)) }
