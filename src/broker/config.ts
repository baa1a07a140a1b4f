/**
 * `server.properties` as the broker understands it: the table's settings parsed, listeners and folders worked out, and a word about every line that
 * is wrong, unknown, or without effect here. Everything wrong is collected, so that a person sees it at once.
 */
import { closest } from '../config/did-you-mean.ts'
import type { PropertyEntry } from '../config/entry.ts'
import type { FileFinding } from '../config/finding.ts'
import { Fault, reasonOf } from '../base/faults.ts'
import type { Setting } from '../config/setting.ts'
import { clusterNames, isAmong, protectionNames, retentionNames, withoutEffectNames } from './config-names.ts'
import { brokerSettings, type BrokerSettings } from './config-table.ts'
import { BadListeners, type Endpoint, listenersOf } from './listeners.ts'

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

export interface Notice {
  readonly level: 'info' | 'warn'
  readonly says: string
}

export interface ReadConfig {
  /** Undefined when there is a fault among the findings. */
  readonly config: BrokerConfig | undefined
  /** Faults, and warnings about single lines. */
  readonly findings: readonly FileFinding[]
}

const table: Readonly<Record<string, Setting<unknown>>> = brokerSettings
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
  says,
  ...(hint === undefined ? {} : { hint }),
})

const isWithoutEffect = (name: string): boolean =>
  isAmong(name, withoutEffectNames) ||
  isAmong(name, protectionNames) ||
  isAmong(name, clusterNames) ||
  isAmong(name, retentionNames)

const unknown = (entry: PropertyEntry): FileFinding => {
  const candidates = [
    ...Object.keys(table),
    ...withoutEffectNames.filter((n) => !n.endsWith('*')),
    ...retentionNames,
    ...clusterNames,
  ]
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
  readonly unused: string[]
  readonly findings: FileFinding[]
}

const gather = (entries: readonly PropertyEntry[]): Gathered => {
  const values = Object.fromEntries(Object.entries(table).map(([name, row]) => [name, row.default]))
  const out: Gathered = { values, given: new Map(), places: new Map(), unused: [], findings: [] }
  const last = new Map(entries.map((entry) => [entry.key, entry]))
  for (const entry of last.values()) {
    const name = alsoCalled[entry.key] ?? entry.key
    const row = Object.hasOwn(table, name) ? table[name] : undefined
    if (row === undefined) {
      if (isWithoutEffect(name)) {
        out.unused.push(name)
        out.given.set(name, entry.value)
      } else out.findings.push(unknown(entry))
      continue
    }
    out.places.set(name, entry)
    try {
      values[name] = row.parse(entry.value)
      out.given.set(name, entry.value)
    } catch (thrown) {
      const says = `Invalid value ${entry.value} for configuration ${name}: ${reasonOf(thrown)}`
      out.findings.push(finding('fault', entry, says))
    }
  }
  return out
}

const listed = (names: readonly string[]): string => names.toSorted().join(', ')

const noticesOf = (unused: readonly string[], settings: BrokerSettings, warnings: readonly string[]): Notice[] => {
  const notices: Notice[] = warnings.map((says) => ({ level: 'warn', says }))
  const retention = unused.filter((name) => isAmong(name, retentionNames))
  const protection = unused.filter((name) => isAmong(name, protectionNames))
  const rest = unused.filter((name) => isAmong(name, withoutEffectNames))
  notices.push({
    level: retention.length > 0 ? 'warn' : 'info',
    says: `Retention has no effect yet: nothing is deleted by age or size${retention.length > 0 ? ` (${listed(retention)})` : ''}.`,
  })
  if (protection.length > 0)
    notices.push({ level: 'warn', says: `${listed(protection)} have no effect yet: every client may do everything.` })
  if (unused.includes('zookeeper.connect'))
    notices.push({
      level: 'info',
      says: 'zookeeper.connect is kept for cluster mode; this broker runs alone and does not connect to it.',
    })
  if (rest.length > 0) notices.push({ level: 'info', says: `Accepted, but without effect yet: ${listed(rest)}.` })
  if (settings['default.replication.factor'] > 1)
    notices.push({
      level: 'warn',
      says: `default.replication.factor=${settings['default.replication.factor']} cannot be met by one broker; topics get 1 replica.`,
    })
  return notices
}

const commaItems = (text: string): string[] => text.split(',').map((item) => item.trim()).filter((item) => item !== '') // prettier-ignore

const perAddress = (text: string): Map<string, number> =>
  new Map(
    commaItems(text).map((item) => {
      const [, host, count] = /^(.+):(\d+)$/.exec(item) ?? []
      if (host === undefined)
        throw new BadListeners('max.connections.per.ip.overrides', `'${item}' is not of the form host:count`)
      return [host, Number(count)]
    }),
  )

/** Reads what a server.properties says, in the order of its lines; later entries win. */
export const readBrokerConfig = (entries: readonly PropertyEntry[]): ReadConfig => {
  const { values, given, places, unused, findings } = gather(entries)
  if (findings.some((f) => f.level === 'fault')) return { config: undefined, findings }
  const settings = values as BrokerSettings
  try {
    const { bound, advertised, warnings } = listenersOf(settings, new Set(given.keys()))
    const config: BrokerConfig = {
      settings,
      given,
      bound,
      advertised,
      logDirs: commaItems(settings['log.dirs'] ?? settings['log.dir']),
      connectionsPerAddress: perAddress(settings['max.connections.per.ip.overrides']),
      notices: noticesOf(unused, settings, warnings),
    }
    return { config, findings }
  } catch (thrown) {
    if (!(thrown instanceof BadListeners)) throw thrown
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
