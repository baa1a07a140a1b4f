/** Lists of names: `channels = c1 c2`. Flume splits them at blanks only, so that `c1,c2` is one name there; here it is a fault that says so. */
import { closest } from './did-you-mean.ts'
import type { PropertyEntry } from './entry.ts'
import type { FileFinding } from './finding.ts'
import { findingAt } from './settings-check.ts'

export interface NameList {
  /** Each once, in the order of the list; commas taken for the blanks that were meant. */
  readonly names: readonly string[]
  readonly findings: readonly FileFinding[]
}

/** `what` is how the list is called: `a1.channels`, `channels of source r1`. */
export const nameList = (entry: PropertyEntry | undefined, what: string): NameList => {
  if (entry === undefined) return { names: [], findings: [] }
  const names = [...new Set(entry.value.split(/[\s,]+/).filter((name) => name !== ''))]
  const findings = entry.value.includes(',')
    ? [findingAt(entry, 'fault', `${what}: commas do not separate names`, `write ${names.join(' ')}`)]
    : []
  return { names, findings }
}

/** Of the known names those that stand not in the list beside the wrong one. */
export const notIn = (list: readonly string[], known: Iterable<string>): string[] =>
  [...known].filter((name) => !list.includes(name))

/** `did you mean c1?`, or what there is to choose from. */
export const meantOr = (name: string, known: Iterable<string>, otherwise: string): string => {
  const near = closest(name, known)
  return near === undefined ? otherwise : `did you mean ${near}?`
}
