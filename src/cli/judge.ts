/** From files on the command line to judged agents: what `check` prints and `agent` starts. */
import { homedir, tmpdir, userInfo } from 'node:os'
import type { AgentPlan } from '../agent/registry.ts'
import { Fault, systemCode } from '../base/faults.ts'
import { checkAgent } from '../config/check.ts'
import { closest } from '../config/did-you-mean.ts'
import { type FileFinding, inFileOrder } from '../config/finding.ts'
import { loadConfig } from '../config/load.ts'
import { jvmProperties } from '../config/substitution.ts'
import type { AgentTree } from '../config/tree.ts'
import { readAgentFiles } from './agent-files.ts'
import { withModules } from './modules.ts'
import { registry } from './registry.ts'

export interface Request {
  /** In the order of the command line; later ones win. */
  readonly files: readonly string[]
  /** All agents of the files when undefined. */
  readonly agent: string | undefined
  /** The -D properties. */
  readonly properties: ReadonlyMap<string, string>
  readonly lenient: boolean
}

export interface JudgedAgent {
  readonly name: string
  readonly plan: AgentPlan | undefined
}

export interface Judgement {
  readonly agents: readonly JudgedAgent[]
  readonly findings: readonly FileFinding[]
}

const userName = (): string => {
  try {
    return userInfo().username
  } catch (thrown) {
    // A user id without an entry in the system's list, as in many containers.
    if (systemCode(thrown) === undefined) throw thrown
    return process.env['USER'] ?? ''
  }
}

const surroundings = (properties: ReadonlyMap<string, string>) => ({
  env: process.env,
  properties: new Map([
    ...jvmProperties({ home: homedir(), folder: process.cwd(), user: userName(), temporary: tmpdir() }),
    ...properties,
  ]),
  nowMs: Date.now(),
})

/** The agents asked for. Throws AGENT_UNKNOWN with those there are. */
const chosen = (agents: ReadonlyMap<string, AgentTree>, { agent, files }: Request): AgentTree[] => {
  if (agent === undefined) return [...agents.values()]
  const found = agents.get(agent)
  if (found !== undefined) return [found]
  const near = closest(agent, agents.keys())
  throw new Fault('AGENT_UNKNOWN', {
    agent,
    files: files.join(', '),
    agents: [...agents.keys()].join(' ') || 'none',
    meant: near === undefined ? '' : ` Did you mean ${near}?`,
  })
}

const sameFinding = (a: FileFinding, b: FileFinding): boolean =>
  a.file === b.file && a.line === b.line && a.says === b.says

const isFault = ({ level }: FileFinding): boolean => level === 'fault'

/** A module that cannot be loaded leaves a type that nobody has: one fault says it, the one with the reason. */
const isSaid = (finding: FileFinding, ofModules: readonly FileFinding[]): boolean =>
  isFault(finding) && ofModules.some(({ file, line }) => file === finding.file && line === finding.line)

/** Reads, loads and judges. Throws a Fault for files that cannot be read and for an agent that is not in them. */
export const judge = async (request: Request): Promise<Judgement> => {
  const { texts, findings: ofReading } = readAgentFiles(request.files)
  const { agents, findings: ofLoading } = await loadConfig(texts, surroundings(request.properties))
  const findings: FileFinding[] = [...ofReading, ...ofLoading]
  const isRefused = (found: readonly FileFinding[]): boolean => !request.lenient && found.some(isFault)
  const allAreRefused = isRefused(findings)
  const judged: JudgedAgent[] = []
  for (const tree of chosen(agents, request)) {
    const extended = await withModules(tree, registry)
    const options = { lenient: request.lenient, env: process.env }
    const { plan, findings: ofAgent } = checkAgent(tree, extended.registry, options)
    const own = [...extended.findings, ...ofAgent.filter((finding) => !isSaid(finding, extended.findings))]
    judged.push({ name: tree.name, plan: allAreRefused || isRefused(own) ? undefined : plan })
    findings.push(...own)
  }
  return {
    agents: judged,
    findings: inFileOrder(findings.filter((f, i) => findings.findIndex((other) => sameFinding(f, other)) === i)),
  }
}
