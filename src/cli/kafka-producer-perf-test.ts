/** kafka-producer-perf-test.sh: how many records a second a topic takes, and how long each waits for its answer. */
import { readFileSync } from 'node:fs'
import { reasonOf } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import type { ClientOptions } from '../client/options.ts'
import { Partitioner } from '../client/partitioner.ts'
import { Producer } from '../client/producer.ts'
import { TransactionalProducer } from '../client/transactional-producer.ts'
import type { ProducerOptions } from '../client/producer-options.ts'
import { parseProducerSettings, producerRows } from '../client/producer-settings.ts'
import { closest } from '../config/did-you-mean.ts'
import { realClock } from '../io/clock.ts'
import { realRandom } from '../io/random.ts'
import { exitCodes } from './command.ts'
import { type JoptOption, type JoptValues, UsageError } from './jopt.ts'
import { bootstrapOption, clientOf } from './kafka-bootstrap.ts'
import { badSetting, clientProperties, sayFindings } from './kafka-client-properties.ts'
import { failureText } from './kafka-failure.ts'
import { kafkaTool } from './kafka-tool.ts'
import { Pace } from './perf/pace.ts'
import { type Payload, payloadsOf, randomPayload } from './perf/payloads.ts'
import { RecordSender } from './perf/record-sender.ts'
import { SendReport } from './perf/send-report.ts'
import { TimedTransactions, type TransactionPlan } from './perf/timed-transactions.ts'
import { untilStopped } from './signals.ts'

const clientId = 'perf-producer-client'

const options: readonly JoptOption[] = [
  bootstrapOption,
  { names: ['topic'], value: 'String: topic', doc: 'REQUIRED: The topic to send to.' },
  { names: ['num-records'], value: 'Long: count', doc: 'REQUIRED: How many records to send.' },
  {
    names: ['record-size'],
    value: 'Integer: bytes',
    doc: 'Size of each record, filled at random. This, --payload-file or --payload-monotonic is required.',
  },
  {
    names: ['payload-file'],
    value: 'String: file',
    doc: 'A file of records, in UTF-8; each record sent is one of them, chosen at random.',
  },
  {
    names: ['payload-delimiter'],
    value: 'String: delimiter',
    doc: 'What stands between those records. (default: \\n)',
  },
  { names: ['payload-monotonic'], doc: 'The records are the numbers from 0 on.' },
  { names: ['throughput'], value: 'Double: records/s', doc: 'REQUIRED: Records a second to keep to; -1 for no limit.' },
  {
    names: ['producer-props', 'command-property', 'producer-property'],
    value: 'String: prop=value …',
    repeatable: true,
    greedy: true,
    doc: 'Settings of the producer, as name=value; several may follow one another.',
  },
  { names: ['producer.config', 'command-config'], value: 'String: config file', doc: 'A file of such settings.' },
  {
    names: ['transactional-id'],
    value: 'String: id',
    doc: 'Sends in transactions of this id. (with --transaction-duration-ms alone: performance-producer- and a random number)',
  },
  {
    names: ['transaction-duration-ms'],
    value: 'Long: ms',
    doc: 'How long each transaction lasts, above 0. (default with an id: 3000)',
  },
  {
    names: ['warmup-records'],
    value: 'Long: count',
    doc: 'So many records at the beginning are left out of a second summary, of the steady state. (default: 0)',
  },
  { names: ['reporting-interval'], value: 'Long: ms', doc: 'Between lines of progress. (default: 5000)' },
  {
    names: ['print-metrics'],
    doc: "Print what was counted, under the names of Kafka's metrics: records sent and refused, and how many in a second.",
  },
]

interface Plan {
  readonly client: ClientOptions
  readonly producer: Partial<ProducerOptions>
  readonly transactions: TransactionPlan | undefined
  readonly topic: string
  readonly count: number
  readonly warmupCount: number
  readonly everyMs: number
  readonly hasMetrics: boolean
  readonly perSecond: number
  readonly payload: Payload
  readonly batchBytes: number
  readonly lingerMs: number
  readonly memoryBytesMax: number
}

const fileRecords = (file: string, delimiter: string): Payload => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    throw new UsageError(`${file} cannot be read: ${reasonOf(thrown)}`, false)
  }
  const records = text.split(delimiter.replaceAll('\\n', '\n')).filter((record) => record !== '')
  if (records.length === 0) throw new UsageError(`File does not exist or empty file provided: ${file}`, false)
  return payloadsOf(records, realRandom)
}

const payloadOf = (values: JoptValues): Payload => {
  const size = values.integer('record-size')
  const file = values.one('payload-file')
  const given = [size !== undefined, file !== undefined, values.has('payload-monotonic')].filter(Boolean).length
  if (given !== 1)
    throw new UsageError('Exactly one of --record-size, --payload-file or --payload-monotonic is required')
  if (size !== undefined && size < 0) throw new UsageError('--record-size must not be negative')
  if (size !== undefined) return randomPayload(size, realRandom)
  if (file !== undefined) return fileRecords(file, values.one('payload-delimiter') ?? '\n')
  return (record) => Buffer.from(`${record}`)
}

const numberOf = (given: ReadonlyMap<string, string>, setting: string, byDefault: number): number => {
  const text = given.get(setting)
  if (text === undefined) return byDefault
  if (!/^\d{1,10}$/.test(text)) throw badSetting(setting, text, 'it must be a whole number, 0 or more')
  return Number(text)
}

const transactionsOf = (values: JoptValues, given: ReadonlyMap<string, string>): TransactionPlan | undefined => {
  const id = values.one('transactional-id') ?? given.get('transactional.id')
  const durationMs = values.long('transaction-duration-ms')
  if (durationMs !== undefined && durationMs <= 0)
    throw new UsageError('--transaction-duration-ms should be greater than zero')
  if (id === undefined && durationMs === undefined) return undefined
  return { id: id ?? `performance-producer-${realRandom.bytes(8).toString('hex')}`, durationMs: durationMs ?? 3000 }
}

/** How the run is reported on. Throws a UsageError. */
const reportingOf = (values: JoptValues, count: number): Pick<Plan, 'warmupCount' | 'everyMs' | 'hasMetrics'> => {
  const warmupCount = Math.max(0, values.long('warmup-records') ?? 0)
  if (warmupCount >= count)
    throw new UsageError(
      'The value for --warmup-records must be strictly fewer than the number of records in the test, --num-records.',
    )
  const everyMs = values.long('reporting-interval') ?? 5000
  if (everyMs <= 0) throw new UsageError('--reporting-interval should be greater than zero.')
  return { warmupCount, everyMs, hasMetrics: values.has('print-metrics') }
}

/** Throws a UsageError. Where batches end is the tool's own affair: the client sends what it is given. */
const planOf = (values: JoptValues, log: Log): Plan => {
  const topic = values.required('topic')
  const count = values.long('num-records')
  if (count === undefined || count <= 0) throw new UsageError('--num-records should be greater than zero')
  const perSecond = Number(values.required('throughput'))
  if (Number.isNaN(perSecond)) throw new UsageError('--throughput is no number')
  const given = new Map(clientProperties(values, 'producer.config', 'producer-props'))
  const bootstrap = values.one('bootstrap-server') ?? given.get('bootstrap.servers')
  if (bootstrap === undefined) throw new UsageError('Missing required argument "[bootstrap-server]"')
  const own = clientOf(bootstrap, clientId, log)
  const transactions = transactionsOf(values, given)
  given.delete('transactional.id')
  const { client, producer, findings } = parseProducerSettings(given, closest)
  sayFindings(findings, given, producerRows, log)
  return {
    client: { ...own, ...client, bootstrap: own.bootstrap },
    producer,
    transactions,
    topic,
    count,
    ...reportingOf(values, count),
    perSecond,
    payload: payloadOf(values),
    batchBytes: numberOf(given, 'batch.size', 16_384),
    lingerMs: numberOf(given, 'linger.ms', 5),
    memoryBytesMax: numberOf(given, 'buffer.memory', 33_554_432),
  }
}

interface Sending {
  readonly sender: RecordSender
  readonly report: SendReport
  readonly transactions: TimedTransactions | undefined
}

/** Sends one record after the other; the event loop has a turn after every batch, or answers would wait for the end. */
const send = async (plan: Plan, { sender, report, transactions }: Sending, signal: AbortSignal): Promise<void> => {
  const pace = new Pace(plan.perSecond, realClock)
  let bytes = 0
  for (let record = 0; record < plan.count && !signal.aborted; record++) {
    if (record >= pace.due) await pace.until(record, signal)
    if (sender.isFull) await sender.room()
    const payload = plan.payload(record)
    transactions?.begin(realClock.monotonic())
    if (!sender.add(report.timeOf(record), realClock.now(), null, payload))
      throw new UsageError(`A record of ${payload.length} bytes is larger than max.request.size`, false)
    if (transactions?.isDue(realClock.monotonic()) === true) await transactions.commit(sender)
    bytes += payload.length
    if (bytes < plan.batchBytes) continue
    bytes = 0
    await new Promise(setImmediate)
  }
}

const run = async (plan: Plan, log: Log, signal: AbortSignal): Promise<number> => {
  const { client, transactions: timed } = plan
  const transactional = timed && new TransactionalProducer(client, { ...plan.producer, transactionalId: timed.id })
  await using producer = transactional ?? new Producer(client, plan.producer)
  await transactional?.open()
  const transactions = transactional && new TimedTransactions(transactional, timed?.durationMs ?? 0)
  const topic = await producer.lookUp(plan.topic, signal)
  const print = (line: string): void => void process.stdout.write(`${line}\n`)
  const report = new SendReport({ ...plan, clock: realClock, print })
  const sender = new RecordSender({
    ...plan,
    producer: transactions?.sending ?? producer,
    topic,
    partitioner: new Partitioner(realRandom),
    clock: realClock,
    landed(batch, outcome) {
      const { error } = outcome
      if (error !== undefined && report.failed === 0) log.error(`Records were not stored: ${failureText(error)}`)
      report.landed(batch, outcome)
    },
  })
  await send(plan, { sender, report, transactions }, signal)
  await transactions?.commit(sender)
  await sender.finish()
  report.total()
  if (plan.hasMetrics) process.stdout.write(report.metrics(client.clientId))
  const { failed } = report
  if (failed > 0) log.error(`${failed} records were not stored.`)
  return failed > 0 ? exitCodes.failed : exitCodes.done
}

export const command = kafkaTool({
  name: 'kafka-producer-perf-test',
  summary: 'measure how fast a topic takes records',
  purpose: 'This tool is used to verify the producer performance.',
  options,
  work: (values, log) => {
    const plan = planOf(values, log)
    return untilStopped((stop) => run(plan, log, stop))
  },
})
