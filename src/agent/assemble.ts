/** A checked plan becomes parts: channels, sinks in their groups, sources, each with its counters. Nothing is opened here. */
import { Fault } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import type { Planned, PlannedSink, PlannedSource } from '../config/plan.ts'
import type { Definition } from '../config/setting.ts'
import type { Channel } from '../flow/channel.ts'
import type { Context } from '../flow/context.ts'
import type { Interceptor } from '../flow/interceptor.ts'
import type { Selector } from '../flow/selector.ts'
import type { Sink } from '../flow/sink.ts'
import type { Source } from '../flow/source.ts'
import type { CounterGroup } from '../monitor/counters.ts'
import { aheadMax } from './ahead-max.ts'
import { ChannelPort } from './channel-port.ts'
import { Delivery } from './deliver.ts'
import type { RunningEnvironment } from './environment.ts'
import { SinkMember } from './member.ts'
import { quarantineOf } from './quarantine.ts'
import type { AgentPlan, AgentRegistry } from './registry.ts'
import { Rejects } from './rejects.ts'
import { alone } from './sink-groups/default.ts'
import { SinkLane } from './sink-lane.ts'
import { SinkRunner } from './sink-runner.ts'
import { SourceRunner } from './source-runner.ts'

export interface Parts {
  readonly ports: readonly ChannelPort[]
  readonly sinkRunners: readonly SinkRunner[]
  readonly sourceRunners: readonly SourceRunner[]
}

/** Components log under their class name, as Flume's do. */
const logOf = (environment: RunningEnvironment, { type, aliases }: Definition): Log =>
  environment.log.named(aliases[0] ?? type)

const contextOf = (
  { name, definition }: Planned<Definition>,
  counters: CounterGroup,
  environment: RunningEnvironment,
): Context => {
  const { agent, clock, disk, random } = environment
  return { agent, name, log: logOf(environment, definition), counters, clock, disk, random }
}

/** Throws when the selector's settings name a channel that the source does not have. */
const selectorOf = ({ name, selector: { definition, values }, channels }: PlannedSource<AgentRegistry>): Selector => {
  for (const { setting, channel } of definition.channelsNamed(values)) {
    if (channels.includes(channel)) continue
    const problem = `${channel} is none of the source's channels, ${channels.join(' ')}`
    throw new Fault('BAD_SETTING', { setting: `sources.${name}.selector.${setting}`, problem })
  }
  return definition.create(values, channels)
}

class Assembly {
  readonly #plan: AgentPlan
  readonly #environment: RunningEnvironment
  readonly #onStored: () => void
  readonly #ports = new Map<string, ChannelPort>()

  constructor(plan: AgentPlan, environment: RunningEnvironment, onStored: () => void) {
    this.#plan = plan
    this.#environment = environment
    this.#onStored = onStored
  }

  async parts(): Promise<Parts> {
    const ports: ChannelPort[] = []
    for (const planned of this.#plan.channels) ports.push(await this.#channel(planned))
    const sinkRunners = await this.#sinkRunners()
    const sourceRunners: SourceRunner[] = []
    for (const planned of this.#plan.sources) sourceRunners.push(await this.#sourceRunner(planned))
    return { ports, sinkRunners, sourceRunners }
  }

  async #channel(planned: AgentPlan['channels'][number]): Promise<ChannelPort> {
    const counters = this.#environment.monitor.group('CHANNEL', planned.name)
    const context = contextOf(planned, counters, this.#environment)
    const channel: Channel = await planned.definition.create(planned.values, context)
    const port = new ChannelPort(planned.name, channel, counters, this.#environment)
    this.#ports.set(planned.name, port)
    return port
  }

  async #sinkRunners(): Promise<SinkRunner[]> {
    const { sinks, groups } = this.#plan
    const grouped = new Set(groups.flatMap((group) => group.sinks))
    const runners: SinkRunner[] = []
    for (const sink of sinks) if (!grouped.has(sink.name)) runners.push(await this.#sinkAlone(sink))
    for (const group of groups) runners.push(await this.#sinkGroup(group))
    return runners
  }

  async #sinkAlone(planned: PlannedSink<AgentRegistry>): Promise<SinkRunner> {
    const { lane, member, counters } = await this.#member(planned, [])
    const processor = alone(member, this.#environment.clock)
    const environment = this.#environment
    return new SinkRunner({ name: planned.name, lanes: [lane], counters: [counters], processor, environment })
  }

  async #sinkGroup({ name, definition, values, sinks }: AgentPlan['groups'][number]): Promise<SinkRunner> {
    const environment = this.#environment
    const made = []
    for (const sink of sinks) {
      const planned = this.#plan.sinks.find((candidate) => candidate.name === sink)
      if (planned !== undefined) made.push(await this.#member(planned, sinks))
    }
    const { clock, random } = environment
    const processor = definition.create(values, { members: made.map((m) => m.member), clock, random })
    const lanes = made.map((m) => m.lane)
    return new SinkRunner({ name, lanes, counters: made.map((m) => m.counters), processor, environment })
  }

  async #member(planned: PlannedSink<AgentRegistry>, group: readonly string[]) {
    const environment = this.#environment
    const { clock } = environment
    const { name } = planned
    const counters = environment.monitor.group('SINK', name)
    const context = contextOf(planned, counters, environment)
    const sink: Sink = await planned.definition.create(planned.values, context)
    const { log } = context
    const rejects = new Rejects({ name, sink, quarantine: quarantineOf(planned, environment), log, clock })
    const onStored = (): void => {
      member.stored()
      this.#onStored()
    }
    const lane = new SinkLane({ name, sink, port: this.#port(planned.channel), rejects, counters, clock, onStored })
    const member = new SinkMember(lane, group, log, clock)
    return { lane, member, counters }
  }

  async #sourceRunner(planned: PlannedSource<AgentRegistry>): Promise<SourceRunner> {
    const environment = this.#environment
    const { name } = planned
    const counters = environment.monitor.group('SOURCE', name)
    const ports = planned.channels.map((channel) => this.#port(channel))
    const context = contextOf(planned, counters, environment)
    const selector = selectorOf(planned)
    const source: Source = await planned.definition.create(planned.values, {
      ...context,
      aheadMax: aheadMax(planned, ports, selector),
      grace: environment.graceOver,
    })
    const interceptors = await this.#interceptors(planned, counters)
    const { whenRefused } = source
    const { log } = context
    const delivery = new Delivery({
      source: name,
      interceptors,
      selector,
      ports,
      whenRefused,
      counters,
      log,
      environment,
    })
    return new SourceRunner({ name, source, delivery, ports, counters, log, environment })
  }

  async #interceptors(planned: PlannedSource<AgentRegistry>, counters: CounterGroup): Promise<Interceptor[]> {
    const made: Interceptor[] = []
    for (const interceptor of planned.interceptors) {
      const context = contextOf(interceptor, counters, this.#environment)
      made.push(await interceptor.definition.create(interceptor.values, context))
    }
    return made
  }

  #port(name: string): ChannelPort {
    const port = this.#ports.get(name)
    if (port === undefined) throw new Error(`The plan has no channel ${name}`)
    return port
  }
}

/** All parts of the plan's agent. `onStored` is called whenever a sink has stored something. */
export const assemble = (plan: AgentPlan, environment: RunningEnvironment, onStored: () => void): Promise<Parts> =>
  new Assembly(plan, environment, onStored).parts()
