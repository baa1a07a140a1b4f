/**
 * The options of Kafka's command-line tools, as their users type them: one or two dashes, a value after a blank or `=`, in any order, words without
 * dashes ignored. Messages, the option table and the exit code 1 on wrong usage are those of Kafka's own tools.
 */
import { closest } from '../config/did-you-mean.ts'

export interface JoptOption {
  /** Without dashes; the first is the one that messages name, later ones mean the same. */
  readonly names: readonly [string, ...string[]]
  /** How the value is written in the option table: `Integer: # of partitions`. An option without takes no value. */
  readonly value?: string
  /** May be given more than once. */
  readonly repeatable?: boolean
  /** The value may be left away. */
  readonly valueOptional?: boolean
  /** Every word up to the next with dashes is a value. */
  readonly greedy?: boolean
  readonly doc: string
}

export interface JoptSpec {
  /** The tool's one-line purpose, printed where nothing was given. */
  readonly purpose: string
  readonly options: readonly JoptOption[]
}

/** Wrong usage: the message, and whether the option table follows it. */
export class UsageError extends Error {
  readonly withTable: boolean

  constructor(message: string, withTable = true) {
    super(message)
    this.withTable = withTable
  }
}

/** Wrong usage as Kafka's older tools show it: an exception that nobody caught. */
export const thrownInMain = (exception: string, message: string): UsageError =>
  new UsageError(`Exception in thread "main" ${exception}: ${message}`, false)

/** What was given. Options are asked for by any of their names. */
export class JoptValues {
  /** What stood there without dashes and belonged to no option, which most tools ignore. */
  readonly words: string[] = []
  readonly #spec: JoptSpec
  readonly #given = new Map<JoptOption, string[]>()
  readonly #sequence: (readonly [name: string, value: string | undefined])[] = []

  constructor(spec: JoptSpec) {
    this.#spec = spec
  }

  add(option: JoptOption, value: string | undefined): void {
    this.#sequence.push([option.names[0], value])
    const values = this.#given.get(option) ?? []
    if (value !== undefined) values.push(value)
    this.#given.set(option, values)
  }

  /** All that was given, in its order, under the first name of each option. */
  get sequence(): readonly (readonly [name: string, value: string | undefined])[] {
    return this.#sequence
  }

  has(name: string): boolean {
    return this.#given.has(this.#option(name))
  }

  all(name: string): readonly string[] {
    return this.#given.get(this.#option(name)) ?? []
  }

  /** Throws a UsageError when it was given more than once. */
  one(name: string): string | undefined {
    const values = this.all(name)
    if (values.length > 1) {
      const option = this.#option(name).names[0]
      throw thrownInMain(
        'joptsimple.MultipleArgumentsForOptionException',
        `Found multiple arguments for option ${option}, but you asked for only one`,
      )
    }
    return values[0]
  }

  /** As `one`; throws a UsageError when it is missing. */
  required(name: string): string {
    const value = this.one(name)
    if (value === undefined) throw new UsageError(`Missing required argument "[${name}]"`)
    return value
  }

  /** As `one`, a whole number of 32 bits, as Java's Integer; throws a UsageError when it is something else. */
  integer(name: string): number | undefined {
    return this.#whole(name, 2 ** 31 - 1)
  }

  /** As `integer`, up to what a double holds exactly, which is less than Java's Long and more than any use of one here. */
  long(name: string): number | undefined {
    return this.#whole(name, Number.MAX_SAFE_INTEGER)
  }

  #whole(name: string, max: number): number | undefined {
    const value = this.one(name)
    if (value === undefined) return undefined
    const number = /^[+-]?\d+$/.test(value) ? Number(value) : NaN
    if (Math.abs(number) <= max) return number
    throw thrownInMain(
      'joptsimple.OptionArgumentConversionException',
      `Cannot parse argument '${value}' of option ${name}`,
    )
  }

  /** `key=value` pairs of a repeatable option, split at the first `=`; a pair without one has an empty value. */
  pairs(name: string): readonly (readonly [string, string])[] {
    return this.all(name).map((pair) => {
      const at = pair.indexOf('=')
      return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
    })
  }

  #option(name: string): JoptOption {
    const option = this.#spec.options.find((one) => one.names.includes(name))
    if (option === undefined) throw new Error(`no option ${name} in the table`)
    return option
  }
}

const unrecognized = (spec: JoptSpec, word: string, name: string): UsageError => {
  if (!word.startsWith('--')) {
    return thrownInMain('joptsimple.UnrecognizedOptionException', `${name.charAt(0)} is not a recognized option`)
  }
  const near = closest(
    name,
    spec.options.flatMap((option) => option.names),
  )
  const meant = near === undefined ? '' : ` (did you mean --${near}?)`
  return thrownInMain('joptsimple.UnrecognizedOptionException', `${name} is not a recognized option${meant}`)
}

const everywhere: readonly JoptOption[] = [
  { names: ['help'], doc: 'Print usage information.' },
  { names: ['version'], doc: 'Display the version.' },
]

/** Reads the words of a command line. Throws a UsageError. */
export const parseJopt = (given: JoptSpec, argv: readonly string[]): JoptValues => {
  const spec: JoptSpec = { ...given, options: [...given.options, ...everywhere] }
  const values = new JoptValues(spec)
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ''
    if (!/^--?[a-zA-Z]/.test(word)) {
      values.words.push(word)
      continue
    }
    const [name = '', ...rest] = word.replace(/^--?/, '').split('=')
    const option = spec.options.find((one) => one.names.includes(name))
    if (option === undefined) throw unrecognized(spec, word, name)
    if (option.value === undefined) values.add(option, undefined)
    else if (rest.length > 0) values.add(option, rest.join('='))
    else if (i + 1 < argv.length && !(option.valueOptional === true && argv[i + 1]?.startsWith('-'))) {
      values.add(option, argv[++i])
      while (option.greedy === true && argv[i + 1]?.startsWith('-') === false) values.add(option, argv[++i])
    } else if (option.valueOptional === true) values.add(option, undefined)
    else {
      throw thrownInMain('joptsimple.OptionMissingRequiredArgumentException', `Option ${name} requires an argument`)
    }
  }
  return values
}

const optionColumn = 40
const lineWidth = 80

const wrapped = (text: string, width: number): string[] => {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const last = lines.length - 1
    if (`${lines[last]} ${word}`.length > width && lines[last] !== '') lines.push(word)
    else lines[last] = `${lines[last]} ${word}`.trimStart()
  }
  return lines
}

/** The table that follows a message about wrong usage. */
export const optionTable = (spec: JoptSpec): string => {
  const head = ['Option'.padEnd(optionColumn) + 'Description', '------'.padEnd(optionColumn) + '-----------']
  const rows = [...spec.options, ...everywhere]
    .toSorted((a, b) => (a.names[0] < b.names[0] ? -1 : 1))
    .flatMap((option) => {
      const left = wrapped(
        `${option.names.map((name) => `--${name}`).join(', ')}${option.value === undefined ? '' : ` <${option.value}>`}`,
        optionColumn - 2,
      )
      const right = wrapped(option.doc, lineWidth - optionColumn)
      return Array.from({ length: Math.max(left.length, right.length) }, (_, i) =>
        ((left[i] ?? '').padEnd(optionColumn) + (right[i] ?? '')).trimEnd(),
      )
    })
  return `${[...head, ...rows].join('\n')}\n`
}
