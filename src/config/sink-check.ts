/** One sink: its own settings and the one channel that it takes from. */
import { type ChannelNames, channelTrouble } from './channel-names.ts'
import { sinkSettings } from './common-settings.ts'
import { checkComponent, type Grounds, typeLine } from './component-check.ts'
import type { FileFinding } from './finding.ts'
import { nameList } from './name-list.ts'
import type { PlannedSink, Registry } from './plan.ts'
import type { ChannelUser } from './seen.ts'
import { findingAt } from './settings-check.ts'
import type { ComponentTree } from './tree.ts'

export interface JudgedSink {
  readonly planned: PlannedSink<Registry> | undefined
  /** For checks that a fault elsewhere must not hide. */
  readonly user: ChannelUser | undefined
  readonly findings: readonly FileFinding[]
}

const { onReject, rejectDirectory } = sinkSettings

const channelFindings = (sink: ComponentTree, names: ChannelNames): readonly FileFinding[] => {
  const entry = sink.given.get('channel')
  const title = `sink ${sink.name}`
  const twin = sink.given.get('channels')
  if (entry === undefined && twin !== undefined) {
    const hint = `a sink takes from one channel: write channel = ${nameList(twin, title).names[0]}`
    return [findingAt(twin, 'fault', `${title} has channels and no channel`, hint)]
  }
  if (entry === undefined)
    return [findingAt(typeLine(sink.given, sink.at), 'fault', `${title} has no channel`, 'add its setting channel')]
  const listed = nameList(entry, title).names
  if (listed.length === 1) return channelTrouble(names, listed[0] ?? '', title, entry)
  const hint = `write one of ${listed.join(' ')}, and one sink for each other`
  return [findingAt(entry, 'fault', `${title} takes from one channel, and this names ${listed.length}`, hint)]
}

/** Judges one sink. */
export const checkSink = (grounds: Grounds, sink: ComponentTree, names: ChannelNames): JudgedSink => {
  const { planned, seen, findings } = checkComponent(grounds, {
    kind: 'sink',
    name: sink.name,
    title: `sink ${sink.name}`,
    prefix: '',
    given: sink.given,
    at: sink.at,
    others: sink.given.has('channel') ? ['channel'] : ['channel', 'channels'],
    engine: { onReject, rejectDirectory },
  })
  const all = [...findings, ...channelFindings(sink, names)]
  const channel = sink.given.get('channel')?.value ?? ''
  const user = seen && { word: 'sinks' as const, component: seen, channels: [channel] }
  if (planned === undefined || !names.sound.has(channel)) return { planned: undefined, user, findings: all }
  const { values } = planned
  const reject = {
    onReject: values['onReject'] as 'block' | 'quarantine',
    rejectDirectory: values['rejectDirectory'] as string | undefined,
  }
  return { planned: { ...planned, channel, ...reject }, user, findings: all }
}
