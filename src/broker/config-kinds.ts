/**
 * The kinds of Kafka's settings: checked as Kafka checks them and refused in Kafka's words, which people search for. Each row also knows its type
 * in the protocol, and whether it may be changed while the broker runs.
 */
import { row } from '../config/setting-kinds.ts'
import type { Given, RowOptions, Setting } from '../config/setting.ts'

/** ConfigType of the protocol. */
export const configTypes = {
  boolean: 1, string: 2, int: 3, short: 4, long: 5, double: 6, list: 7, class: 8, password: 9,
} as const // prettier-ignore

export type ConfigType = keyof typeof configTypes

/** Where a setting may be changed while running: for one broker or as the default of all, or for one broker only. */
export type ChangeScope = 'all' | 'broker'

export interface KafkaRow<T> extends Setting<T> {
  readonly type: ConfigType
  /** Undefined: only a start reads it. */
  readonly changes?: ChangeScope
  /** Why it has no effect here. */
  readonly idle?: string
}

export const INT_MAX = 2_147_483_647
/** Java's longest long, which stands for "no limit", as far as a number goes. */
export const LONG_MAX = Number.MAX_SAFE_INTEGER
const SHORT_MAX = 32_767
/** As Java writes it. */
export const LONGEST = '9223372036854775807'
const LARGEST = BigInt(LONGEST)

/** `doc` may be left out where the table gives one to all rows. */
type Options<T> = Omit<RowOptions<T>, 'doc'> & { readonly doc?: string; readonly changes?: ChangeScope }

interface Range {
  readonly min?: number
  readonly max?: number
}

/** A value that is refused: `says` completes "Invalid value X for configuration NAME: …", unless it is the whole sentence. */
export class BadValue extends Error {
  override readonly name = 'BadValue'
  readonly isSentence: boolean
  /** The value as Java has it by then, where that is not as it was written. */
  readonly shown: string | undefined

  constructor(says: string, isSentence = false, shown?: string) {
    super(says)
    this.isSentence = isSentence
    this.shown = shown
  }
}

/** What Kafka says about a value that `parse` threw at. `NAME` in a whole sentence is the setting. */
export const invalidValue = (name: string, given: string, thrown: Error): string =>
  thrown instanceof BadValue && thrown.isSentence
    ? thrown.message.replace('NAME', name)
    : `Invalid value ${(thrown instanceof BadValue ? thrown.shown : undefined) ?? given} for configuration ${name}: ${thrown.message}`

const kafkaRow = <T, const O extends Options<T>>(
  kind: string,
  type: ConfigType,
  parse: (text: string) => T,
  options: O,
): KafkaRow<Given<T, O>> => ({
  ...(row<T, O & { doc: string }>(kind, parse, { doc: '', ...options }) as Setting<Given<T, O>>),
  type,
  ...(options.changes === undefined ? {} : { changes: options.changes }),
})

/** Kafka tells numbers as they were understood: `+5` as 5, 2 as 2.0 where it is a double. */
const inRange = (value: number, { min, max }: Range, shown = String(value)): number => {
  if (min !== undefined && value < min) throw new BadValue(`Value must be at least ${min}`, false, shown)
  if (max !== undefined && value > max) throw new BadValue(`Value must be no more than ${max}`, false, shown)
  return value
}

const widths = { short: SHORT_MAX, int: INT_MAX, long: LONG_MAX } as const
type Whole = keyof typeof widths

const whole = (text: string, type: Whole, range: Range): number => {
  const notOne = new BadValue(`Not a number of type ${type.toUpperCase()}`)
  if (!/^[+-]?\d{1,20}$/.test(text)) throw notOne
  if (type === 'long') {
    const exact = BigInt(text.replace('+', ''))
    if (exact > LARGEST || exact < -LARGEST - 1n) throw notOne
    return inRange(Math.max(-LONG_MAX, Math.min(LONG_MAX, Number(exact))), range)
  }
  const value = Number(text)
  if (value > widths[type] || value < -widths[type] - 1) throw notOne
  return inRange(value, range)
}

type WholeOptions = Options<number> & Range & { readonly type?: Whole }

/** A short or an int where `max` says so, else a long. */
const typeFor = ({ type, max = LONG_MAX }: WholeOptions): Whole =>
  type ?? (max === SHORT_MAX ? 'short' : max <= INT_MAX ? 'int' : 'long')

const wholeRow =
  (kind: string) =>
  <const O extends WholeOptions>(options: O): KafkaRow<Given<number, O>> => {
    const type = typeFor(options)
    return kafkaRow<number, O>(kind, type, (text) => whole(text, type, options), options)
  }

/** A whole number. */
export const integer = wholeRow('integer')
export const milliseconds = wholeRow('milliseconds')
export const bytes = wholeRow('bytes')
/** A TCP port; 0 lets the system choose. */
export const port = <const O extends Options<number>>(options: O): KafkaRow<Given<number, O>> =>
  kafkaRow<number, O>('port', 'int', (text) => whole(text, 'int', { min: 0, max: 65_535 }), options)

export const double = <const O extends Options<number> & Range>(options: O): KafkaRow<Given<number, O>> =>
  kafkaRow<number, O>('number', 'double', (text) => {
    const value = Number(text)
    if (text === '' || Number.isNaN(value)) throw new BadValue('Not a number of type DOUBLE')
    return inRange(value, options, Number.isInteger(value) ? `${value}.0` : String(value))
  }, options) // prettier-ignore

export const flag = <const O extends Options<boolean>>(options: O): KafkaRow<Given<boolean, O>> =>
  kafkaRow<boolean, O>('true or false', 'boolean', (text) => {
    const word = text.toLowerCase()
    if (word !== 'true' && word !== 'false') throw new BadValue('Expected value to be either true or false')
    return word === 'true'
  }, options) // prettier-ignore

/** Kept as it was written; `type` is for lists that are read elsewhere. */
export const text = <const O extends Options<string> & { readonly type?: ConfigType }>(
  options: O,
): KafkaRow<Given<string, O>> => kafkaRow<string, O>('text', options.type ?? 'string', (given) => given, options)

/** The name of a Java class, which nothing here can load. */
export const className = <const O extends Options<string>>(options: O): KafkaRow<Given<string, O>> =>
  kafkaRow<string, O>('class', 'class', (given) => given, options)

/** A secret: never shown, never logged. */
export const password = <const O extends Options<string>>(options: O): KafkaRow<Given<string, O>> => ({
  ...kafkaRow<string, O>('password', 'password', (given) => given, options),
  secret: true,
})

const notAmong = (words: readonly string[]): BadValue => new BadValue(`String must be one of: ${words.join(', ')}`)

/** One of some words, spelt exactly so; in any case with `anyCase`. */
export const oneOf = <const W extends string, const O extends Options<W> & { readonly anyCase?: true }>(
  words: readonly W[],
  options: O,
): KafkaRow<Given<W, O>> =>
  kafkaRow<W, O>(words.join(', '), 'string', (given) => {
    const found = words.find((word) => (options.anyCase === true ? word.toLowerCase() === given.toLowerCase() : word === given)) // prettier-ignore
    if (found === undefined) throw notAmong(words)
    return found
  }, options) // prettier-ignore

interface ListOptions extends Options<readonly string[]> {
  /** The only words that it may hold. */
  readonly words?: readonly string[]
}

const listOf = (given: string, words: readonly string[] | undefined): readonly string[] => {
  const items = given.trim() === '' ? [] : given.split(',').map((item) => item.trim())
  if (items.includes('')) throw new BadValue("Configuration 'NAME' values must not be empty.", true)
  if (words === undefined) return items
  if (items.some((item) => !words.includes(item))) throw notAmong(words)
  if (new Set(items).size < items.length)
    throw new BadValue("Configuration 'NAME' values must not be duplicated.", true)
  return items
}

/** Names between commas. */
export const commaList = <const O extends ListOptions>(options: O): KafkaRow<Given<readonly string[], O>> =>
  kafkaRow<readonly string[], O>('list, by commas', 'list', (given) => listOf(given, options.words), options)

type Rows = Readonly<Record<string, KafkaRow<unknown>>>

/** Rows that are known and checked, and have no effect here for this reason, which is also what is said of them. */
export const idle = <const R extends Rows>(reason: string, rows: R): R =>
  Object.fromEntries(
    Object.entries(rows).map(([name, one]) => [name, { ...one, idle: reason, doc: `No effect here: ${reason}.` }]),
  ) as unknown as R
