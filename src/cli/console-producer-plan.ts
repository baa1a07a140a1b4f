/** What the console producer's options ask for: which of them are settings of the producer, which are accepted, and which win. */
import type { Log } from '../base/log.ts'
import type { ClientOptions } from '../client/options.ts'
import type { ProducerOptions } from '../client/producer-options.ts'
import { parseProducerSettings, producerRows } from '../client/producer-settings.ts'
import { closest } from '../config/did-you-mean.ts'
import { type JoptOption, type JoptValues, UsageError } from './jopt.ts'
import { bootstrapOf, bootstrapOption, clientOf, zookeeperOption } from './kafka-bootstrap.ts'
import { clientProperties, sayFindings } from './kafka-client-properties.ts'
import { LineReader } from './producer-records.ts'

const name = 'kafka-console-producer'
const clientId = 'console-producer'

export interface ProducerPlan {
  readonly client: ClientOptions
  readonly producer: Partial<ProducerOptions>
  readonly topic: string
  /** Each line is waited for before the next is sent. */
  readonly sync: boolean
  readonly reader: LineReader
}

/** Options of Kafka's tool that mean nothing here: the name, and its value if it takes one. */
const accepted: readonly (readonly [string, string?])[] = [
  ['batch-size', 'Integer: size'],
  ['message-send-max-retries', 'Integer'],
  ['timeout', 'Long: timeout_ms'],
  ['queue-size', 'Integer: queue_size'],
  ['queue-enqueuetimeout-ms', 'Integer: queue enqueuetimeout ms'],
  ['max-memory-bytes', 'Long: total memory in bytes'],
  ['max-partition-memory-bytes', 'Integer: memory in bytes per partition'],
  ['socket-buffer-size', 'Integer: size'],
  ['key-serializer', 'String: encoder_class'],
  ['value-serializer', 'String: encoder_class'],
  ['old-producer'],
  ['new-producer'],
]

export const producerOptions: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  { names: ['topic'], value: 'String: topic', doc: 'REQUIRED: The topic to send to.' },
  { names: ['sync'], doc: 'Wait for each line before the next is sent.' },
  {
    names: ['compression-codec'],
    value: 'String: compression-codec',
    valueOptional: true,
    doc: 'none, gzip, snappy, lz4 or zstd; gzip when no name is given.',
  },
  { names: ['request-required-acks'], value: 'String: acks', doc: 'all (or -1), 0 or 1. (default: -1)' },
  { names: ['request-timeout-ms'], value: 'Integer: ms', doc: 'How long an answer is waited for. (default: 30000)' },
  { names: ['max-block-ms'], value: 'Long: ms', doc: 'How long the topic is waited for. (default: 60000)' },
  { names: ['metadata-expiry-ms'], value: 'Long: ms', doc: 'How old metadata may be. (default: 300000)' },
  { names: ['retry-backoff-ms'], value: 'Long: ms', doc: 'The pause before another try. (default: 100)' },
  {
    names: ['property', 'reader-property'],
    value: 'String: prop',
    repeatable: true,
    doc:
      'How lines are read, as name=value: parse.key, key.separator, ignore.error, parse.headers, headers.delimiter, ' +
      'headers.separator, headers.key.separator, null.marker.',
  },
  { names: ['reader-config'], value: 'String: config file', doc: 'A file of such properties.' },
  {
    names: ['producer-property', 'command-property'],
    value: 'String: producer_prop',
    repeatable: true,
    doc: 'A setting of the producer, as name=value.',
  },
  { names: ['producer.config', 'command-config'], value: 'String: config file', doc: 'A file of such settings.' },
  { names: ['line-reader'], value: 'String: reader_class', doc: 'LineMessageReader; others cannot be loaded.' },
  ...accepted.map(([option, value]) => ({
    names: [option] as const,
    ...(value === undefined ? {} : { value }),
    doc: 'Accepted; it has no effect here.',
  })),
]

/** Options that are settings of the producer under other names. */
const settingsOf: Readonly<Record<string, readonly string[]>> = {
  'request-required-acks': ['acks'],
  'request-timeout-ms': ['request.timeout.ms', 'timeout.ms'],
  'max-block-ms': ['max.block.ms'],
  'metadata-expiry-ms': ['metadata.max.age.ms'],
  'retry-backoff-ms': ['retry.backoff.ms'],
}

/** An option that was typed wins over a property, and that over the file. */
const settings = (values: JoptValues): ReadonlyMap<string, string> => {
  const given = new Map(clientProperties(values, 'producer.config', 'producer-property'))
  for (const [option, names] of Object.entries(settingsOf)) {
    const value = values.one(option)
    for (const setting of value === undefined ? [] : names) given.set(setting, value ?? '')
  }
  if (values.has('compression-codec')) given.set('compression.type', values.one('compression-codec') || 'gzip')
  return given
}

/** Throws a UsageError for what Kafka's tool would not accept either. */
const checkOthers = (values: JoptValues): void => {
  for (const [option, value = ''] of accepted) {
    if (value.startsWith('Integer')) values.integer(option)
    else if (value.startsWith('Long')) values.long(option)
  }
  const lineReader = values.one('line-reader')
  if (lineReader !== undefined && !/(?:^|[.$])LineMessageReader$/.test(lineReader))
    throw new UsageError(
      `--line-reader ${lineReader}: Java classes cannot be loaded; lines are read as they are`,
      false,
    )
}

/** Throws a UsageError, or a ToolFailure for reader properties that contradict one another. */
export const producerPlan = (values: JoptValues, log: Log): ProducerPlan => {
  const topic = values.required('topic')
  checkOthers(values)
  const own = clientOf(bootstrapOf(values, name, log), clientId, log)
  const given = settings(values)
  const { client, producer, findings } = parseProducerSettings(given, closest)
  sayFindings(findings, given, producerRows, log)
  return {
    client: { ...own, ...client, bootstrap: own.bootstrap },
    producer,
    topic,
    sync: values.has('sync'),
    reader: new LineReader(clientProperties(values, 'reader-config', 'property')),
  }
}
