/**
 * `server.properties` as the broker understands it: the table's settings parsed, listeners and folders worked out, and a word about every line that
 * is wrong, unknown, or without effect here. Everything wrong is collected, so that a person sees it at once.
 */
import { closest } from '../config/did-you-mean.ts'
import type { PropertyEntry } from '../config/entry.ts'
import type { FileFinding } from '../config/finding.ts'
import { Fault } from '../base/faults.ts'
import { BadSettings, checkTogether } from './config-checks.ts'
import { BadValue, invalidValue, type KafkaRow } from './config-kinds.ts'
import { reasonFor } from './config-names.ts'
import { type Notice, noticesOf } from './config-notices.ts'
import { brokerSettings, type BrokerSettings } from './config-table.ts'
import { type Endpoint, listenersOf } from './listeners.ts'

export interface BrokerConfig {
  readonly settings: BrokerSettings
  /** The settings that were given, as written, by name; for whoever asks the broker for its configuration. */
  readonly given: ReadonlyMap<string, string>
  readonly bound: readonly Endpoint[]
  readonly advertised: ReadonlyMap<string, Endpoint>
  readonly logDirs: readonly string[]
  readonly connectionsPerAddress: ReadonlyMap<string, number>
  /** What start has to say about the file. */
  readonly notices: readonly Notice[]
}

export interface ReadConfig {
  /** Undefined when there is a fault among the findings. */
  readonly config: BrokerConfig | undefined
  /** Faults, and warnings about single lines. */
  readonly findings: readonly FileFinding[]
}

const table: Readonly<Record<string, KafkaRow<unknown>>> = brokerSettings
/** Newer names of rows of the table. */
const alsoCalled: Readonly<Record<string, string>> = { 'node.id': 'broker.id' }

const finding = (
  level: FileFinding['level'],
  at: PropertyEntry | undefined,
  says: string,
  hint?: string,
): FileFinding => ({
  level,
  file: at?.file ?? 'server.properties',
  line: at?.line ?? 0,
  // some of Kafka's sentences have their full stop, and whoever shows a finding puts one
  says: says.replace(/\.$/, ''),
  ...(hint === undefined ? {} : { hint }),
})

const unknown = (entry: PropertyEntry): FileFinding => {
  const candidates = Object.keys(table)
  const near = candidates.includes(`log.${entry.key}`) ? `log.${entry.key}` : closest(entry.key, candidates)
  return finding(
    'warning',
    entry,
    `unknown setting ${entry.key}`,
    near === undefined ? undefined : `did you mean ${near}?`,
  )
}

interface Gathered {
  readonly values: Record<string, unknown>
  readonly given: Map<string, string>
  readonly places: Map<string, PropertyEntry>
  readonly findings: FileFinding[]
}

const gather = (entries: readonly PropertyEntry[]): Gathered => {
  const values = Object.fromEntries(Object.entries(table).map(([name, row]) => [name, row.default]))
  const out: Gathered = { values, given: new Map(), places: new Map(), findings: [] }
  const last = new Map(entries.map((entry) => [entry.key, entry]))
  for (const entry of last.values()) {
    const name = alsoCalled[entry.key] ?? entry.key
    const row = Object.hasOwn(table, name) ? table[name] : undefined
    out.given.set(name, entry.value)
    out.places.set(name, entry)
    if (row === undefined) {
      if (reasonFor(name) === undefined) out.findings.push(unknown(entry))
      continue
    }
    try {
      values[name] = row.parse(entry.value.trim())
    } catch (thrown) {
      if (!(thrown instanceof BadValue)) throw thrown
      out.findings.push(finding('fault', entry, invalidValue(name, row.secret ? '[hidden]' : entry.value, thrown)))
    }
  }
  return out
}

const commaItems = (text: string): string[] => text.split(',').map((item) => item.trim()).filter((item) => item !== '') // prettier-ignore

/** What `max.connections.per.ip.overrides` says, by address. Throws BadSettings. */
export const perAddress = (text: string): Map<string, number> =>
  new Map(
    commaItems(text).map((item) => {
      const [, host, count] = /^(.+):(\d+)$/.exec(item) ?? []
      if (host === undefined)
        throw new BadSettings(
          'max.connections.per.ip.overrides',
          `Error parsing configuration property 'max.connections.per.ip.overrides': '${item}' is not of the form host:count`,
        )
      return [host, Number(count)]
    }),
  )

const foldersOf = (settings: BrokerSettings): string[] => {
  const folders = commaItems(settings['log.dirs'] ?? settings['log.dir'])
  if (folders.length > 0) return folders
  throw new BadSettings(
    'log.dirs',
    "Configuration 'log.dirs' must not be empty. Valid values include: any non-empty value",
  )
}

/** Reads what a server.properties says, in the order of its lines; later entries win. */
export const readBrokerConfig = (entries: readonly PropertyEntry[]): ReadConfig => {
  const { values, given, places, findings } = gather(entries)
  if (findings.some((f) => f.level === 'fault')) return { config: undefined, findings }
  const settings = values as BrokerSettings
  const names = new Set(given.keys())
  // node.id knows no upper end
  if (places.get('broker.id')?.key !== 'broker.id') names.delete('broker.id')
  try {
    checkTogether(settings, names)
    const { bound, advertised, warnings } = listenersOf(settings, names)
    const config: BrokerConfig = {
      settings,
      given,
      bound,
      advertised,
      logDirs: foldersOf(settings),
      connectionsPerAddress: perAddress(settings['max.connections.per.ip.overrides']),
      notices: noticesOf(given, settings, warnings),
    }
    return { config, findings }
  } catch (thrown) {
    if (!(thrown instanceof BadSettings)) throw thrown
    return { config: undefined, findings: [...findings, finding('fault', places.get(thrown.setting), thrown.message)] }
  }
}

/** `key=value` pairs (of `--override`, of a test) as entries that may follow those of a file. */
export const overrideEntries = (overrides: Readonly<Record<string, string>>, file = '--override'): PropertyEntry[] =>
  Object.entries(overrides).map(([key, value]) => ({ key, value, file, line: 0, raw: value }))

/** The configuration of a broker without a file. Throws BAD_BROKER_CONFIG. */
export const brokerConfig = (overrides: Readonly<Record<string, string>>): BrokerConfig => {
  const { config, findings } = readBrokerConfig(overrideEntries(overrides))
  if (config !== undefined) return config
  throw new Fault('BAD_BROKER_CONFIG', {
    problem: findings
      .filter((f) => f.level === 'fault')
      .map((f) => f.says)
      .join('; '),
  })
}
