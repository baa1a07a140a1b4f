/** What the console consumer's options ask for: their rules, and the messages of Kafka's tool when they do not go together. */
import type { Log } from '../base/log.ts'
import type { StartAt } from '../client/consumer.ts'
import type { ConsumerOptions } from '../client/consumer-options.ts'
import { parseConsumerSettings } from '../client/consumer-settings.ts'
import type { ClientOptions } from '../client/options.ts'
import { closest } from '../config/did-you-mean.ts'
import { type JoptOption, type JoptValues, UsageError } from './jopt.ts'
import { bootstrapOf, bootstrapOption, clientOf, zookeeperOption } from './kafka-bootstrap.ts'
import { clientProperties, sayFindings } from './kafka-client-properties.ts'

const name = 'kafka-console-consumer'

export interface ConsumerPlan {
  readonly client: ClientOptions
  readonly consumer: Partial<ConsumerOptions>
  /** One partition, or whole topics, shared in a group or alone. */
  readonly start: StartAt | { readonly topics: readonly string[] | RegExp; readonly inGroup: boolean }
  readonly messagesMax: number
  /** How long to wait for the next record; Infinity for ever. */
  readonly timeoutMs: number
  readonly properties: ReadonlyMap<string, string>
  readonly keyDeserializer: string | undefined
  readonly valueDeserializer: string | undefined
  readonly skipOnError: boolean
  /** How often offsets are committed; undefined for never. */
  readonly commitEveryMs: number | undefined
}

const accepted = (option: string, value?: string): JoptOption => ({
  names: [option],
  ...(value === undefined ? {} : { value }),
  doc: 'Accepted; it has no effect here.',
})

export const consumerOptions: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  { names: ['topic'], value: 'String: topic', doc: 'The topic to read.' },
  { names: ['include', 'whitelist'], value: 'String: Java regex', doc: 'The topics to read, as a regular expression.' },
  { names: ['blacklist'], value: 'String', doc: 'Of the old consumer: not there.' },
  { names: ['partition'], value: 'Integer: partition', doc: 'The one partition to read.' },
  {
    names: ['offset'],
    value: 'String: offset',
    doc: 'Where to begin in it: a number, earliest or latest (the default).',
  },
  { names: ['from-beginning'], doc: 'Begin at the earliest record where the group has no committed offset.' },
  { names: ['group'], value: 'String: group id', doc: 'The group to read in; without one the reader is alone.' },
  {
    names: ['consumer-property', 'command-property'],
    value: 'String: consumer_prop',
    repeatable: true,
    doc: 'A setting of the consumer, as name=value.',
  },
  { names: ['consumer.config', 'command-config'], value: 'String: config file', doc: 'A file of such settings.' },
  {
    names: ['property', 'formatter-property'],
    value: 'String: prop',
    repeatable: true,
    doc:
      'How records are printed: print.timestamp, print.partition, print.offset, print.headers, print.key, print.value, ' +
      'key.separator, line.separator, headers.separator, null.literal, key.deserializer, value.deserializer.',
  },
  { names: ['key-deserializer'], value: 'String: deserializer', doc: 'How keys are shown, by the Java class.' },
  { names: ['value-deserializer'], value: 'String: deserializer', doc: 'How values are shown, by the Java class.' },
  { names: ['formatter'], value: 'String: class', doc: 'DefaultMessageFormatter; others cannot be loaded.' },
  { names: ['formatter-config'], value: 'String: config file', doc: 'A file of formatter properties.' },
  { names: ['max-messages'], value: 'Integer: num_messages', doc: 'Stop after so many.' },
  { names: ['timeout-ms'], value: 'Integer: timeout_ms', doc: 'Stop when none comes for so long.' },
  { names: ['isolation-level'], value: 'String', doc: 'read_uncommitted (the default) or read_committed.' },
  { names: ['skip-message-on-error'], doc: 'Leave out records that cannot be shown.' },
  accepted('new-consumer'),
  accepted('delete-consumer-offsets'),
  accepted('csv-reporter-enabled'),
  accepted('metrics-dir', 'String'),
  accepted('enable-systest-events'),
]

const topicsOf = (values: JoptValues): readonly string[] | RegExp => {
  const topic = values.one('topic')
  const include = values.one('include')
  if (values.has('blacklist')) throw new UsageError('--blacklist belongs to the old consumer, which is not there')
  if ((topic === undefined) === (include === undefined))
    throw new UsageError('Exactly one of --include/--topic is required. ')
  if (topic !== undefined) return [topic]
  try {
    return new RegExp(`^(?:${(include ?? '').trim().replaceAll(/\s*,\s*/g, '|')})$`, 'u')
  } catch (thrown) {
    throw new UsageError(`'${include}' is not a regular expression: ${String(thrown)}`)
  }
}

const wholeOf = (values: JoptValues, option: string): number => {
  const given = values.integer(option)
  return given === undefined || given < 0 ? Infinity : given
}

const groupOf = (values: JoptValues, settings: ReadonlyMap<string, string>): string | undefined => {
  const given = [values.one('group'), settings.get('group.id')].filter((group) => group !== undefined)
  if (new Set(given).size < 2) return given[0]
  throw new UsageError(
    "The group ids provided in different places (directly using '--group', via '--consumer-property', or via '--consumer.config') " +
      `do not match. Detected group ids: ${given.map((group) => `'${group}'`).join(', ')}`,
  )
}

const resetOf = (values: JoptValues, given: string | undefined): 'earliest' | 'latest' | 'none' => {
  if (!values.has('from-beginning')) return given === 'earliest' || given === 'none' ? given : 'latest'
  if (given === undefined || given === 'earliest') return 'earliest'
  throw new UsageError(
    `Can't simultaneously specify --from-beginning and 'auto.offset.reset=${given}', please remove one option`,
  )
}

/** The offset that `--offset` names, or the place by the reset policy. */
const offsetOf = (values: JoptValues): { readonly offset?: number; readonly reset?: 'earliest' | 'latest' } => {
  const text = values.one('offset')
  if (text === undefined) return {}
  if (values.has('from-beginning'))
    throw new UsageError('Options from-beginning and offset cannot be specified together.')
  const word = text.toLowerCase()
  if (word === 'earliest' || word === 'latest') return { reset: word }
  if (/^\d+$/.test(text)) return { offset: Number(text) }
  throw new UsageError(
    `The provided offset value '${text}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.`,
  )
}

const checkPartition = (values: JoptValues): void => {
  if (!values.has('partition')) {
    if (values.has('offset')) throw new UsageError('The partition is required when offset is specified.')
    return
  }
  if (!values.has('topic')) throw new UsageError('The topic is required when partition is specified.')
  if (values.has('group')) throw new UsageError('Options group and partition cannot be specified together.')
}

const checkFormatter = (values: JoptValues): void => {
  const formatter = values.one('formatter')
  if (formatter === undefined || /(?:^|\.)DefaultMessageFormatter$/.test(formatter)) return
  throw new UsageError(
    `--formatter ${formatter} cannot be loaded; DefaultMessageFormatter is the one that is there`,
    false,
  )
}

/** Settings that are the tool's own business here. */
const own = ['group.id', 'enable.auto.commit', 'auto.commit.interval.ms', 'auto.offset.reset'] as const
const commitEveryMs = 5000

/** Throws a UsageError. */
export const consumerPlan = (values: JoptValues, log: Log): ConsumerPlan => {
  const topics = topicsOf(values)
  checkPartition(values)
  checkFormatter(values)
  const settings = clientProperties(values, 'consumer.config', 'consumer-property')
  const { client, consumer, findings } = parseConsumerSettings(
    [...settings].filter(([setting]) => !own.some((one) => one === setting)),
    closest,
  )
  sayFindings(findings, log)
  const group = groupOf(values, settings)
  const partition = values.integer('partition')
  const { offset, reset } = offsetOf(values)
  const isolation = values.one('isolation-level')
  const alone = partition !== undefined
  const commits = group !== undefined && !alone && settings.get('enable.auto.commit') !== 'false'
  return {
    client: { ...clientOf(bootstrapOf(values, name, log), 'console-consumer', log), ...client },
    consumer: {
      ...consumer,
      ...(isolation === undefined
        ? {}
        : { isolation: isolation === 'read_committed' ? isolation : 'read_uncommitted' }),
      groupId: alone ? undefined : group,
      offsetReset: reset ?? resetOf(values, settings.get('auto.offset.reset')),
    },
    start: alone ? { topic: values.required('topic'), partition, offset } : { topics, inGroup: group !== undefined },
    messagesMax: wholeOf(values, 'max-messages'),
    timeoutMs: wholeOf(values, 'timeout-ms'),
    properties: clientProperties(values, 'formatter-config', 'property'),
    keyDeserializer: values.one('key-deserializer'),
    valueDeserializer: values.one('value-deserializer'),
    skipOnError: values.has('skip-message-on-error'),
    commitEveryMs: commits ? Number(settings.get('auto.commit.interval.ms') ?? commitEveryMs) : undefined,
  }
}
