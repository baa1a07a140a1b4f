/** A settings table as READMEs and `millrace components` show it. */
import type { Setting, SettingsTable } from '../config/setting.ts'

export interface SettingRow extends Setting<unknown> {
  readonly name: string
}

/** In the order of the table, `*` written as NAME. */
export const rowsOf = (table: SettingsTable): SettingRow[] =>
  Object.entries(table).map(([name, setting]) => ({ ...setting, name: name.replace('*', 'NAME') }))

const written = (value: unknown): string => {
  if (value instanceof RegExp) return value.source
  if (Array.isArray(value)) return value.join(' ')
  if (value instanceof Map || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What the default column says: `required`, the default, or nothing. */
export const defaultText = (row: SettingRow): string => {
  if (row.required) return 'required'
  return row.defaultText ?? written(row.default)
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

const notes = (row: SettingRow): string => {
  const former = row.formerly.length === 0 ? '' : ` Formerly ${row.formerly.map((name) => `\`${name}\``).join(', ')}.`
  return `${row.doc}${former}${row.ours ? ' Not in Flume.' : ''}`
}

const line = (row: SettingRow): string => {
  const standard = defaultText(row)
  const shown = standard === '' || row.required || row.defaultText !== undefined ? standard : `\`${standard}\``
  return `| \`${row.name}\` | ${cell(row.kind)} | ${cell(shown)} | ${cell(notes(row))} |`
}

/** The table in Markdown, with an empty line before and behind. */
export const settingsMarkdown = (table: SettingsTable): string => {
  const rows = rowsOf(table)
  if (rows.length === 0) return '\nIt has no settings of its own.\n\n'
  return `\n| setting | kind | default | what for |\n| --- | --- | --- | --- |\n${rows.map(line).join('\n')}\n\n`
}
