/** Sink groups: members that exist, each in one group only, and a processor that can do with so many. */
import { checkComponent, type Grounds, type Judged, typeLine } from './component-check.ts'
import type { FileFinding } from './finding.ts'
import { meantOr, nameList, notIn } from './name-list.ts'
import type { PlannedGroup, Registry } from './plan.ts'
import { answerOf } from './seen.ts'
import { findingAt } from './settings-check.ts'
import { below, type ComponentTree } from './tree.ts'

export interface SinkNames {
  readonly declared: ReadonlySet<string>
  /** In the list and without a fault. */
  readonly sound: ReadonlySet<string>
}

/** The groups before one. */
export interface EarlierGroups {
  /** Each sink that one of them names, and the first that does. */
  readonly named: ReadonlyMap<string, string>
  /** Sinks of those that are planned. */
  readonly taken: ReadonlySet<string>
}

export interface JudgedGroup {
  readonly planned: PlannedGroup<Registry> | undefined
  /** The sinks that it names, of those that are there. */
  readonly names: readonly string[]
  readonly findings: readonly FileFinding[]
}

interface Members {
  /** Those that are there. */
  readonly listed: readonly string[]
  /** Without those that another group has. */
  readonly names: readonly string[]
  readonly findings: readonly FileFinding[]
}

const membersOf = (group: ComponentTree, sinks: SinkNames, { named, taken }: EarlierGroups): Members => {
  const entry = group.given.get('sinks')
  const title = `sink group ${group.name}`
  if (entry === undefined)
    return {
      listed: [],
      names: [],
      findings: [findingAt(group.at, 'fault', `${title} has no sinks`, 'add its setting sinks')],
    }
  const list = nameList(entry, `sinks of ${title}`)
  const strangers = list.names
    .filter((name) => !sinks.declared.has(name))
    .map((name) => {
      const hint = meantOr(name, notIn(list.names, sinks.declared), `the sinks are ${[...sinks.declared].join(' ')}`)
      return findingAt(entry, 'fault', `${title} has the sink ${name}, which does not exist`, hint)
    })
  const shared = list.names
    .filter((name) => named.has(name))
    .map((name) => {
      const says = `${title} has the sink ${name}, which is in group ${named.get(name)} already`
      return findingAt(entry, 'fault', says, 'a sink can be in one group only')
    })
  const listed = list.names.filter((name) => sinks.declared.has(name))
  return {
    listed,
    names: listed.filter((name) => !taken.has(name)),
    findings: [...list.findings, ...strangers, ...shared],
  }
}

const processorOf = (grounds: Grounds, group: ComponentTree): Judged => {
  const given = below(group.given, 'processor')
  const [first] = given.values()
  const title = `the processor of sink group ${group.name}`
  const at = first ?? typeLine(group.given, group.at)
  const untyped: FileFinding[] = given.has('type')
    ? []
    : [
        findingAt(
          at,
          'warning',
          `${title} has no type and is taken for default`,
          'add processor.type: without it Flume drops the group and its sinks',
        ),
      ]
  const judged = checkComponent(grounds, {
    kind: 'processor',
    name: group.name,
    title,
    prefix: 'processor.',
    given,
    at,
    others: [],
    engine: {},
    defaultType: 'default',
  })
  return { ...judged, findings: [...untyped, ...judged.findings] }
}

/** What the processor says about the members: how many it needs, and which it names. */
const fit = (group: ComponentTree, { seen }: Judged, members: readonly string[]): FileFinding[] => {
  if (seen === undefined) return []
  const { sinksMin = 1, sinksMax = Number.POSITIVE_INFINITY, type } = seen.definition
  const at = group.given.get('sinks') ?? group.at
  const count = members.length
  const wrong = count > 0 && (count < sinksMin || count > sinksMax)
  const wants = count < sinksMin ? `at least ${sinksMin}` : `at most ${sinksMax}`
  const number: FileFinding[] = wrong
    ? [
        findingAt(
          at,
          'fault',
          `sink group ${group.name} has ${count} sink${count === 1 ? '' : 's'}, and ${type} takes ${wants}`,
          'change sinks or processor.type',
        ),
      ]
    : []
  const named = answerOf(seen, (definition, values) => definition.sinksNamed?.(values)) ?? []
  const strangers = named
    .filter(({ sink }) => !members.includes(sink))
    .map(({ setting, sink }) => {
      const line = group.given.get(`processor.${setting}`) ?? at
      const hint = meantOr(sink, members, `its sinks are ${members.join(' ')}`)
      return findingAt(
        line,
        'warning',
        `processor.${setting}: ${sink} is none of the sinks of group ${group.name}`,
        hint,
      )
    })
  return [...number, ...strangers]
}

/** What of a group's own settings is unknown: it has only `sinks` and `processor.*`. */
const unknown = (group: ComponentTree): FileFinding[] =>
  [...group.given]
    .filter(([key]) => key !== 'sinks' && !key.startsWith('processor.'))
    .map(([key, entry]) =>
      findingAt(
        entry,
        'warning',
        `unknown setting ${key}`,
        meantOr(key, ['sinks', 'processor.type'], 'a sink group has sinks and processor.*'),
      ),
    )

/** Judges one group. Members with a fault are left out; it is planned while the processor can do with the rest. */
export const checkGroup = (
  grounds: Grounds,
  group: ComponentTree,
  sinks: SinkNames,
  earlier: EarlierGroups,
): JudgedGroup => {
  const members = membersOf(group, sinks, earlier)
  const processor = processorOf(grounds, group)
  const fitting = fit(group, processor, members.names)
  const findings = [...unknown(group), ...members.findings, ...processor.findings, ...fitting]
  const left = members.names.filter((name) => sinks.sound.has(name))
  const { planned } = processor
  const min = planned?.definition.sinksMin ?? 1
  const cannot = planned === undefined || left.length < min || fitting.some((f) => f.level === 'fault')
  return { planned: cannot ? undefined : { ...planned, sinks: left }, names: members.listed, findings }
}
