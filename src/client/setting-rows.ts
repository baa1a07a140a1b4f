/**
 * The names of the Java client's settings, as they stand behind `kafka.producer.` and `kafka.consumer.` in agent files and in the tools' properties:
 * which have an effect here, which are accepted without one and why, and which are refused because what they ask for is not there yet.
 */

/** What a component's check or a tool says about one setting; `setting` has no prefix, and `says` completes "NAME: …". */
export interface SettingFinding {
  readonly level: 'fault' | 'warning'
  readonly setting: string
  readonly says: string
  readonly hint?: string
}

/** `use` puts the parsed value where it has its effect, and throws an Error that completes "NAME: …" for one that cannot be. */
export type SettingRow<Into> =
  | { readonly use: (text: string, into: Into) => void }
  | { readonly without: string; readonly check?: (text: string) => unknown }
  | { readonly refused: string }

export type SettingRows<Into> = Readonly<Record<string, SettingRow<Into>>>

/** A row with an effect. */
export const used = <Into>(use: (text: string, into: Into) => void): SettingRow<Into> => ({ use })
/** A row that is accepted; `why` completes "NAME: no effect here: …". `check` throws as `use` does for a value that Kafka would refuse. */
export const without = <Into>(why: string, check?: (text: string) => unknown): SettingRow<Into> =>
  check === undefined ? { without: why } : { without: why, check }
/** A row for what is not there yet. */
export const refused = <Into>(why: string): SettingRow<Into> => ({ refused: why })

/** A whole number between `min` and `max`, as Java's clients read one. */
export const wholeNumber = (text: string, min: number, max = 2_147_483_647): number => {
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN
  if (Number.isNaN(value)) throw new Error(`'${text}' is not a whole number`)
  if (value < min) throw new Error(`${value} is below the least allowed, ${min}`)
  return Math.min(value, max)
}

/** `true` or `false` in any case. */
export const trueOrFalse = (text: string): boolean => {
  const word = text.toLowerCase()
  if (word !== 'true' && word !== 'false') throw new Error(`'${text}' is neither true nor false`)
  return word === 'true'
}

/** One of some words. */
export const oneOfWords = <const W extends string>(text: string, words: readonly W[]): W => {
  const found = words.find((word) => word === text.toLowerCase())
  if (found === undefined) throw new Error(`'${text}' is none of ${words.join(', ')}`)
  return found
}

/** Finds the nearest known name for a misspelt one. */
export type Closest = (word: string, candidates: Iterable<string>) => string | undefined

const securityPattern = /^(?:ssl|sasl)\./

const unknown = (setting: string, names: readonly string[], closest: Closest | undefined): SettingFinding => {
  const near = closest?.(setting, names)
  return {
    level: 'warning',
    setting,
    says: `no setting of the Kafka client has this name${near === undefined ? '' : ` (did you mean ${near}?)`}`,
    hint: 'It has no effect.',
  }
}

const applied = <Into>(setting: string, text: string, row: SettingRow<Into>, into: Into): SettingFinding[] => {
  if ('refused' in row) return [{ level: 'fault', setting, says: row.refused, hint: 'Remove it.' }]
  try {
    if ('without' in row) {
      row.check?.(text)
      return [{ level: 'warning', setting, says: `no effect here: ${row.without}` }]
    }
    row.use(text, into)
    return []
  } catch (error) {
    return [{ level: 'fault', setting, says: error instanceof Error ? error.message : String(error) }]
  }
}

const security: SettingRow<unknown> = refused('TLS and SASL are not there yet; only PLAINTEXT is')

/** Applies every given setting to `into` and says what is to be said about it, in the order given. */
export const applySettings = <Into>(
  given: Iterable<readonly [string, string]>,
  rows: SettingRows<Into>,
  into: Into,
  closest?: Closest,
): SettingFinding[] =>
  [...given].flatMap(([setting, text]) => {
    const row = securityPattern.test(setting) ? security : Object.hasOwn(rows, setting) ? rows[setting] : undefined
    return row === undefined ? [unknown(setting, Object.keys(rows), closest)] : applied(setting, text.trim(), row, into)
  })
