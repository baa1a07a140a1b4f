/** Which definitions an agent is made of. The lists themselves are passed in: nothing in the engine knows a particular component. */
import type { Plan, Registry } from '../config/plan.ts'
import type { ChannelDefinition, InterceptorDefinition, SinkDefinition, SourceDefinition } from '../flow/component.ts'
import type { SelectorDefinition } from './selectors/definition.ts'
import type { ProcessorDefinition } from './sink-groups/definition.ts'

export interface AgentRegistry extends Registry {
  readonly sources: readonly SourceDefinition[]
  readonly channels: readonly ChannelDefinition[]
  readonly sinks: readonly SinkDefinition[]
  readonly interceptors: readonly InterceptorDefinition[]
  readonly selectors: readonly SelectorDefinition[]
  readonly processors: readonly ProcessorDefinition[]
}

export type AgentPlan = Plan<AgentRegistry>
