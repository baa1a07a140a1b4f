/**
 * Judges one agent of a configuration against the components there are, and makes the plan that alone can be started. It collects everything that
 * is wrong at once. Strict, a single fault leaves no plan; lenient, the faulty part is left out as Flume leaves it out, and the rest is planned.
 */
import { batchFindings } from './batch-sizes.ts'
import { endsOf } from './channel-ends.ts'
import type { ChannelNames } from './channel-names.ts'
import { checkComponent, type Grounds, type Judged } from './component-check.ts'
import { type Declared, declaredIn } from './declared.ts'
import { type FileFinding, inFileOrder } from './finding.ts'
import { checkGroup } from './group-check.ts'
import { headerFindings } from './header-needs.ts'
import { ownedAddressFindings } from './owned-addresses.ts'
import { ownedPathFindings } from './owned-paths.ts'
import type { Plan, PlannedGroup, PlannedSink, Registry } from './plan.ts'
import type { ChannelUser, Seen } from './seen.ts'
import type { Environment } from './setting.ts'
import { findingAt, hasFault } from './settings-check.ts'
import { checkSink } from './sink-check.ts'
import { checkSource } from './source-check.ts'
import type { AgentTree, ComponentTree } from './tree.ts'

export interface CheckOptions {
  /** Leave faulty parts out instead of refusing the whole. */
  readonly lenient?: boolean
  /** What components may look at besides the file; nothing when undefined. */
  readonly env?: Environment
}

export interface CheckResult<R extends Registry> {
  /** Undefined when the agent cannot start. */
  readonly plan: Plan<R> | undefined
  /** In the order of the files and lines. */
  readonly findings: readonly FileFinding[]
}

const usersOf = (judged: readonly { readonly user: ChannelUser | undefined }[]): ChannelUser[] =>
  judged.flatMap(({ user }) => user ?? [])

class Check {
  readonly #agent: AgentTree
  readonly #grounds: Grounds
  readonly #findings: FileFinding[] = []

  constructor(agent: AgentTree, grounds: Grounds) {
    this.#agent = agent
    this.#grounds = grounds
  }

  get findings(): FileFinding[] {
    return this.#findings
  }

  plan(): Plan {
    this.#filters()
    const declared = {
      sources: this.#declared('sources'),
      channels: this.#declared('channels'),
      sinks: this.#declared('sinks'),
      groups: this.#declared('sinkgroups'),
    }
    const judgedChannels = declared.channels.components.map((tree) => this.#channel(tree))
    const channels = judgedChannels.flatMap((judged) => this.#kept(judged))
    const names: ChannelNames = {
      declared: declared.channels.names,
      configured: new Set(this.#agent.kinds.channels.components.keys()),
      sound: new Set(channels.map((channel) => channel.name)),
    }
    const judgedSources = declared.sources.components.map((tree) => checkSource(this.#grounds, tree, names))
    const sources = judgedSources.flatMap((judged) => this.#kept(judged))
    const judgedSinks = declared.sinks.components.map((tree) => checkSink(this.#grounds, tree, names))
    const sinks = judgedSinks.flatMap((judged) => this.#kept(judged))
    const groups = this.#groups(declared.groups, declared.sinks, sinks)
    this.#emptiness(declared.sources, declared.sinks)
    const { used, findings } = endsOf(
      this.#agent,
      judgedChannels.flatMap(({ seen }) => seen ?? []),
      declared,
    )
    this.#findings.push(...findings)
    this.#between(usersOf(judgedSources), usersOf(judgedSinks), used)
    const isUsed = (name: string): boolean => used.some((channel) => channel.name === name)
    return { agent: this.#agent.name, sources, channels: channels.filter(({ name }) => isUsed(name)), sinks, groups }
  }

  /** What is wrong between components, also where one of them has a fault of its own. */
  #between(sources: readonly ChannelUser[], sinks: readonly ChannelUser[], channels: readonly Seen[]): void {
    this.#findings.push(
      ...batchFindings(this.#agent, [...sources, ...sinks], channels),
      ...headerFindings(this.#agent, { sources, sinks }),
      ...ownedAddressFindings(this.#agent, sources),
      ...ownedPathFindings(this.#agent, { sources: sources.map(({ component }) => component), channels }),
    )
  }

  #declared(word: 'sources' | 'channels' | 'sinks' | 'sinkgroups'): Declared {
    const declared = declaredIn(this.#agent, word)
    this.#findings.push(...declared.findings)
    return declared
  }

  #kept<P>(judged: { readonly planned: P | undefined; readonly findings: readonly FileFinding[] }): P[] {
    this.#findings.push(...judged.findings)
    return judged.planned === undefined ? [] : [judged.planned]
  }

  #channel({ name, given, at }: ComponentTree): Judged {
    const subject = { kind: 'channel', name, title: `channel ${name}`, given, at } as const
    return checkComponent(this.#grounds, { ...subject, prefix: '', others: [], engine: {} })
  }

  #groups(declared: Declared, sinks: Declared, planned: readonly PlannedSink<Registry>[]): PlannedGroup<Registry>[] {
    const names = { declared: sinks.names, sound: new Set(planned.map((sink) => sink.name)) }
    const earlier = { named: new Map<string, string>(), taken: new Set<string>() }
    return declared.components.flatMap((tree) => {
      const judged = checkGroup(this.#grounds, tree, names, earlier)
      for (const sink of judged.names) if (!earlier.named.has(sink)) earlier.named.set(sink, tree.name)
      for (const sink of judged.planned?.sinks ?? []) earlier.taken.add(sink)
      return this.#kept(judged)
    })
  }

  #emptiness(sources: Declared, sinks: Declared): void {
    const { name, kinds, at } = this.#agent
    if (kinds.channels.list === undefined)
      this.#findings.push(findingAt(at, 'fault', `agent ${name} has no channels`, `add ${name}.channels`))
    if (sources.names.size === 0 && sinks.names.size === 0)
      this.#findings.push(
        findingAt(at, 'fault', `agent ${name} has no sources and no sinks`, `add ${name}.sources and ${name}.sinks`),
      )
    else if (sources.names.size === 0)
      this.#findings.push(
        findingAt(at, 'warning', `agent ${name} has no sources`, `add ${name}.sources, unless that is meant`),
      )
    else if (sinks.names.size === 0)
      this.#findings.push(
        findingAt(at, 'warning', `agent ${name} has no sinks`, `add ${name}.sinks, unless that is meant`),
      )
  }

  #filters(): void {
    const { list, components } = this.#agent.kinds.configfilters
    const at = list ?? [...components.values()][0]?.at
    if (at === undefined) return
    const hint = 'write ${env:NAME} for an environment variable'
    this.#findings.push(
      findingAt(
        at,
        'warning',
        `config filters are not there yet, and ${this.#agent.name}.configfilters has no effect`,
        hint,
      ),
    )
  }
}

const canRun = (plan: Plan): boolean => plan.channels.length > 0 && plan.sources.length + plan.sinks.length > 0

/** Sinks of a group that cannot be made go with it, as in Flume. */
const withoutLostGroups = (agent: AgentTree, plan: Plan): Plan => {
  const lost = [...agent.kinds.sinkgroups.components.values()].filter(
    (tree) => !plan.groups.some((g) => g.name === tree.name),
  )
  const listed = (agent.kinds.sinkgroups.list?.value ?? '').split(/[\s,]+/)
  const gone = new Set(
    lost
      .filter((tree) => listed.includes(tree.name))
      .flatMap((tree) => tree.given.get('sinks')?.value.split(/[\s,]+/) ?? []),
  )
  const kept = new Set(plan.groups.flatMap((group) => group.sinks))
  return { ...plan, sinks: plan.sinks.filter((sink) => kept.has(sink.name) || !gone.has(sink.name)) }
}

/** Judges one agent. Pure: it opens nothing and asks nobody. */
export const checkAgent = <R extends Registry>(
  agent: AgentTree,
  registry: R,
  options: CheckOptions = {},
): CheckResult<R> => {
  const check = new Check(agent, { registry, env: options.env ?? {} })
  const plan = withoutLostGroups(agent, check.plan())
  const findings = inFileOrder(check.findings)
  const starts = canRun(plan) && (options.lenient === true || !hasFault(findings))
  // The definitions in the plan are those of the registry that was passed in, which the classes above know by their general type only.
  return { plan: starts ? (plan as Plan<R>) : undefined, findings }
}
