/** Batches larger than what a channel takes at once: Flume removes such a source or sink, or fails over and over; here they go in pieces. */
import type { FileFinding } from './finding.ts'
import type { Planned, PlannedSink, PlannedSource, Registry } from './plan.ts'
import type { Definition } from './setting.ts'
import { findingAt } from './settings-check.ts'
import type { AgentTree, KindWord } from './tree.ts'

const numberOf = (planned: Planned<Definition>, setting: string | undefined): number | undefined => {
  const value = setting === undefined ? undefined : planned.values[setting]
  return typeof value === 'number' ? value : undefined
}

const findingFor = (
  agent: AgentTree,
  word: KindWord,
  user: Planned<Definition>,
  channel: Planned<Definition>,
): FileFinding[] => {
  const setting = user.definition.batchSetting
  const batch = numberOf(user, setting)
  const capacity = numberOf(channel, 'transactionCapacity')
  if (setting === undefined || batch === undefined || capacity === undefined || batch <= capacity) return []
  const tree = agent.kinds[word].components.get(user.name)
  const at = tree?.given.get(setting) ?? tree?.given.get('type') ?? agent.at
  const kind = word.slice(0, -1)
  const says = `${kind} ${user.name} has batches of ${batch}, and channel ${channel.name} takes ${capacity} at once (its transactionCapacity)`
  return [
    findingAt(
      at,
      'warning',
      says,
      `they go in pieces here, but Flume refuses them: set ${setting} or transactionCapacity`,
    ),
  ]
}

interface Parts {
  readonly sources: readonly PlannedSource<Registry>[]
  readonly channels: readonly Planned<Definition>[]
  readonly sinks: readonly PlannedSink<Registry>[]
}

/** A warning for each source or sink, and each of its channels, whose sizes do not fit. */
export const batchFindings = (agent: AgentTree, { sources, channels, sinks }: Parts): FileFinding[] => {
  const byName = new Map(channels.map((channel) => [channel.name, channel]))
  const pairs = (word: KindWord, user: Planned<Definition>, names: readonly string[]): FileFinding[] =>
    names.flatMap((name) => {
      const channel = byName.get(name)
      return channel === undefined ? [] : findingFor(agent, word, user, channel)
    })
  return [
    ...sources.flatMap((source) => pairs('sources', source, source.channels)),
    ...sinks.flatMap((sink) => pairs('sinks', sink, [sink.channel])),
  ]
}
