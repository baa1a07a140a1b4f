/** The kinds a setting may have. Each takes the row's options and gives a Setting whose type says whether it can be absent. */
import { homedir } from 'node:os'
import { javaRegex } from './java-regex.ts'
import type { Given, RowOptions, Setting } from './setting.ts'

type Row<T> = RowOptions<T>

/** A row from its kind's name, its parser and its options. */
export const row = <T, O extends Row<T>>(
  kind: string,
  parse: (text: string) => T,
  options: O,
): Setting<Given<T, O>> => ({
  kind,
  doc: options.doc,
  required: options.required ?? false,
  default: options.default as Given<T, O>,
  ...(options.defaultText === undefined ? {} : { defaultText: options.defaultText }),
  formerly: options.formerly ?? [],
  secret: options.secret ?? false,
  ours: options.ours ?? false,
  unneeded: options.unneeded ?? false,
  parse,
})

export const text = <const O extends Row<string>>(options: O) => row<string, O>('text', (t) => t, options)

interface Range {
  readonly min?: number
  readonly max?: number
  /** Taken for a number below `min`, with a warning, where Flume does so; without it such a number is refused. */
  readonly belowMin?: number
}

const inRange = (value: number, { min, max }: Range): number => {
  if (min !== undefined && value < min) throw new Error(`${value} is below the least allowed, ${min}`)
  if (max !== undefined && value > max) throw new Error(`${value} is above the most allowed, ${max}`)
  return value
}

const isWhole = (given: string): boolean => /^[+-]?\d+$/.test(given)

const whole = (given: string, range: Range): number => {
  if (!isWhole(given)) throw new Error(`'${given}' is not a whole number`)
  const value = Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(given)))
  const { belowMin, min = value } = range
  return belowMin !== undefined && value < min ? belowMin : inRange(value, range)
}

const wholeRow = <O extends Row<number> & Range>(kind: string, options: O) => {
  const { min = -Infinity, belowMin } = options
  return {
    ...row<number, O>(kind, (t) => whole(t, options), options),
    doubt: (given: string) =>
      belowMin !== undefined && isWhole(given) && Number(given) < min
        ? `${given} is below the least allowed, ${min}; ${belowMin} is used instead, as in Flume`
        : undefined,
  }
}

/** A whole number; Java's longs beyond 2^53 are cut to it. */
export const integer = <const O extends Row<number> & Range>(options: O) => wholeRow('integer', options)
/** A whole number of seconds. */
export const seconds = <const O extends Row<number> & Range>(options: O) => wholeRow('seconds', options)
/** A whole number of milliseconds. */
export const milliseconds = <const O extends Row<number> & Range>(options: O) => wholeRow('milliseconds', options)
/** A whole number of bytes. */
export const bytes = <const O extends Row<number> & Range>(options: O) => wholeRow('bytes', options)
/** A TCP or UDP port; 0 lets the system choose. */
export const port = <const O extends Row<number>>(options: O) =>
  row<number, O>('port', (t) => whole(t, { min: 0, max: 65_535 }), options)

/** As in Java, `true` in any case is true and every other text false. */
export const flag = <const O extends Row<boolean>>(options: O) => ({
  ...row<boolean, O>('true or false', (t) => t.toLowerCase() === 'true', options),
  doubt: (given: string) =>
    /^(?:true|false)$/i.test(given) ? undefined : `'${given}' counts as false; only true is true`,
})

/** Names between blanks. */
export const names = <const O extends Row<readonly string[]>>(options: O) => ({
  ...row<readonly string[], O>('names', (t) => t.split(/\s+/).filter((n) => n !== ''), options),
  doubt: (given: string) =>
    given.includes(',') ? `names stand between blanks, and commas are part of them` : undefined,
})

/** Names between commas, blanks around them dropped. */
export const commaList = <const O extends Row<readonly string[]>>(options: O) =>
  row<readonly string[], O>(
    'list, by commas',
    (t) =>
      t
        .split(',')
        .map((n) => n.trim())
        .filter((n) => n !== ''),
    options,
  )

/** One of some words, in any case; the value is the word as it is spelt in `words`. */
export const oneOf = <const W extends string, const O extends Row<W>>(words: readonly W[], options: O) =>
  row<W, O>(
    words.join(', '),
    (t) => {
      const found = words.find((w) => w.toLowerCase() === t.toLowerCase())
      if (found === undefined) throw new Error(`'${t}' is none of ${words.join(', ')}`)
      return found
    },
    options,
  )

/** A file or folder; `~` and `~/…` are the user's home, as a shell would have it. */
export const path = <const O extends Row<string>>(options: O) =>
  row<string, O>('path', (t) => t.replace(/^~(?=\/|$)/, () => homedir()), options)

/**
 * A Java regular expression, as the JavaScript one that matches the same; the whole text must match when `whole` is set.
 * What JavaScript has no form of is refused with the construct's name.
 */
export const regex = <const O extends Row<RegExp> & { readonly whole?: boolean }>(options: O) =>
  row<RegExp, O>('regular expression', (t) => javaRegex(t, options), options)

/** Many settings of one kind under a starred key: the value maps what stood for the star to what was parsed. */
export const each = <T>(one: Setting<T>): Setting<ReadonlyMap<string, NonNullable<T>>> => ({
  kind: one.kind,
  doc: one.doc,
  required: one.required,
  default: new Map(),
  formerly: one.formerly,
  unneeded: one.unneeded,
  secret: one.secret,
  ours: one.ours,
  one,
  parse: () => new Map(),
})
