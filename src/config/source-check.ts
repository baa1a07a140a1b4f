/** One source: its own settings, its channels, its selector, its interceptors. */
import { type ChannelNames, channelTrouble } from './channel-names.ts'
import { sourceSettings } from './common-settings.ts'
import { checkComponent, type Grounds, typeLine } from './component-check.ts'
import type { FileFinding } from './finding.ts'
import { checkInterceptors } from './interceptors-check.ts'
import { nameList } from './name-list.ts'
import type { PlannedSource, Registry } from './plan.ts'
import type { ChannelUser } from './seen.ts'
import { checkSelector, isContent } from './selector-check.ts'
import { findingAt } from './settings-check.ts'
import type { ComponentTree } from './tree.ts'

export interface JudgedSource {
  readonly planned: PlannedSource<Registry> | undefined
  /** For checks that a fault elsewhere must not hide. */
  readonly user: ChannelUser | undefined
  readonly findings: readonly FileFinding[]
}

const { aheadMax } = sourceSettings

const channelFindings = (source: ComponentTree, names: ChannelNames, channels: readonly string[]): FileFinding[] => {
  const entry = source.given.get('channels')
  const title = `source ${source.name}`
  if (entry !== undefined) return channels.flatMap((channel) => channelTrouble(names, channel, title, entry, channels))
  const twin = source.given.get('channel')
  if (twin !== undefined)
    return [findingAt(twin, 'fault', `${title} has channel and no channels`, `write channels = ${twin.value}`)]
  return [findingAt(typeLine(source.given, source.at), 'fault', `${title} has no channels`, 'add its setting channels')]
}

/** Judges one source. Channels that are missing are left out of it; it is planned while one is left. */
export const checkSource = (grounds: Grounds, source: ComponentTree, names: ChannelNames): JudgedSource => {
  const twins = source.given.has('channels') ? [] : ['channel']
  const own = checkComponent(grounds, {
    kind: 'source',
    name: source.name,
    title: `source ${source.name}`,
    prefix: '',
    given: source.given,
    at: source.at,
    others: ['channels', ...twins, 'selector.*', 'interceptors', 'interceptors.*'],
    engine: { aheadMax },
  })
  const list = nameList(source.given.get('channels'), `channels of source ${source.name}`)
  const selector = checkSelector(grounds, source, list.names)
  const interceptors = checkInterceptors(grounds, source)
  const findings = [
    ...own.findings,
    ...list.findings,
    ...channelFindings(source, names, list.names),
    ...selector.findings,
    ...interceptors.findings,
  ]
  const channels = list.names.filter((channel) => names.sound.has(channel))
  const seen = { channels: list.names, interceptors: interceptors.seen }
  const user = own.seen && { word: 'sources' as const, component: own.seen, ...seen }
  const lacks = own.planned === undefined || selector.planned === undefined || interceptors.planned === undefined
  if (lacks || channels.length === 0 || !isContent(selector.planned, channels))
    return { planned: undefined, user, findings }
  const parts = { channels, selector: selector.planned, interceptors: interceptors.planned }
  return {
    planned: { ...own.planned, ...parts, aheadMax: own.planned.values['aheadMax'] as number | undefined },
    user,
    findings,
  }
}
