/** Sinks that store nothing without a header (a date in a path needs the time), behind sources whose events never carry it. */
import type { FileFinding } from './finding.ts'
import { answerOf, type ChannelUser, type Seen } from './seen.ts'
import { findingAt } from './settings-check.ts'
import type { AgentTree } from './tree.ts'

/** Undefined where it cannot be known from the file. */
const setBy = (part: Seen): readonly string[] | undefined =>
  answerOf(part, (definition, values) => definition.headersSet?.(values))

/** Whether the file says that no event of the source can have the header. */
const lacks = ({ component, interceptors }: ChannelUser, header: string): boolean =>
  interceptors !== undefined && [component, ...interceptors].every((part) => setBy(part)?.includes(header) === false)

const findingsFor = (
  agent: AgentTree,
  { component: sink, channels: [channel = ''] }: ChannelUser,
  sources: readonly ChannelUser[],
): FileFinding[] => {
  const need = answerOf(sink, (definition, values) => definition.headerNeeded?.(values))
  if (need === undefined) return []
  const { setting, header, hint } = need
  const tree = agent.kinds.sinks.components.get(sink.name)
  const at = tree?.given.get(setting) ?? tree?.at ?? agent.at
  return sources
    .filter((source) => source.channels.includes(channel) && lacks(source, header))
    .map(({ component }) => {
      const says = `sink ${sink.name} cannot store what source ${component.name} brings: ${setting} needs the header ${header}, and nothing sets it`
      return findingAt(at, 'warning', says, hint)
    })
}

/** A warning for each sink and each source before it that cannot fit together. */
export const headerFindings = (
  agent: AgentTree,
  { sources, sinks }: Readonly<Record<'sources' | 'sinks', readonly ChannelUser[]>>,
): FileFinding[] => sinks.flatMap((sink) => findingsFor(agent, sink, sources))
