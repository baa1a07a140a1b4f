/** How settings are told to clients that ask for them: value, where it comes from, what it falls back to, and its type. Secrets are never told. */
import { groupRows, groupTwin, metricsRows } from '../config-group.ts'
import { configTypes, type KafkaRow, LONG_MAX, LONGEST } from '../config-kinds.ts'
import { brokerRow, type LiveConfig } from '../config-live.ts'
import { brokerSettings } from '../config-table.ts'
import type { LogLevels } from '../log-levels.ts'
import { brokerTwins, topicSettings, type TopicSetting } from '../topics/topic-settings.ts'

/** Where a value was set: ConfigSource of the protocol. */
export const sources = {
  topic: 1, broker: 2, brokers: 3, file: 4, default: 5, logger: 6, metrics: 7, group: 8,
} as const // prettier-ignore

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
  readonly documentation: string | null
}

type Row = KafkaRow<unknown>

/** A default as Java writes it. */
const defaultText = ({ default: value, type }: Row): string | null => {
  if (Array.isArray(value)) return value.join(',')
  if (value === LONG_MAX) return LONGEST
  if (value === Number.MAX_VALUE) return '1.7976931348623157E308'
  if (type === 'double' && Number.isInteger(value)) return `${String(value)}.0`
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

const defaultOf = (name: string, row: Row | undefined): ToldSynonym[] => {
  const value = row === undefined ? null : defaultText(row)
  return value === null ? [] : [{ name, value, source: sources.default }]
}

interface Told {
  readonly name: string
  readonly row: Row | undefined
  /** The first of them holds; all are synonyms. */
  readonly candidates: readonly ToldSynonym[]
  /** The unit of the first, in that of the setting; 1 if left out. Synonyms are told as they were written. */
  readonly factor?: number | undefined
  readonly readOnly: boolean
}

/** A broker's value in the unit of the topic's setting. */
const inUnit = (value: string | null, factor: number): string | null =>
  factor === 1 || value === null ? value : String(Number(value) < 0 ? -1 : Number(value) * factor)

/** A name that no table has may be anything, a secret as well: its value is kept back. */
const told = ({ name, row, candidates, factor = 1, readOnly }: Told): ToldConfig => {
  const isSensitive = row?.secret ?? true
  const shown = isSensitive ? candidates.map((one) => ({ ...one, value: null })) : candidates
  const [first] = shown
  const source = first?.source ?? sources.default
  return {
    name,
    value:
      first === undefined ? (row === undefined || isSensitive ? null : defaultText(row)) : inUnit(first.value, factor),
    source,
    readOnly,
    isDefault: source === sources.default,
    isSensitive,
    configSynonyms: shown,
    configType: row === undefined ? 0 : configTypes[row.type],
    documentation: row?.doc ?? null,
  }
}

/** What this broker has for one of its settings: changed for itself, for all, in its file. */
const layersOf = (name: string, config: LiveConfig): ToldSynonym[] => {
  const layers = [
    [config.changed.broker, sources.broker],
    [config.changed.all, sources.brokers],
    [config.file.given, sources.file],
  ] as const
  return layers.flatMap(([layer, source]) => {
    const value = layer.get(name)
    return value === undefined ? [] : [{ name, value, source }]
  })
}

interface Twin {
  readonly synonym: ToldSynonym
  readonly factor: number
}

const twinsOf = (name: TopicSetting, config: LiveConfig): Twin[] => {
  const twins = brokerTwins[name] ?? []
  const given = twins.flatMap(([twin, factor]) => layersOf(twin, config).map((synonym) => ({ synonym, factor })))
  const defaults = twins.flatMap(([twin, factor]) =>
    defaultOf(twin, brokerRow(twin)).map((synonym) => ({ synonym, factor })),
  )
  return [...given, ...defaults]
}

/** Every setting of a topic that overrides `configs`. */
export const topicConfigsTold = (configs: ReadonlyMap<string, string>, config: LiveConfig): ToldConfig[] =>
  Object.entries(topicSettings).map(([name, row]) => {
    const own = configs.get(name)
    const override = own === undefined ? [] : [{ name, value: own, source: sources.topic }]
    const twins = twinsOf(name as TopicSetting, config)
    const candidates = [...override, ...twins.map(({ synonym }) => synonym)]
    return told({ name, row, candidates, factor: own === undefined ? twins[0]?.factor : 1, readOnly: false })
  })

/** Settings that are asked for in smaller units first. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  'log.retention.ms': ['log.retention.minutes', 'log.retention.hours'],
  'log.retention.minutes': ['log.retention.hours'],
  'log.roll.ms': ['log.roll.hours'],
  'log.roll.jitter.ms': ['log.roll.jitter.hours'],
  'log.flush.interval.ms': ['log.flush.scheduler.interval.ms'],
}

const brokerTold = (name: string, config: LiveConfig): ToldConfig => {
  const row = brokerRow(name)
  const own = layersOf(name, config)
  const others = synonyms[name] ?? []
  const fallbacks = own.length === 0 ? [] : others.flatMap((other) => [...layersOf(other, config), ...defaultOf(other, brokerRow(other))]) // prettier-ignore
  const candidates = [...own, ...defaultOf(name, row), ...fallbacks]
  return told({ name, row, candidates, readOnly: row?.changes === undefined })
}

/** Every setting of the broker, those included that only its file or a change of it names. */
export const brokerConfigsTold = (config: LiveConfig, brokerId: number): ToldConfig[] => {
  const names = new Set([...Object.keys(brokerSettings), ...config.given.keys()])
  return [...names].map((name) => {
    const one = brokerTold(name, config)
    return name === 'broker.id' && one.value === '-1' ? { ...one, value: String(brokerId) } : one
  })
}

/** What was changed for all brokers; nothing else is told of them together. */
export const allBrokersTold = ({ changed }: LiveConfig): ToldConfig[] =>
  Array.from(changed.all, ([name, value]) => {
    const row = brokerRow(name)
    return told({ name, row, candidates: [{ name, value, source: sources.brokers }], readOnly: row?.changes === undefined }) // prettier-ignore
  })

export const groupConfigsTold = (configs: ReadonlyMap<string, string>, config: LiveConfig): ToldConfig[] =>
  Object.entries(groupRows).map(([name, row]) => {
    const own = configs.get(name)
    const twin = groupTwin(name)
    const candidates = [
      ...(own === undefined ? [] : [{ name, value: own, source: sources.group }]),
      ...layersOf(twin, config),
      ...defaultOf(twin, brokerRow(twin) ?? row),
    ]
    return told({ name, row, candidates, readOnly: false })
  })

export const metricsConfigsTold = (configs: ReadonlyMap<string, string>): ToldConfig[] =>
  Object.entries(metricsRows).map(([name, row]) => {
    const own = configs.get(name)
    const candidates = own === undefined ? [] : [{ name, value: own, source: sources.metrics }]
    return told({ name, row, candidates, readOnly: false })
  })

/** The levels of this broker's loggers. */
export const logLevelsTold = (levels: LogLevels): ToldConfig[] =>
  levels.names.map((name) => ({
    name,
    value: levels.level(name),
    source: sources.logger,
    readOnly: false,
    isDefault: false,
    isSensitive: false,
    configSynonyms: [],
    configType: 0,
    documentation: '',
  }))
