/**
 * What each channel is connected to. One without any user is left out, as Flume leaves it out; one that only sources use fills up, and one that
 * only sinks use gives nothing, unless it is one that others fill and empty, too.
 */
import type { Declared } from './declared.ts'
import type { FileFinding } from './finding.ts'
import type { Seen } from './seen.ts'
import { findingAt } from './settings-check.ts'
import type { AgentTree } from './tree.ts'

interface Named {
  readonly names: ReadonlySet<string>
  /** Whether each component names channels that are there; where one does not, a fault of its own says so, and it may have been meant for any. */
  readonly isSure: boolean
}

const namedBy = ({ components, names }: Declared, setting: string, channels: ReadonlySet<string>): Named => {
  const lists = components.map(({ given }) => given.get(setting)?.value.split(/[\s,]+/) ?? [])
  const isSure =
    components.length === names.size &&
    lists.every((list) => list.length > 0 && list.every((name) => channels.has(name)))
  return { names: new Set(lists.flat()), isSure }
}

export interface Ends {
  /** Those that something is connected to. */
  readonly used: readonly Seen[]
  readonly findings: readonly FileFinding[]
}

/** Looks at what the sources and sinks in the lists name, whatever else is wrong with them or with the channels. */
export const endsOf = (
  agent: AgentTree,
  channels: readonly Seen[],
  declared: Readonly<Record<'sources' | 'channels' | 'sinks', Declared>>,
): Ends => {
  const ins = namedBy(declared.sources, 'channels', declared.channels.names)
  const outs = namedBy(declared.sinks, 'channel', declared.channels.names)
  const findings: FileFinding[] = []
  const warn = (name: string, says: string, hint: string): void => {
    const at = agent.kinds.channels.components.get(name)?.at ?? agent.at
    findings.push(findingAt(at, 'warning', `channel ${name} ${says}`, hint))
  }
  const used = channels.filter(({ name, definition }) => {
    const [hasSource, hasSink] = [ins.names.has(name), outs.names.has(name)]
    if (!hasSource && !hasSink) {
      warn(name, 'has neither a source nor a sink, and is left out', 'connect it, or remove it')
      return false
    }
    if (definition.shared === true) return true
    if (!hasSink && outs.isSure)
      warn(name, 'has no sink: it fills up, and then its sources wait', `add a sink with channel = ${name}`)
    // Of an agent without any source that is said already.
    if (!hasSource && ins.isSure && ins.names.size > 0)
      warn(
        name,
        'has no source: its sinks have nothing to take',
        'name it in the channels of a source, unless it is only to be emptied',
      )
    return true
  })
  return { used, findings }
}
