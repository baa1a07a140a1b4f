/** Which channels a source, a selector or a sink may name. */
import type { PropertyEntry } from './entry.ts'
import type { FileFinding } from './finding.ts'
import { meantOr, notIn } from './name-list.ts'
import { findingAt } from './settings-check.ts'

export interface ChannelNames {
  /** In the list, whatever else is wrong with them. */
  readonly declared: ReadonlySet<string>
  /** With settings, in the list or not. */
  readonly configured: ReadonlySet<string>
  /** In the list and without a fault. */
  readonly sound: ReadonlySet<string>
}

/**
 * What is wrong with the name of a channel that `user` (`sink k1`) uses. Channels with faults of their own are not: those are said already.
 * `beside` are the names of the same list, none of which can have been meant.
 */
export const channelTrouble = (
  names: ChannelNames,
  channel: string,
  user: string,
  at: PropertyEntry,
  beside: readonly string[] = [],
): readonly FileFinding[] => {
  if (names.declared.has(channel)) return []
  const isIdle = names.configured.has(channel)
  const says = `${user} uses channel ${channel}, which ${isIdle ? 'is configured but in no list' : 'does not exist'}`
  const there =
    names.declared.size === 0 ? 'there are no channels' : `the channels are ${[...names.declared].join(' ')}`
  return [
    findingAt(
      at,
      'fault',
      says,
      isIdle ? 'add it to the list of channels' : meantOr(channel, notIn(beside, names.declared), there),
    ),
  ]
}
