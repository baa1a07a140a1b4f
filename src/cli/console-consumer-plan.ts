/** What the console consumer's options ask for: their rules, and the messages of Kafka's tool when they do not go together. */
import type { Log } from '../base/log.ts'
import type { StartAt } from '../client/consumer.ts'
import type { ConsumerOptions } from '../client/consumer-options.ts'
import { consumerRows, parseConsumerSettings } from '../client/consumer-settings.ts'
import type { ClientOptions } from '../client/options.ts'
import { closest } from '../config/did-you-mean.ts'
import { javaRegex } from '../config/java-regex.ts'
import { type FormatterName, formatterNamed, formatterNames } from './formatters.ts'
import { takeGroupProtocol } from './group-protocol.ts'
import { type JoptValues, UsageError } from './jopt.ts'
import { bootstrapOf, clientOf } from './kafka-bootstrap.ts'
import { badSetting, clientProperties, sayFindings } from './kafka-client-properties.ts'
import { ToolFailure } from './kafka-failure.ts'

const name = 'kafka-console-consumer'
const clientId = 'console-consumer'
const commitEveryMsDefault = 5000

export interface ConsumerPlan {
  readonly client: ClientOptions
  readonly consumer: Partial<ConsumerOptions>
  /** One partition, or whole topics, shared in a group or alone. */
  readonly start: StartAt | { readonly topics: readonly string[] | RegExp; readonly inGroup: boolean }
  readonly messagesMax: number
  /** How long to wait for the next record; Infinity for ever. */
  readonly timeoutMs: number
  readonly formatter: FormatterName
  readonly properties: ReadonlyMap<string, string>
  readonly keyDeserializer: string | undefined
  readonly valueDeserializer: string | undefined
  readonly skipOnError: boolean
  /** How often offsets are committed; undefined for never. */
  readonly commitEveryMs: number | undefined
}

/** A comma means "or", as in the tools of older Kafka, but for the one in `a{1,2}`. */
const patternOf = (include: string): RegExp => {
  try {
    return javaRegex(include.trim().replaceAll(/\s*,\s*(?![^{}]*\})/g, '|'), { whole: true })
  } catch {
    throw new ToolFailure(`${include} is an invalid regex.`, 'java.util.regex.PatternSyntaxException')
  }
}

const topicsOf = (values: JoptValues): readonly string[] | RegExp => {
  const topic = values.one('topic')
  const include = values.one('include')
  if (values.has('blacklist')) throw new UsageError('--blacklist belongs to the old consumer, which is not there')
  if ((topic === undefined) === (include === undefined))
    throw new UsageError('Exactly one of the following arguments is required: [topic], [include]')
  return topic === undefined ? patternOf(include ?? '') : [topic]
}

const limitOf = (given: number | undefined): number => (given === undefined || given < 0 ? Infinity : given)

const groupOf = (values: JoptValues, settings: ReadonlyMap<string, string>): string | undefined => {
  const given = [values.one('group'), settings.get('group.id')].filter((group) => group !== undefined)
  if (new Set(given).size < 2) return given[0]
  throw new UsageError(
    "The group ids provided in different places (directly using '--group', via '--consumer-property', or via '--consumer.config') " +
      `do not match. Detected group ids: ${given.map((group) => `'${group}'`).join(', ')}`,
  )
}

type Reset = ConsumerOptions['offsetReset']

const resets: readonly Reset[] = ['earliest', 'latest', 'none']

const resetOf = (values: JoptValues, given: string | undefined): Reset => {
  const fromBeginning = values.has('from-beginning')
  if (given === undefined) return fromBeginning ? 'earliest' : 'latest'
  const reset = resets.find((one) => one === given)
  if (fromBeginning && reset !== 'earliest') {
    throw new UsageError(
      `Can't simultaneously specify --from-beginning and 'auto.offset.reset=${given}', please remove one option`,
      false,
    )
  }
  if (reset === undefined) throw badSetting('auto.offset.reset', given, `it is none of ${resets.join(', ')}`)
  return reset
}

/** The offset that `--offset` names, or the place by the reset policy. */
const offsetOf = (values: JoptValues): { readonly offset?: number; readonly reset?: Reset } => {
  const text = values.one('offset')
  if (text === undefined) return {}
  if (values.has('from-beginning'))
    throw new UsageError('Options from-beginning and offset cannot be specified together.')
  const word = text.toLowerCase()
  if (word === 'earliest' || word === 'latest') return { reset: word }
  const offset = /^\d+$/.test(text) ? Number(text) : NaN
  if (offset <= Number.MAX_SAFE_INTEGER) return { offset }
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

const formatterOf = (values: JoptValues): FormatterName => {
  const given = values.one('formatter') ?? 'DefaultMessageFormatter'
  const found = formatterNamed(given)
  if (found !== undefined) return found
  throw new UsageError(`--formatter ${given} cannot be loaded; there are ${formatterNames.join(', ')}`, false)
}

/** Settings that are the tool's own business here. */
const own: ReadonlySet<string> = new Set([
  'group.id',
  'enable.auto.commit',
  'auto.commit.interval.ms',
  'auto.offset.reset',
])

/** The consumer's settings without those; `--isolation-level` wins over one of them. Throws a UsageError. */
const clientParts = (
  values: JoptValues,
  settings: ReadonlyMap<string, string>,
  log: Log,
): Pick<ConsumerPlan, 'client' | 'consumer'> => {
  const isolation = values.one('isolation-level')
  const given = new Map([...settings].filter(([setting]) => !own.has(setting)))
  if (isolation !== undefined) given.set('isolation.level', isolation)
  const protocol = takeGroupProtocol(given)
  const { client, consumer, findings } = parseConsumerSettings(given, closest)
  sayFindings(findings, given, consumerRows, log)
  const first = clientOf(bootstrapOf(values, name, log), clientId, log)
  return { client: { ...first, ...client, bootstrap: first.bootstrap }, consumer: { ...consumer, ...protocol } }
}

const commitIntervalOf = (settings: ReadonlyMap<string, string>): number | undefined => {
  if (settings.get('enable.auto.commit')?.toLowerCase() === 'false') return undefined
  const text = settings.get('auto.commit.interval.ms')
  if (text === undefined) return commitEveryMsDefault
  if (!/^\d+$/.test(text)) throw badSetting('auto.commit.interval.ms', text, 'it is not a whole number')
  return Number(text)
}

/** Throws a UsageError, or a ToolFailure for a bad expression. */
export const consumerPlan = (values: JoptValues, log: Log): ConsumerPlan => {
  const topics = topicsOf(values)
  checkPartition(values)
  const formatter = formatterOf(values)
  const settings = clientProperties(values, 'consumer.config', 'consumer-property')
  const { client, consumer } = clientParts(values, settings, log)
  const group = groupOf(values, settings)
  const partition = values.integer('partition')
  const alone = partition !== undefined
  const { offset, reset } = offsetOf(values)
  const commitEveryMs = group === undefined || alone ? undefined : commitIntervalOf(settings)
  return {
    client,
    consumer: {
      ...consumer,
      groupId: alone ? undefined : group,
      commitsStart: commitEveryMs !== undefined,
      offsetReset: reset ?? resetOf(values, settings.get('auto.offset.reset')),
    },
    start: alone ? { topic: values.required('topic'), partition, offset } : { topics, inGroup: group !== undefined },
    messagesMax: limitOf(values.integer('max-messages')),
    timeoutMs: limitOf(values.long('timeout-ms')),
    formatter,
    properties: clientProperties(values, 'formatter-config', 'property'),
    keyDeserializer: values.one('key-deserializer'),
    valueDeserializer: values.one('value-deserializer'),
    skipOnError: values.has('skip-message-on-error'),
    commitEveryMs,
  }
}
