/** Settings of a component as its file would give them, for tests that create one without a whole agent file. */
import type { Setting, SettingsTable } from '../../src/config/setting.ts'

const starOf = (table: SettingsTable, key: string): string | undefined =>
  Object.keys(table)
    .filter((row) => row.endsWith('*') && key.startsWith(row.slice(0, -1)))
    .sort((a, b) => b.length - a.length)[0]

/** The table's defaults, with `given` (key to text) parsed over them. Throws on a key that no row has. */
export const valuesOf = (table: SettingsTable, given: Readonly<Record<string, string>>): Record<string, unknown> => {
  const values: Record<string, unknown> = {}
  for (const [key, setting] of Object.entries(table)) values[key] = key.endsWith('*') ? new Map() : setting.default
  for (const [key, text] of Object.entries(given)) {
    const literal = table[key]
    const star = starOf(table, key)
    if (literal !== undefined) values[key] = literal.parse(text)
    else if (star === undefined) throw new Error(`No setting ${key}`)
    else (values[star] as Map<string, unknown>).set(key.slice(star.length - 1), oneOf(table[star]).parse(text))
  }
  return values
}

const oneOf = (setting: Setting<unknown> | undefined): Setting<unknown> => {
  if (setting?.one === undefined) throw new Error('The row has no kind for one value')
  return setting.one
}
