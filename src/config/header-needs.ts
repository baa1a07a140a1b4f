/** Sinks that store nothing without a header (a date in a path needs the time), behind sources whose events never carry it. */
import type { FileFinding } from './finding.ts'
import type { Planned, PlannedSink, PlannedSource, Registry } from './plan.ts'
import type { Definition } from './setting.ts'
import { findingAt } from './settings-check.ts'
import type { AgentTree } from './tree.ts'

/** Undefined where it cannot be known from the file. */
const setBy = ({ definition, values }: Planned<Definition>): readonly string[] | undefined =>
  definition.headersSet?.(values)

/** Whether the file says that no event of the source can have the header. */
const lacks = (source: PlannedSource<Registry>, header: string): boolean =>
  [source, ...source.interceptors].every((part) => setBy(part)?.includes(header) === false)

const findingsFor = (
  agent: AgentTree,
  sink: PlannedSink<Registry>,
  sources: readonly PlannedSource<Registry>[],
): FileFinding[] => {
  const need = sink.definition.headerNeeded?.(sink.values)
  if (need === undefined) return []
  const { setting, header, hint } = need
  const tree = agent.kinds.sinks.components.get(sink.name)
  const at = tree?.given.get(setting) ?? tree?.at ?? agent.at
  return sources
    .filter((source) => source.channels.includes(sink.channel) && lacks(source, header))
    .map(({ name }) => {
      const says = `sink ${sink.name} cannot store what source ${name} brings: ${setting} needs the header ${header}, and nothing sets it`
      return findingAt(at, 'warning', says, hint)
    })
}

/** A warning for each sink and each source before it that cannot fit together. */
export const headerFindings = (
  agent: AgentTree,
  sources: readonly PlannedSource<Registry>[],
  sinks: readonly PlannedSink<Registry>[],
): FileFinding[] => sinks.flatMap((sink) => findingsFor(agent, sink, sources))
