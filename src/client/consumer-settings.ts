/** The Java consumer's settings, by their names. */
import { assignorClasses } from './assignors/index.ts'
import { commonRows } from './common-settings.ts'
import type { ClientPart } from './common-settings.ts'
import { assignorNames } from './consumer-options.ts'
import type { AssignorName, ConsumerOptions } from './consumer-options.ts'
import { applySettings, oneOfWords, refused, trueOrFalse, used, wholeNumber, without } from './setting-rows.ts'
import type { Closest, SettingFinding, SettingRow, SettingRows } from './setting-rows.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Where the settings end up: options to complete with the defaults. */
export interface ConsumerSettings extends ClientPart {
  readonly consumer: Mutable<Partial<ConsumerOptions>>
}

type Row = SettingRow<ConsumerSettings>

const number = (key: NumberOption, min: number): Row =>
  used((text, { consumer }) => void (consumer[key] = wholeNumber(text, min)))

type NumberOption =
  | 'sessionTimeoutMs' | 'heartbeatIntervalMs' | 'rebalanceTimeoutMs'
  | 'fetchMinBytes' | 'fetchMaxWaitMs' | 'fetchMaxBytes' | 'partitionFetchBytes' // prettier-ignore

const assignorOf = (name: string): AssignorName => {
  const found = assignorClasses[name] ?? assignorNames.find((known) => known === name)
  if (found !== undefined) return found
  throw new Error(`the assignor ${name} is not one of ${Object.keys(assignorClasses).join(', ')}`)
}

const deserialized = 'keys and values are taken as the bytes they are'
const ownCommits = 'offsets are committed as soon as their events have settled'

export const consumerRows: SettingRows<ConsumerSettings> = {
  ...commonRows,
  'group.id': used((text, { consumer }) => void (consumer.groupId = text)),
  'group.instance.id': used((text, { consumer }) => void (consumer.groupInstanceId = text)),
  'group.protocol': used((text) => {
    if (text.toLowerCase() !== 'classic') throw new Error(`${text} is not there yet; only classic is`)
  }),
  'session.timeout.ms': number('sessionTimeoutMs', 1),
  'heartbeat.interval.ms': number('heartbeatIntervalMs', 1),
  'max.poll.interval.ms': number('rebalanceTimeoutMs', 1),
  'max.poll.records': without('the batch size of the component says how many are taken at once'),
  'partition.assignment.strategy': used(
    (text, { consumer }) => void (consumer.assignors = text.split(',').map((name) => assignorOf(name.trim()))),
  ),
  'auto.offset.reset': used(
    (text, { consumer }) => void (consumer.offsetReset = oneOfWords(text, ['earliest', 'latest', 'none'])),
  ),
  'isolation.level': used(
    (text, { consumer }) => void (consumer.isolation = oneOfWords(text, ['read_uncommitted', 'read_committed'])),
  ),
  'fetch.min.bytes': number('fetchMinBytes', 0),
  'fetch.max.wait.ms': number('fetchMaxWaitMs', 0),
  'fetch.max.bytes': number('fetchMaxBytes', 0),
  'max.partition.fetch.bytes': number('partitionFetchBytes', 0),
  'check.crcs': used((text, { consumer }) => void (consumer.checkCrc = trueOrFalse(text))),
  'client.rack': used((text, { consumer }) => void (consumer.rack = text)),
  'exclude.internal.topics': used((text, { consumer }) => void (consumer.excludeInternalTopics = trueOrFalse(text))),
  'allow.auto.create.topics': used((text, { client }) => void (client.createTopics = trueOrFalse(text))),
  'enable.auto.commit': without(ownCommits),
  'auto.commit.interval.ms': without(ownCommits),
  'auto.commit.enable': without(ownCommits),
  'default.api.timeout.ms': without('what fails for a while is tried until it works'),
  'key.deserializer': without(deserialized),
  'value.deserializer': without(deserialized),
  'interceptor.classes': refused('Java classes cannot be loaded; use an interceptor of the source'),
}

/** What the given settings mean, and what is to be said about them. */
export const parseConsumerSettings = (
  given: Iterable<readonly [string, string]>,
  closest?: Closest,
): ConsumerSettings & { readonly findings: readonly SettingFinding[] } => {
  const into: ConsumerSettings = { client: {}, consumer: {} }
  return { ...into, findings: applySettings(given, consumerRows, into, closest) }
}
