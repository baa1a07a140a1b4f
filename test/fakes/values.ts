/** Settings for tests of single components: what a file would say, as the component's own table reads it. */
import type { SettingsTable } from '../../src/config/setting.ts'

/** Defaults, with what is given as text parsed over them. A key below a starred row goes into its map. */
export const valuesOf = (
  table: SettingsTable,
  given: Readonly<Record<string, string>> = {},
): Record<string, unknown> => {
  const values: Record<string, unknown> = Object.fromEntries(
    Object.entries(table).map(([key, row]) => [key, key.endsWith('*') ? new Map() : row.default]),
  )
  for (const [name, text] of Object.entries(given)) {
    const row = table[name]
    const star = Object.keys(table).find((key) => key.endsWith('*') && name.startsWith(key.slice(0, -1)))
    if (row !== undefined) values[name] = row.parse(text)
    else if (star !== undefined) (values[star] as Map<string, unknown>).set(name.slice(star.length - 1), text)
    else throw new Error(`There is no setting ${name}`)
  }
  return values
}
