/** The tables of docs/broker-settings.md: what the settings of brokers, topics and groups do here, and which do nothing and why. */
import { groupRows } from '../broker/config-group.ts'
import { type KafkaRow, LONG_MAX } from '../broker/config-kinds.ts'
import { brokerSettings } from '../broker/config-table.ts'
import { topicSettings } from '../broker/topics/topic-settings.ts'

type Rows = Readonly<Record<string, KafkaRow<unknown>>>
type NamedRow = readonly [name: string, row: KafkaRow<unknown>]

const written = ({ default: value }: KafkaRow<unknown>): string => {
  if (value === undefined || value === '') return ''
  if (value === LONG_MAX || value === Number.MAX_VALUE) return 'no limit'
  return `\`${Array.isArray(value) ? value.join(',') : JSON.stringify(value).replaceAll('"', '')}\``
}

const changes: Readonly<Record<string, string>> = { all: 'yes', broker: 'yes, for one broker' }

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return `\n${lines.join('\n')}\n\n`
}

const effective = (rows: Rows): NamedRow[] => Object.entries(rows).filter(([, row]) => row.idle === undefined)

/** Settings of server.properties that do something. */
export const brokerSettingsMarkdown = (): string =>
  table(
    ['setting', 'type', 'default', 'while running', 'what for'],
    effective(brokerSettings).map(([name, row]) => [
      `\`${name}\``,
      row.type,
      written(row),
      row.changes === undefined ? '' : (changes[row.changes] ?? ''),
      row.doc,
    ]),
  )

const plain = (rows: Rows): string =>
  table(
    ['setting', 'type', 'default', 'what for'],
    effective(rows).map(([name, row]) => [`\`${name}\``, row.type, written(row), row.doc]),
  )

export const topicSettingsMarkdown = (): string => plain(topicSettings)
export const groupSettingsMarkdown = (): string => plain(groupRows)

/** Settings that are known, checked, and without effect, by the reason. */
export const idleSettingsMarkdown = (): string => {
  const reasons = new Map<string, string[]>()
  const all: Rows = { ...topicSettings, ...groupRows, ...brokerSettings }
  for (const [name, { idle }] of Object.entries(all))
    if (idle !== undefined) reasons.set(idle, [...(reasons.get(idle) ?? []), `\`${name}\``])
  return table(
    ['why', 'settings'],
    Array.from(reasons, ([reason, names]) => [reason, names.toSorted().join(', ')]),
  )
}
