/** Components as far as their settings are understood: for what is wrong between several, which a fault elsewhere must not hide. */
import { answer, type RowValues } from './checks.ts'
import type { Planned } from './plan.ts'
import type { Definition } from './setting.ts'

export interface Seen extends Planned<Definition> {
  /** The rows of which not everything has its value: faulty ones, required ones that are missing, starred ones with a faulty value. */
  readonly unknown: ReadonlySet<string>
}

/** A source or sink with the channels that it names, whatever else is wrong with either. */
export interface ChannelUser {
  readonly word: 'sources' | 'sinks'
  readonly component: Seen
  readonly channels: readonly string[]
  /** Of a source; undefined where not all of them are understood. */
  readonly interceptors?: readonly Seen[] | undefined
}

/** What a definition says of a component; undefined also where that rests on what is not known. */
export const answerOf = <T>(
  { definition, values, unknown }: Seen,
  ask: (definition: Definition, values: RowValues) => T,
): T | undefined => answer(values, unknown, (known) => ask(definition, known))
