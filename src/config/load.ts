/** From the texts of one or more files to the agents in them: parsed, merged (later files win), substituted, put into a tree. */
import type { ParsedFile } from './entry.ts'
import type { FileFinding } from './finding.ts'
import { parseProperties } from './properties.ts'
import { type Surroundings, substitute } from './substitution.ts'
import { type AgentTree, hasLists, treeOf } from './tree.ts'
import { meantOr } from './name-list.ts'
import { hasFault } from './settings-check.ts'

export interface FileText {
  /** As it was given on the command line; findings call it so. */
  readonly file: string
  readonly text: string
}

export interface Loaded {
  /** Every agent that declares anything, in the order of the files. */
  readonly agents: ReadonlyMap<string, AgentTree>
  /** What is wrong, as far as it is not about one agent's components. */
  readonly findings: readonly FileFinding[]
}

/** YAML by the name's end, else properties. */
const parse = async ({ file, text }: FileText): Promise<ParsedFile> => {
  if (!/\.ya?ml$/i.test(file)) return parseProperties(text, file)
  const { parseYaml } = await import('./yaml.ts')
  return parseYaml(text, file)
}

/** Agents that only have settings and no list: a name misspelt in a line or two, unless there is nothing else. */
const strays = (agents: ReadonlyMap<string, AgentTree>): FileFinding[] => {
  const real = [...agents.values()].filter(hasLists).map((agent) => agent.name)
  return [...agents.values()]
    .filter((agent) => !hasLists(agent))
    .map(({ name, at }) => ({
      level: real.length === 0 ? 'fault' : 'warning',
      file: at.file,
      line: at.line,
      says: `agent ${name} lists no sources, channels or sinks`,
      hint: meantOr(name, real, `add ${name}.sources, ${name}.channels and ${name}.sinks`),
    }))
}

/** A file of nothing but comments, or none of several that has a key; what spoils a whole file is said by its parser. */
const agentless = (files: readonly FileText[]): FileFinding[] => {
  const hint = 'an agent begins with lines like a1.sources = r1, a1.channels = c1 and a1.sinks = k1'
  return files.map(({ file }) => ({ level: 'fault', file, line: 0, says: 'no agent is in this file', hint }))
}

/** Never throws: what is wrong is among the findings. */
export const loadConfig = async (files: readonly FileText[], around: Surroundings): Promise<Loaded> => {
  const parsed: ParsedFile[] = []
  for (const file of files) parsed.push(await parse(file))
  const { entries, findings } = substitute(
    parsed.flatMap((file) => file.entries),
    around,
  )
  const tree = treeOf(entries)
  const agents = new Map([...tree.agents].filter(([, agent]) => hasLists(agent)))
  const said = [...parsed.flatMap((file) => file.findings), ...findings]
  const empty = tree.agents.size === 0 && !hasFault(said) ? agentless(files) : []
  return {
    agents,
    findings: [...said, ...tree.findings, ...strays(tree.agents), ...empty],
  }
}
