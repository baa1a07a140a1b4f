/** The interceptors of one source, in the order of its list. */
import { checkComponent, type Grounds, type Judged } from './component-check.ts'
import type { PropertyEntry } from './entry.ts'
import type { FileFinding } from './finding.ts'
import { nameList } from './name-list.ts'
import type { Planned } from './plan.ts'
import type { Seen } from './seen.ts'
import type { Definition } from './setting.ts'
import { findingAt } from './settings-check.ts'
import { below, type ComponentTree } from './tree.ts'

export interface JudgedInterceptors {
  /** Undefined when one of them cannot be created. */
  readonly planned: readonly Planned<Definition>[] | undefined
  /** Undefined when one of them is not understood. */
  readonly seen: readonly Seen[] | undefined
  readonly findings: readonly FileFinding[]
}

const checkOne = (grounds: Grounds, source: ComponentTree, name: string, list: PropertyEntry): Judged => {
  const given = below(source.given, `interceptors.${name}`)
  const [first] = given.values()
  const title = `interceptor ${name} of source ${source.name}`
  const prefix = `interceptors.${name}.`
  if (first === undefined) {
    const says = `${title} is in the list, but nothing configures it`
    return { planned: undefined, seen: undefined, findings: [findingAt(list, 'fault', says, `add ${prefix}type`)] }
  }
  return checkComponent(grounds, {
    kind: 'interceptor',
    name,
    title,
    prefix,
    given,
    at: first,
    others: [],
    engine: {},
  })
}

/** The first line of each interceptor that the list does not have. */
const idleLines = (source: ComponentTree, listed: readonly string[]): Map<string, PropertyEntry> => {
  const lines = new Map<string, PropertyEntry>()
  for (const [key, entry] of below(source.given, 'interceptors')) {
    const name = key.split('.')[0] ?? key
    if (!listed.includes(name) && !lines.has(name)) lines.set(name, entry)
  }
  return lines
}

export const checkInterceptors = (grounds: Grounds, source: ComponentTree): JudgedInterceptors => {
  const list = source.given.get('interceptors')
  const { names, findings } = nameList(list, `interceptors of source ${source.name}`)
  const judged = list === undefined ? [] : names.map((name) => checkOne(grounds, source, name, list))
  const idle = [...idleLines(source, names)].map(([name, at]) =>
    findingAt(
      at,
      'warning',
      `interceptor ${name} of source ${source.name} is configured, but the setting interceptors does not list it`,
      'add it to the list, or remove it',
    ),
  )
  const planned = judged.flatMap((one) => one.planned ?? [])
  const seen = judged.flatMap((one) => one.seen ?? [])
  return {
    planned: planned.length === judged.length ? planned : undefined,
    seen: seen.length === judged.length ? seen : undefined,
    findings: [...findings, ...judged.flatMap((one) => one.findings), ...idle],
  }
}
