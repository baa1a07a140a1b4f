/** The selector of one source: replicating unless it has a type, and naming only channels that the source has. */
import { checkComponent, type Grounds, type Judged, typeLine } from './component-check.ts'
import type { FileFinding } from './finding.ts'
import { meantOr } from './name-list.ts'
import type { Planned } from './plan.ts'
import { answerOf } from './seen.ts'
import type { Definition } from './setting.ts'
import { findingAt } from './settings-check.ts'
import { below, type ComponentTree } from './tree.ts'

const named = (planned: Planned<Definition>) => planned.definition.channelsNamed?.(planned.values) ?? []

/** `declared` are the names in the source's setting `channels`, whatever is wrong with those channels. */
export const checkSelector = (
  grounds: Grounds,
  source: ComponentTree,
  declared: readonly string[],
): Pick<Judged, 'planned' | 'findings'> => {
  const given = below(source.given, 'selector')
  const [first] = given.values()
  const at = first ?? typeLine(source.given, source.at)
  const title = `the selector of source ${source.name}`
  const untyped: FileFinding[] =
    first !== undefined && !given.has('type')
      ? [findingAt(at, 'warning', `${title} has no type and is taken for replicating`, 'add selector.type')]
      : []
  const { planned, seen, findings } = checkComponent(grounds, {
    kind: 'selector',
    name: 'selector',
    title,
    prefix: 'selector.',
    given,
    at,
    others: [],
    engine: {},
    defaultType: 'replicating',
  })
  const channels = seen && answerOf(seen, (definition, values) => definition.channelsNamed?.(values))
  const strangers = (channels ?? [])
    .filter(({ channel }) => !declared.includes(channel))
    .map(({ setting, channel }) => {
      const says = `selector.${setting}: ${channel} is none of the channels of source ${source.name}`
      const hint = meantOr(channel, declared, `its channels are ${declared.join(' ')}`)
      return findingAt(given.get(setting) ?? at, 'fault', says, hint)
    })
  return { planned: strangers.length > 0 ? undefined : planned, findings: [...untyped, ...findings, ...strangers] }
}

/** Whether all channels that the selector names are among `channels`; without faults some of a source's may still be missing. */
export const isContent = (selector: Planned<Definition>, channels: readonly string[]): boolean =>
  named(selector).every(({ channel }) => channels.includes(channel))
