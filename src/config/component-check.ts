/** One component of any kind: its type looked up, its settings judged. */
import type { PropertyEntry } from './entry.ts'
import { type FileFinding, placeOf } from './finding.ts'
import type { ComponentKind } from './known-types.ts'
import type { Planned, Registry } from './plan.ts'
import type { Seen } from './seen.ts'
import type { Definition, Environment, SettingsTable } from './setting.ts'
import { checkSettings, findingAt, hasFault } from './settings-check.ts'
import type { Given } from './tree.ts'
import { definitionFor, definitionsOf, troubleWith } from './type-lookup.ts'

/** What a file is judged by. */
export interface Grounds {
  readonly registry: Registry
  readonly env: Environment
}

export interface Subject {
  readonly kind: ComponentKind
  readonly name: string
  /** `source r1`, `interceptor i1 of source r1`. */
  readonly title: string
  /** Before its settings' names: `selector.`. */
  readonly prefix: string
  /** Its settings, the type included. */
  readonly given: Given
  /** Where to point when the type is missing. */
  readonly at: PropertyEntry
  /** Settings with a reader of their own; nothing is said about them. */
  readonly others: readonly string[]
  /** Rows that every component of the kind has; their values join its own. */
  readonly engine: SettingsTable
  /** The type that a missing one stands for. */
  readonly defaultType?: string
}

export interface Judged {
  /** Undefined when it cannot be created. */
  readonly planned: Planned<Definition> | undefined
  /** The same as far as it was understood, with faults of its own; undefined when its type is not known. */
  readonly seen: Seen | undefined
  readonly findings: readonly FileFinding[]
}

/** Where a component's type is set, or else its first line. */
export const typeLine = (given: Given, at: PropertyEntry): PropertyEntry => given.get('type') ?? at

const withoutType = (given: Given): Given => new Map([...given].filter(([key]) => key !== 'type'))

const refused = (at: PropertyEntry, says: string, hint: string): Judged => ({
  planned: undefined,
  seen: undefined,
  findings: [findingAt(at, 'fault', says, hint)],
})

/** Judges one component against the registry. */
export const checkComponent = ({ registry, env }: Grounds, subject: Subject): Judged => {
  const { kind, name, title, prefix, given } = subject
  const at = typeLine(given, subject.at)
  const word = given.get('type')?.value ?? subject.defaultType
  if (word === undefined) return refused(at, `${title} has no type`, `add ${prefix}type`)
  const definition = definitionFor(definitionsOf(registry, kind), word)
  if (definition === undefined) {
    const { says, hint } = troubleWith(registry, kind, word)
    return refused(at, `${title}: ${says}`, hint)
  }
  const settings = { ...subject.engine, ...definition.settings }
  const owner = { title, prefix, at, others: ['type', ...subject.others] }
  const { values, unknown, findings } = checkSettings({ ...definition, settings }, withoutType(given), owner, env)
  const planned = { name, definition, values, where: placeOf(at) }
  return { planned: hasFault(findings) ? undefined : planned, seen: { ...planned, unknown }, findings }
}
