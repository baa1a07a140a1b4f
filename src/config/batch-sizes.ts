/** Batches larger than what a channel takes at once: Flume removes such a source or sink, or fails over and over; here they go in pieces. */
import type { FileFinding } from './finding.ts'
import type { ChannelUser, Seen } from './seen.ts'
import { findingAt } from './settings-check.ts'
import type { AgentTree, KindWord } from './tree.ts'

const numberOf = ({ values, unknown }: Seen, setting: string | undefined): number | undefined => {
  const value = setting === undefined || unknown.has(setting) ? undefined : values[setting]
  return typeof value === 'number' ? value : undefined
}

const findingFor = (agent: AgentTree, word: KindWord, user: Seen, channel: Seen): FileFinding[] => {
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

/** A warning for each source or sink, and each of its channels, whose sizes do not fit. */
export const batchFindings = (
  agent: AgentTree,
  users: readonly ChannelUser[],
  channels: readonly Seen[],
): FileFinding[] => {
  const byName = new Map(channels.map((channel) => [channel.name, channel]))
  return users.flatMap(({ word, component, channels: names }) =>
    names.flatMap((name) => {
      const channel = byName.get(name)
      return channel === undefined ? [] : findingFor(agent, word, component, channel)
    }),
  )
}
