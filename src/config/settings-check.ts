/** One component's settings against its table: every value parsed, every default filled in, everything that is wrong said with its line. */
import { reasonOf } from '../base/faults.ts'
import { answer } from './checks.ts'
import { closest } from './did-you-mean.ts'
import type { PropertyEntry } from './entry.ts'
import type { FileFinding } from './finding.ts'
import type { Definition, Environment, Setting, SettingsTable } from './setting.ts'
import type { Given } from './tree.ts'

/** Whose settings they are, for what is said about them. */
export interface Owner {
  /** `source r1`, `interceptor i1 of source r1`. */
  readonly title: string
  /** What stands before its settings' names in a finding: nothing, `selector.`, `interceptors.i1.`. */
  readonly prefix: string
  /** Where to point when a setting is missing: the line of its type. */
  readonly at: PropertyEntry
  /** Settings that the engine reads from the same component; the component's own table does not list them. */
  readonly others: readonly string[]
}

export interface CheckedSettings {
  readonly values: Readonly<Record<string, unknown>>
  /** The rows of which not everything has its value: faulty ones, required ones that are missing, starred ones with a faulty value. */
  readonly unknown: ReadonlySet<string>
  readonly findings: readonly FileFinding[]
}

export const findingAt = (
  at: { readonly file: string; readonly line: number },
  level: FileFinding['level'],
  says: string,
  hint?: string,
): FileFinding => ({ level, file: at.file, line: at.line, says, ...(hint === undefined ? {} : { hint }) })

export const hasFault = (findings: readonly FileFinding[]): boolean => findings.some((f) => f.level === 'fault')

/** What a starred key leaves of a name; undefined when it does not fit. */
const rest = (key: string, name: string): string | undefined =>
  key.endsWith('*') && name.startsWith(key.slice(0, -1)) && name.length >= key.length
    ? name.slice(key.length - 1)
    : undefined

interface Place {
  /** The row's key. */
  readonly key: string
  /** What stood for the star; undefined for a plain row. */
  readonly star: string | undefined
  readonly deprecated: boolean
}

const fits = (key: string, name: string, place: { key: string; deprecated: boolean }): Place | undefined => {
  if (key === name) return { ...place, star: undefined }
  const star = rest(key, name)
  return star === undefined ? undefined : { ...place, star }
}

/** The row a name belongs to: a plain key before a starred one, the longer star before the shorter, today's names before former ones. */
const placeFor = (table: SettingsTable, name: string): Place | undefined => {
  if (Object.hasOwn(table, name) && !name.endsWith('*')) return { key: name, star: undefined, deprecated: false }
  const keys = Object.keys(table)
  const stars = keys.filter((key) => key.endsWith('*')).toSorted((a, b) => b.length - a.length)
  const today = stars.map((key) => fits(key, name, { key, deprecated: false }))
  const former = keys.flatMap(
    (key) => table[key]?.formerly.map((old) => fits(old, name, { key, deprecated: true })) ?? [],
  )
  const exactFormer = former.find((place) => place !== undefined && place.star === undefined)
  return exactFormer ?? [...today, ...former].find((place) => place !== undefined)
}

/** How the value is shown: never a secret, and what came from outside only as it was written. */
const shown = (message: string, row: Setting<unknown>, entry: PropertyEntry): string => {
  if (row.secret) return 'the value does not fit (it is a secret and not shown)'
  return entry.raw.includes('${') ? message.replaceAll(entry.value, entry.raw) : message
}

class Settings {
  readonly values: Record<string, unknown> = {}
  readonly findings: FileFinding[] = []
  readonly #table: SettingsTable
  readonly #owner: Owner
  /** Which entry each row took, starred ones by their whole name. */
  readonly #taken = new Map<string, PropertyEntry>()
  /** Rows without a value of their own, and starred settings by their whole name: their map has the rest. */
  readonly #faulty = new Set<string>()
  /** Starred rows that lack a faulty value. */
  readonly #partial = new Set<string>()

  constructor(table: SettingsTable, owner: Owner) {
    this.#table = table
    this.#owner = owner
    for (const [key, row] of Object.entries(table)) this.values[key] = key.endsWith('*') ? new Map() : row.default
  }

  /** Today's names first, so that they win over former ones. */
  read(given: Given): void {
    const placed = [...given].map(([name, entry]) => ({ name, entry, place: placeFor(this.#table, name) }))
    for (const { name, entry, place } of placed) {
      if (place === undefined) this.#unknown(name, entry)
      else if (!place.deprecated) this.#take(name, place, entry)
    }
    for (const { name, entry, place } of placed) if (place?.deprecated === true) this.#former(name, place, entry)
    this.#missing()
  }

  get unknown(): ReadonlySet<string> {
    return new Set([...this.#faulty, ...this.#partial])
  }

  /** What the definition's own check says, but for settings of which a fault is said, and for what depends on them. */
  judge(definition: Definition, env: Environment): void {
    const found = answer(this.values, this.#faulty, (values) => definition.check?.(values, env)) ?? []
    for (const { level, setting, says, hint } of found)
      if (!this.#faulty.has(setting)) this.say(this.#lineOf(setting), level, says, hint)
  }

  /** The line that set a row, by the row's key or by the whole name below a starred one; else the component's own. */
  #lineOf(setting: string): PropertyEntry {
    return this.#taken.get(setting) ?? this.#owner.at
  }

  say(at: PropertyEntry, level: FileFinding['level'], says: string, hint?: string): void {
    this.findings.push(findingAt(at, level, says, hint))
  }

  #unknown(name: string, entry: PropertyEntry): void {
    if (this.#owner.others.some((key) => key === name || rest(key, name) !== undefined)) return
    const known = [...Object.keys(this.#table), ...this.#owner.others].filter((key) => !key.endsWith('*'))
    const near = closest(name, known)
    const hint =
      near === undefined
        ? `${this.#owner.title} has none of that name; it is ignored`
        : `did you mean ${this.#owner.prefix}${near}?`
    this.say(entry, 'warning', `unknown setting ${this.#owner.prefix}${name}`, hint)
  }

  #former(name: string, place: Place, entry: PropertyEntry): void {
    const now = place.star === undefined ? place.key : place.key.slice(0, -1) + place.star
    const { prefix } = this.#owner
    if (this.#taken.has(now)) {
      this.say(
        entry,
        'warning',
        `${prefix}${name} is the old name of ${prefix}${now}, which is set too and wins`,
        'remove it',
      )
      return
    }
    this.say(entry, 'warning', `${prefix}${name} is deprecated`, `its name is ${prefix}${now} now`)
    this.#take(now, place, entry)
  }

  #take(name: string, { key, star }: Place, entry: PropertyEntry): void {
    this.#taken.set(name, entry)
    const starred = this.#table[key]
    const row = star === undefined ? starred : (starred?.one ?? starred)
    if (row === undefined) return
    if (row.unneeded)
      this.say(
        entry,
        'note',
        `${this.#owner.prefix}${name} is not needed here`,
        'it changes nothing and can be left away',
      )
    const doubt = row.doubt?.(entry.value)
    if (doubt !== undefined) this.say(entry, 'warning', `${this.#owner.prefix}${name}: ${shown(doubt, row, entry)}`)
    try {
      const value = row.parse(row.kind === 'list, by commas' ? (entry.items?.join(',') ?? entry.value) : entry.value)
      if (star === undefined) this.values[key] = value
      else (this.values[key] as Map<string, unknown>).set(star, value)
    } catch (thrown) {
      this.#faulty.add(name)
      if (star !== undefined) this.#partial.add(key)
      this.say(entry, 'fault', `${this.#owner.prefix}${name}: ${shown(reasonOf(thrown), row, entry)}`)
    }
  }

  #missing(): void {
    for (const [key, row] of Object.entries(this.#table)) {
      if (!row.required) continue
      const isSome =
        key.endsWith('*') && ((this.values[key] as Map<string, unknown>).size > 0 || this.#partial.has(key))
      const isThere = isSome || this.#taken.has(key)
      const name = `${this.#owner.prefix}${key.replace('*', 'NAME')}`
      if (isThere) continue
      this.#faulty.add(key)
      this.say(this.#owner.at, 'fault', `${this.#owner.title} needs ${name}`, row.doc)
    }
  }
}

/** Judges the settings of one component, its definition's own check included. */
export const checkSettings = (
  definition: Definition,
  given: Given,
  owner: Owner,
  env: Environment = {},
): CheckedSettings => {
  const settings = new Settings(definition.settings, owner)
  settings.read(given)
  settings.judge(definition, env)
  return settings
}
