/** A delivery in front of scripted channels, without a source or sinks. */
import { ChannelPort } from '../../src/agent/channel-port.ts'
import { Delivery } from '../../src/agent/deliver.ts'
import type { RunningEnvironment } from '../../src/agent/environment.ts'
import { replicating } from '../../src/agent/selectors/replicating.ts'
import type { Channel } from '../../src/flow/channel.ts'
import type { Interceptor } from '../../src/flow/interceptor.ts'
import type { Selector } from '../../src/flow/selector.ts'
import type { Source } from '../../src/flow/source.ts'
import { realDisk } from '../../src/io/disk.ts'
import { CounterGroup, Monitor } from '../../src/monitor/counters.ts'
import { FakeClock } from './clock.ts'
import { RecordingLog } from './context.ts'
import { seededRandom } from './random.ts'

export interface FakeDeliveryOptions {
  readonly whenRefused?: Source['whenRefused']
  readonly interceptors?: readonly Interceptor[]
  /** Replicating to all but the `optional` channels unless given. */
  readonly selector?: Selector
  readonly optional?: readonly string[]
}

export const fakeDelivery = (channels: Readonly<Record<string, Channel>>, options: FakeDeliveryOptions = {}) => {
  const clock = new FakeClock()
  const log = new RecordingLog()
  const grace = new AbortController()
  const broken: unknown[] = []
  const environment: RunningEnvironment = {
    agent: 'a1',
    log,
    clock,
    disk: realDisk,
    random: seededRandom(1),
    monitor: new Monitor(),
    graceMs: 10_000,
    stateDirectory: '.',
    graceOver: grace.signal,
    broken: (error) => broken.push(error),
  }
  const names = Object.keys(channels)
  const ports = Object.entries(channels).map(
    ([name, channel]) => new ChannelPort(name, channel, new CounterGroup('CHANNEL', name), environment),
  )
  const counters = new CounterGroup('SOURCE', 'r1')
  const delivery = new Delivery({
    source: 'r1',
    selector: options.selector ?? replicating.create({ optional: options.optional ?? [] }, names),
    ports,
    whenRefused: options.whenRefused ?? 'retry',
    interceptors: options.interceptors ?? [],
    counters,
    log,
    environment,
  })
  return { delivery, deliver: delivery.deliver, clock, log, grace, counters, ports, broken }
}
