/** kafka-console-producer.sh: every line of standard input becomes a record. */
import { Fault } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { Partitioner } from '../client/partitioner.ts'
import { Producer } from '../client/producer.ts'
import { parseProducerSettings } from '../client/producer-settings.ts'
import { closest } from '../config/did-you-mean.ts'
import { realRandom } from '../io/random.ts'
import { exitCodes } from './command.ts'
import { type JoptOption, type JoptValues, UsageError } from './jopt.ts'
import { bootstrapOf, bootstrapOption, clientOf, zookeeperOption } from './kafka-bootstrap.ts'
import { clientProperties, sayFindings } from './kafka-client-properties.ts'
import { kafkaTool } from './kafka-tool.ts'
import { LineBatches } from './line-batches.ts'
import { ProducerLines } from './producer-lines.ts'
import { BadLine, LineReader } from './producer-records.ts'

const name = 'kafka-console-producer'
const clientId = 'console-producer'

const accepted = (option: string, value: string): JoptOption => ({
  names: [option],
  value,
  doc: 'Accepted; it has no effect here.',
})

const options: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  { names: ['topic'], value: 'String: topic', doc: 'REQUIRED: The topic to send to.' },
  { names: ['sync'], doc: 'Accepted: every batch is waited for at the end.' },
  {
    names: ['compression-codec'],
    value: 'String: compression-codec',
    valueOptional: true,
    doc: 'none, gzip, snappy, lz4 or zstd; gzip when no name is given.',
  },
  { names: ['request-required-acks'], value: 'String: acks', doc: 'all (or -1), 0 or 1. Default: -1.' },
  { names: ['request-timeout-ms'], value: 'Integer: ms', doc: 'How long an answer is waited for.' },
  { names: ['max-block-ms'], value: 'Long: ms', doc: 'How long the topic is waited for. Default: 60000.' },
  { names: ['metadata-expiry-ms'], value: 'Long: ms', doc: 'How old metadata may be. Default: 300000.' },
  { names: ['retry-backoff-ms'], value: 'Long: ms', doc: 'The pause before another try. Default: 100.' },
  {
    names: ['property', 'reader-property'],
    value: 'String: prop',
    repeatable: true,
    doc:
      'How lines are read: parse.key, key.separator, ignore.error, parse.headers, headers.delimiter, headers.separator, ' +
      'headers.key.separator, null.marker.',
  },
  {
    names: ['producer-property', 'command-property'],
    value: 'String: producer_prop',
    repeatable: true,
    doc: 'A setting of the producer, as name=value.',
  },
  { names: ['producer.config', 'command-config'], value: 'String: config file', doc: 'A file of such settings.' },
  { names: ['line-reader', 'reader-config'], value: 'String: reader', doc: 'Java readers cannot be loaded.' },
  accepted('batch-size', 'Integer: size'),
  accepted('message-send-max-retries', 'Integer'),
  accepted('timeout', 'Long: ms'),
  accepted('queue-size', 'Integer'),
  accepted('queue-enqueuetimeout-ms', 'Integer'),
  accepted('max-memory-bytes', 'Long'),
  accepted('max-partition-memory-bytes', 'Integer'),
  accepted('socket-buffer-size', 'Integer'),
  accepted('key-serializer', 'String'),
  accepted('value-serializer', 'String'),
  { names: ['old-producer'], doc: 'Accepted; it has no effect here.' },
  { names: ['new-producer'], doc: 'Accepted; it has no effect here.' },
]

/** Options that are settings of the producer under another name; settings that are given as such win. */
const settingOf: Readonly<Record<string, string>> = {
  'request-required-acks': 'acks',
  'request-timeout-ms': 'request.timeout.ms',
  'max-block-ms': 'max.block.ms',
  'metadata-expiry-ms': 'metadata.max.age.ms',
  'retry-backoff-ms': 'retry.backoff.ms',
}

const settingsOf = (values: JoptValues): ReadonlyMap<string, string> => {
  const settings = new Map<string, string>()
  for (const [option, setting] of Object.entries(settingOf)) {
    const value = values.one(option)
    if (value !== undefined) settings.set(setting, value)
  }
  if (values.has('compression-codec')) settings.set('compression.type', values.one('compression-codec') ?? 'gzip')
  for (const [setting, value] of clientProperties(values, 'producer.config', 'producer-property'))
    settings.set(setting, value)
  return settings
}

const openProducer = (values: JoptValues, log: Log): Producer => {
  const { client, producer, findings } = parseProducerSettings(settingsOf(values), closest)
  sayFindings(findings, log)
  return new Producer({ ...clientOf(bootstrapOf(values, name, log), clientId, log), ...client }, producer)
}

/** Adds a line to its batch, sending that first when it is full. */
const add = async (line: Buffer, batches: LineBatches, reader: LineReader, nowMs: number): Promise<void> => {
  const record = reader.plain ? undefined : reader.read(line)
  const put = (): boolean => (record === undefined ? batches.addValue(line, nowMs) : batches.add(record, nowMs))
  if (put()) return
  await batches.send()
  if (!put()) batches.tooLarge(line.length, 'the record is larger than max.request.size')
}

const sendLines = async (batches: LineBatches, reader: LineReader, bytesMax: number): Promise<void> => {
  const prompt = (): void => void (process.stdin.isTTY && process.stdout.write('>'))
  const lines = new ProducerLines(bytesMax, (bytes) =>
    batches.tooLarge(bytes, 'the line is larger than max.request.size'),
  )
  const addAll = async (all: readonly Buffer[]): Promise<void> => {
    const nowMs = Date.now()
    for (const line of all) {
      if (!reader.plain || !batches.addValue(line, nowMs)) await add(line, batches, reader, nowMs)
      prompt()
    }
  }
  prompt()
  for await (const chunk of process.stdin) {
    await addAll(lines.push(chunk as Buffer))
    batches.sendIfFree()
  }
  await addAll(lines.finish())
}

const produce = async (values: JoptValues, producer: Producer, log: Log): Promise<number> => {
  const reader = new LineReader(new Map(values.pairs('property')))
  const topic = await producer.lookUp(values.required('topic'))
  const batches = new LineBatches(producer, topic, new Partitioner(realRandom), log)
  try {
    await sendLines(batches, reader, producer.options.requestBytesMax)
  } catch (thrown) {
    if (!(thrown instanceof BadLine)) throw thrown
    await batches.finish()
    process.stderr.write(`org.apache.kafka.common.KafkaException: ${thrown.message}\n`)
    return exitCodes.failed
  }
  await batches.finish()
  return batches.failed > 0 ? exitCodes.failed : exitCodes.done
}

const work = async (values: JoptValues, log: Log): Promise<number> => {
  if (values.has('line-reader')) throw new UsageError('--line-reader: Java classes cannot be loaded', false)
  values.required('topic')
  await using producer = openProducer(values, log)
  try {
    return await produce(values, producer, log)
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    process.stderr.write(`org.apache.kafka.common.KafkaException: ${thrown.message}. ${thrown.hint}\n`)
    return exitCodes.failed
  }
}

export const command = kafkaTool({
  name,
  summary: 'send lines from standard input',
  purpose: 'This tool helps to read data from standard input and publish it to Kafka.',
  options,
  work,
})
