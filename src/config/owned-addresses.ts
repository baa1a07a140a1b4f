/** Addresses that two sources of an agent listen on: the second would try for ever. The agent runs all the same, as in Flume, so these are warnings. */
import type { FileFinding } from './finding.ts'
import { answerOf, type ChannelUser } from './seen.ts'
import { findingAt } from './settings-check.ts'
import type { AgentTree } from './tree.ts'

interface Listener {
  readonly title: string
  readonly name: string
  readonly setting: string
  readonly host: string
  readonly port: number
}

const addressOf = ({ host, port }: Listener): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

/** Whether the first is every address of a kind that the second is of. */
const isEvery = (host: string, other: string): boolean => host === '::' || (host === '0.0.0.0' && !other.includes(':'))

const clash = (first: Listener, second: Listener): Pick<FileFinding, 'says' | 'hint'> | undefined => {
  if (first.port !== second.port) return undefined
  const cure = `set ${second.setting} of each to one of its own`
  if (first.host.toLowerCase() === second.host.toLowerCase()) {
    const says = `${first.title} and ${second.title} both listen on ${addressOf(second)}`
    return { says, hint: `only one can: ${cure}` }
  }
  if (!isEvery(first.host, second.host) && !isEvery(second.host, first.host)) return undefined
  const each = `${first.title} listens on ${addressOf(first)} and ${second.title} on ${addressOf(second)}`
  const says = `${each}, and one of the two is every address`
  return { says, hint: `on most systems only one can: ${cure}` }
}

const listenersOf = ({ component }: ChannelUser): Listener[] => {
  const at = answerOf(component, (definition, values) => definition.listensOn?.(values))
  // At port 0 the system chooses one that is free.
  return at === undefined || at.port === 0 ? [] : [{ ...at, name: component.name, title: `source ${component.name}` }]
}

/** What is said of each source that listens where an earlier one does. */
export const ownedAddressFindings = (agent: AgentTree, sources: readonly ChannelUser[]): FileFinding[] => {
  const listeners = sources.flatMap(listenersOf)
  return listeners.flatMap((second, i) => {
    const [found] = listeners.slice(0, i).flatMap((first) => clash(first, second) ?? [])
    const tree = agent.kinds.sources.components.get(second.name)
    if (found === undefined || tree === undefined) return []
    return [findingAt(tree.given.get(second.setting) ?? tree.at, 'warning', found.says, found.hint)]
  })
}
