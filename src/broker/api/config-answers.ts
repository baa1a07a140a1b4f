/** How settings are told to clients that ask for them: value, where it comes from, what it falls back to, and its type. */
import type { Setting } from '../../config/setting.ts'
import type { BrokerConfig } from '../config.ts'
import { brokerSettings } from '../config-table.ts'
import { brokerTwins, topicSettings, type TopicSetting } from '../topics/topic-settings.ts'

/** Where a value was set. */
const sources = { topic: 1, brokerFile: 4, default: 5 } as const
/** ConfigType numbers of the protocol. */
const types = { boolean: 1, string: 2, int: 3, long: 5, double: 6, list: 7 } as const
/** Java's longest long, which stands for "no limit". */
const LONG_MAX = '9223372036854775807'

const intNames: ReadonlySet<string> = new Set([
  'segment.bytes', 'segment.index.bytes', 'index.interval.bytes', 'max.message.bytes', 'min.insync.replicas',
]) // prettier-ignore

export interface ToldSynonym {
  readonly name: string
  readonly value: string | null
  readonly source: number
}

export interface ToldConfig extends ToldSynonym {
  readonly readOnly: boolean
  readonly isDefault: boolean
  readonly isSensitive: boolean
  readonly configSynonyms: readonly ToldSynonym[]
  readonly configType: number
  readonly documentation: string
}

const typeOf = (name: string, { kind, default: value }: Setting<unknown>): number => {
  if (kind === 'true or false') return types.boolean
  if (kind === 'list, by commas') return types.list
  if (kind === 'ratio') return types.double
  if (kind === 'milliseconds') return types.long
  if (kind === 'integer' || kind === 'bytes' || kind === 'port') return intNames.has(name) ? types.int : types.long
  return typeof value === 'number' ? types.long : types.string
}

const defaultText = (value: unknown): string | null => {
  if (Array.isArray(value)) return value.join(',')
  if (value === Number.MAX_SAFE_INTEGER) return LONG_MAX
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

/** The first of `candidates` holds; all of them are its synonyms. */
const told = (name: string, row: Setting<unknown>, candidates: readonly ToldSynonym[]): ToldConfig => {
  const all = [
    ...candidates,
    { name: candidates.at(-1)?.name ?? name, value: defaultText(row.default), source: sources.default },
  ]
  const [first] = all
  return {
    name,
    value: first?.value ?? null,
    source: first?.source ?? sources.default,
    readOnly: false,
    isDefault: first?.source === sources.default,
    isSensitive: row.secret,
    configSynonyms: all,
    configType: typeOf(name, row),
    documentation: row.doc,
  }
}

/** What server.properties says for a topic setting, in the topic's unit. */
const twinsOf = (name: TopicSetting, given: ReadonlyMap<string, string>): ToldSynonym[] =>
  (brokerTwins[name] ?? []).flatMap(([twin, factor]) => {
    const value = given.get(twin)
    if (value === undefined) return []
    const inUnit = factor === 1 ? value : String(Number(value) < 0 ? -1 : Number(value) * factor)
    return [{ name: twin, value: inUnit, source: sources.brokerFile }]
  })

/** Every setting of a topic that overrides `configs`. */
export const topicConfigsTold = (configs: ReadonlyMap<string, string>, broker: BrokerConfig): ToldConfig[] =>
  Object.entries(topicSettings).map(([name, row]) => {
    const own = configs.get(name)
    const override = own === undefined ? [] : [{ name, value: own, source: sources.topic }]
    return told(name, row, [...override, ...twinsOf(name as TopicSetting, broker.given)])
  })

/** Every setting of the broker; they come from its file and stay as they are while it runs. */
export const brokerConfigsTold = ({ given }: BrokerConfig): ToldConfig[] =>
  Object.entries(brokerSettings).map(([name, row]) => {
    const value = given.get(name)
    const fromFile = value === undefined ? [] : [{ name, value, source: sources.brokerFile }]
    return { ...told(name, row, fromFile), readOnly: true }
  })
