/** What a start has to say about the settings that it was given: above all which of them do nothing here, in one line. */
import { type KafkaRow, LONG_MAX, LONGEST } from './config-kinds.ts'
import { reasonFor } from './config-names.ts'
import { reasons } from './config-reasons.ts'
import { brokerSettings, type BrokerSettings } from './config-table.ts'

export interface Notice {
  readonly level: 'info' | 'warn'
  readonly says: string
}

const table: Readonly<Record<string, KafkaRow<unknown>>> = brokerSettings

/** Whoever sets one of them expects to be protected. */
const protections: readonly string[] = ['authorizer.class.name', 'super.users', 'allow.everyone.if.no.acl.found']

/** Why a setting does nothing here; undefined for one that has an effect, or that nobody knows. */
export const idleReason = (name: string): string | undefined =>
  Object.hasOwn(table, name) ? table[name]?.idle : reasonFor(name)

const shown = (value: unknown): string => {
  if (value === undefined) return 'null'
  if (Array.isArray(value)) return `[${value.join(', ')}]`
  return value === LONG_MAX ? LONGEST : JSON.stringify(value).replaceAll('"', '')
}

/** Every setting that does something, with the value that holds, as Kafka logs them at the start: people look there for what their file came to. */
export const valuesText = (settings: BrokerSettings): string => {
  const values: Readonly<Record<string, unknown>> = settings
  const rows = Object.entries(table).filter(([, { idle, secret }]) => idle === undefined && !secret)
  const lines = rows.map(([name]) => `\t${name} = ${shown(values[name])}`)
  return `KafkaConfig values: \n${lines.toSorted().join('\n')}\n`
}

/** Names with why they do nothing, those of one reason together; undefined where all do something. */
export const idleText = (
  names: Iterable<string>,
  reasonOf: (name: string) => string | undefined,
): string | undefined => {
  const byReason = new Map<string, string[]>()
  for (const name of Array.from(names).toSorted()) {
    const reason = reasonOf(name)
    if (reason === undefined) continue
    const same = byReason.get(reason)
    if (same === undefined) byReason.set(reason, [name])
    else same.push(name)
  }
  if (byReason.size === 0) return undefined
  return Array.from(byReason, ([reason, same]) => `${same.join(', ')} (${reason})`).join('; ')
}

const withoutEffect = (names: readonly string[]): Notice[] => {
  const text = idleText(names.filter((name) => !protections.includes(name)), idleReason) // prettier-ignore
  return text === undefined ? [] : [{ level: 'info', says: `Accepted, but without effect here: ${text}.` }]
}

/** In the order in which they are said; `warnings` come first. */
export const noticesOf = (
  given: ReadonlyMap<string, string>,
  settings: BrokerSettings,
  warnings: readonly string[],
): Notice[] => {
  const notices: Notice[] = warnings.map((says) => ({ level: 'warn', says }))
  const unguarded = protections.filter((name) => (given.get(name) ?? '') !== '')
  if (unguarded.length > 0) {
    const verb = unguarded.length === 1 ? 'has' : 'have'
    notices.push({ level: 'warn', says: `${unguarded.join(', ')} ${verb} no effect: ${reasons.security}.` })
  }
  notices.push(...withoutEffect(Array.from(given.keys())))
  if (settings['default.replication.factor'] > 1)
    notices.push({
      level: 'warn',
      says: `default.replication.factor=${settings['default.replication.factor']} cannot be met by one broker; topics get 1 replica.`,
    })
  if (settings['min.insync.replicas'] > 1)
    notices.push({
      level: 'warn',
      says: `min.insync.replicas=${settings['min.insync.replicas']} cannot be met by one broker: records sent with acks=all are refused.`,
    })
  return notices
}
