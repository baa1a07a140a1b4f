/**
 * The keys of a configuration as the tree they mean: agents, their kinds, components and settings, each with its place. A key that fits nowhere
 * becomes a finding, as it is one that Flume passes over in a log line that nobody reads.
 */
import { closest } from './did-you-mean.ts'
import type { PropertyEntry } from './entry.ts'
import type { FileFinding } from './finding.ts'

export const kindWords = ['sources', 'channels', 'sinks', 'sinkgroups', 'configfilters'] as const
export type KindWord = (typeof kindWords)[number]

/** Settings by their name below the component, `hdfs.path`. The last entry of a name is the one that counts. */
export type Given = ReadonlyMap<string, PropertyEntry>

export interface ComponentTree {
  readonly name: string
  readonly given: Given
  /** Its first line. */
  readonly at: PropertyEntry
}

export interface KindTree {
  /** The line `a1.sources = r1 r2`. */
  readonly list: PropertyEntry | undefined
  /** Everything that has settings, in a list or not, in the order of the file. */
  readonly components: ReadonlyMap<string, ComponentTree>
}

export interface AgentTree {
  readonly name: string
  readonly kinds: Readonly<Record<KindWord, KindTree>>
  /** Its first line. */
  readonly at: PropertyEntry
}

export interface ConfigTree {
  readonly agents: ReadonlyMap<string, AgentTree>
  readonly findings: readonly AgentFinding[]
}

/** A finding that is about one agent's lines, so that it can be left out when another agent is asked for. */
export interface AgentFinding extends FileFinding {
  readonly agent: string
}

interface GrowingComponent {
  readonly name: string
  readonly given: Map<string, PropertyEntry>
  readonly at: PropertyEntry
}

interface GrowingKind {
  list: PropertyEntry | undefined
  readonly components: Map<string, GrowingComponent>
}

interface GrowingAgent {
  readonly name: string
  readonly kinds: Record<KindWord, GrowingKind>
  readonly at: PropertyEntry
}

const emptyKind = (): GrowingKind => ({ list: undefined, components: new Map() })

const emptyAgent = (name: string, at: PropertyEntry): GrowingAgent => ({
  name,
  at,
  kinds: {
    sources: emptyKind(),
    channels: emptyKind(),
    sinks: emptyKind(),
    sinkgroups: emptyKind(),
    configfilters: emptyKind(),
  },
})

const isKind = (word: string): word is KindWord => (kindWords as readonly string[]).includes(word)

const misfit = (entry: PropertyEntry, agent: string, says: string, hint: string): AgentFinding => ({
  level: 'warning',
  file: entry.file,
  line: entry.line,
  agent,
  says,
  hint,
})

const noKind = (entry: PropertyEntry, agent: string, word: string): AgentFinding => {
  const near = closest(word, kindWords)
  const hint = near === undefined ? `it is one of ${kindWords.join(', ')}` : `did you mean ${agent}.${near}?`
  return misfit(entry, agent, `${entry.key} is ignored: ${word} is no kind of component`, hint)
}

/** Parts of `a1.sources.r1.type`; the last keeps its dots. */
const split = (key: string): readonly [string, string, string, string] => {
  const [agent = '', kind = '', name = '', ...rest] = key.split('.')
  return [agent, kind, name, rest.join('.')]
}

class Growing {
  readonly agents = new Map<string, GrowingAgent>()
  readonly findings: AgentFinding[] = []

  add(entry: PropertyEntry): void {
    const [agent, kind, name, property] = split(entry.key)
    if (agent === '' || kind === '') {
      this.findings.push(misfit(entry, agent, `${entry.key} is ignored`, 'a key is AGENT.KIND.NAME.SETTING'))
    } else if (isKind(kind)) this.#place(entry, this.#agent(agent, entry).kinds[kind], agent, name, property)
    else {
      this.#agent(agent, entry)
      this.findings.push(noKind(entry, agent, kind))
    }
  }

  #agent(name: string, at: PropertyEntry): GrowingAgent {
    const agent = this.agents.get(name) ?? emptyAgent(name, at)
    this.agents.set(name, agent)
    return agent
  }

  #place(entry: PropertyEntry, kind: GrowingKind, agent: string, name: string, property: string): void {
    if (name === '') {
      kind.list = entry
      return
    }
    if (property === '') {
      this.findings.push(
        misfit(entry, agent, `${entry.key} is ignored: it names no setting`, 'add .SETTING to the key'),
      )
      return
    }
    const component = kind.components.get(name) ?? { name, given: new Map<string, PropertyEntry>(), at: entry }
    kind.components.set(name, component)
    component.given.set(property, entry)
  }
}

/** The tree of all entries, those of later files last. */
export const treeOf = (entries: readonly PropertyEntry[]): ConfigTree => {
  const growing = new Growing()
  for (const entry of entries) growing.add(entry)
  return growing
}

/** Whether the file declares anything for it; a misspelt agent name in one line makes an agent that does not. */
export const hasLists = (agent: AgentTree): boolean => kindWords.some((kind) => agent.kinds[kind].list !== undefined)

/** The settings below `prefix.` (`selector`), without it. */
export const below = (given: Given, prefix: string): Given => {
  const start = `${prefix}.`
  return new Map(
    [...given].filter(([key]) => key.startsWith(start)).map(([key, entry]) => [key.slice(start.length), entry]),
  )
}
