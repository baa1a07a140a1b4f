/** Folders and files that only one component may use (a lock guards them, and the second would never open), used by two of an agent. */
import { resolve } from 'node:path'
import type { FileFinding } from './finding.ts'
import { answerOf, type Seen } from './seen.ts'
import { findingAt } from './settings-check.ts'
import type { AgentTree, ComponentTree } from './tree.ts'

const findingFor = (tree: ComponentTree, setting: string, says: string): FileFinding => {
  const at = tree.given.get(setting) ?? tree.given.get('type') ?? tree.at
  return findingAt(at, 'fault', says, `only one can have it: set ${setting} of each to a path of its own`)
}

/** A fault for each path of a component that an earlier one has, too. */
export const ownedPathFindings = (
  agent: AgentTree,
  { sources, channels }: Readonly<Record<'sources' | 'channels', readonly Seen[]>>,
): FileFinding[] => {
  const owners = new Map<string, string>()
  const findingsOf = (word: 'sources' | 'channels', seen: Seen) => {
    const title = `${word.slice(0, -1)} ${seen.name}`
    const tree = agent.kinds[word].components.get(seen.name)
    const owned = answerOf(seen, (definition, values) => definition.pathsOwned?.(values)) ?? []
    return owned.flatMap(({ setting, path: given }) => {
      const path = resolve(given)
      const owner = owners.get(path) ?? title
      owners.set(path, owner)
      if (owner === title || tree === undefined) return []
      return [findingFor(tree, setting, `${owner} and ${title} both use ${path}`)]
    })
  }
  return [
    ...sources.flatMap((source) => findingsOf('sources', source)),
    ...channels.flatMap((channel) => findingsOf('channels', channel)),
  ]
}
