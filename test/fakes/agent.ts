/** A whole agent of fakes: sources, channels and sinks that the test made, on a clock that it moves, with everything logged kept. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type RunningAgent, startAgent } from '../../src/agent/agent.ts'
import type { AgentPlan } from '../../src/agent/registry.ts'
import { replicating } from '../../src/agent/selectors/replicating.ts'
import type { Planned } from '../../src/config/plan.ts'
import type { Channel } from '../../src/flow/channel.ts'
import type { ChannelDefinition, SinkDefinition, SourceDefinition } from '../../src/flow/component.ts'
import type { SourceContext } from '../../src/flow/context.ts'
import type { Interceptor } from '../../src/flow/interceptor.ts'
import type { Sink } from '../../src/flow/sink.ts'
import type { Source } from '../../src/flow/source.ts'
import { realDisk } from '../../src/io/disk.ts'
import { Monitor } from '../../src/monitor/counters.ts'
import { FakeClock } from './clock.ts'
import { RecordingLog } from './context.ts'
import { seededRandom } from './random.ts'

export interface FakeSourcePart {
  readonly create: (context: SourceContext) => Source
  /** All channels unless given. */
  readonly channels?: readonly string[]
  readonly interceptors?: readonly Interceptor[]
  readonly selector?: Planned<AgentPlan['sources'][number]['selector']['definition']>
}

export interface FakeSinkPart {
  readonly sink: Sink
  /** The first channel unless given. */
  readonly channel?: string
  readonly onReject?: 'block' | 'quarantine'
  readonly rejectDirectory?: string
  /** Counters that it shows from its creation, besides those of every sink. */
  readonly counters?: readonly string[]
}

export interface FakeParts {
  readonly sources?: Readonly<Record<string, FakeSourcePart>>
  readonly channels: Readonly<Record<string, Channel>>
  readonly sinks?: Readonly<Record<string, FakeSinkPart>>
  readonly groups?: AgentPlan['groups']
  readonly graceMs?: number
  readonly clock?: FakeClock
}

export interface FakeAgent {
  readonly agent: RunningAgent
  readonly clock: FakeClock
  readonly log: RecordingLog
  readonly monitor: Monitor
}

const common = { type: 'fake', aliases: [], summary: 'A fake.', settings: {} }

/** A component of the plan that `create` makes. */
const planned = <D>(name: string, definition: D) => ({ name, definition, values: {}, where: 'test:1' })

export const plannedSelector = (
  definition: AgentPlan['sources'][number]['selector']['definition'],
  values: Readonly<Record<string, unknown>>,
): Planned<typeof definition> => ({ ...planned('selector', definition), values })

const planOf = ({ sources = {}, channels, sinks = {}, groups = [] }: FakeParts): AgentPlan => {
  const names = Object.keys(channels)
  return {
    agent: 'a1',
    sources: Object.entries(sources).map(([name, part]) => ({
      ...planned<SourceDefinition>(name, { ...common, create: (_, context) => part.create(context) }),
      channels: part.channels ?? names,
      selector: part.selector ?? plannedSelector(replicating, { optional: [] }),
      interceptors: (part.interceptors ?? []).map((made, i) => planned(`i${i}`, { ...common, create: () => made })),
    })),
    channels: Object.entries(channels).map(([name, channel]) =>
      planned<ChannelDefinition>(name, { ...common, create: () => channel }),
    ),
    sinks: Object.entries(sinks).map(([name, { sink, channel, onReject, rejectDirectory, counters = [] }]) => ({
      ...planned<SinkDefinition>(name, {
        ...common,
        create: (_, context) => {
          for (const counter of counters) context.counters.set(counter, 0)
          return sink
        },
      }),
      channel: channel ?? names[0] ?? '',
      onReject: onReject ?? 'block',
      rejectDirectory,
    })),
    groups,
  }
}

/** Starts the agent, and stops it after the test. */
export const startFakeAgent = async (parts: FakeParts): Promise<FakeAgent> => {
  const clock = parts.clock ?? new FakeClock()
  const log = new RecordingLog()
  const monitor = new Monitor()
  const agent = await startAgent(planOf(parts), {
    log,
    clock,
    disk: realDisk,
    random: seededRandom(1),
    monitor,
    graceMs: parts.graceMs ?? 10_000,
    stateDirectory: join(tmpdir(), 'millrace-fake-agent'),
  })
  onTestFinished(async () => {
    const over = Symbol('over')
    const stopped = agent.stop().then(() => over)
    while ((await Promise.race([stopped, clock.advanceSlowly(20_000, 1000)])) !== over);
  })
  return { agent, clock, log, monitor }
}
