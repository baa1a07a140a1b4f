/**
 * The counters of every component, under Flume's names, so that dashboards made for Flume go on working. A counter is one number in one
 * object that a runner keeps hold of: counting costs an addition per batch, never a look-up.
 */
import { type Log, silentLog } from '../base/log.ts'

export type GroupKind = 'SOURCE' | 'CHANNEL' | 'SINK'

export interface Counter {
  value: number
}

/** What each kind shows from the start, in the order of Flume's user guide. `StartTime`, `StopTime` and `Type` come on top. */
const attributes: Readonly<Record<GroupKind, readonly string[]>> = {
  SOURCE: [
    'EventReceivedCount',
    'EventAcceptedCount',
    'AppendReceivedCount',
    'AppendAcceptedCount',
    'AppendBatchReceivedCount',
    'AppendBatchAcceptedCount',
    'OpenConnectionCount',
    'EventReadFail',
    'ChannelWriteFail',
    'GenericProcessingFail',
  ],
  CHANNEL: [
    'ChannelCapacity',
    'ChannelSize',
    'ChannelFillPercentage',
    'EventPutAttemptCount',
    'EventPutSuccessCount',
    'EventTakeAttemptCount',
    'EventTakeSuccessCount',
  ],
  SINK: [
    'BatchCompleteCount',
    'BatchEmptyCount',
    'BatchUnderflowCount',
    'ConnectionCreatedCount',
    'ConnectionClosedCount',
    'ConnectionFailedCount',
    'EventDrainAttemptCount',
    'EventDrainSuccessCount',
    'EventWriteFail',
    'ChannelReadFail',
  ],
}

/** The counters of one component. What components know as `Counters` is this. */
export class CounterGroup {
  readonly kind: GroupKind
  readonly name: string
  readonly #counters = new Map<string, Counter>()
  readonly #gauges = new Map<string, () => number | string>()
  readonly #log: Log

  constructor(kind: GroupKind, name: string, log: Log = silentLog) {
    this.#log = log
    this.kind = kind
    this.name = name
    for (const attribute of attributes[kind]) this.counter(attribute)
    this.counter('StartTime')
    this.counter('StopTime')
  }

  /** The counter of that name, to be kept and added to. */
  counter(name: string): Counter {
    let counter = this.#counters.get(name)
    if (counter === undefined) this.#counters.set(name, (counter = { value: 0 }))
    return counter
  }

  /** The counter of that name, if the component shows one. */
  shown(name: string): Counter | undefined {
    return this.#counters.get(name)
  }

  add(name: string, amount: number): void {
    this.counter(name).value += amount
  }

  set(name: string, value: number): void {
    this.counter(name).value = value
  }

  /** A value that is read when somebody asks for it. */
  gauge(name: string, read: () => number | string): void {
    this.counter(name)
    this.#gauges.set(name, read)
  }

  /** Milliseconds since 1970, as all times of Flume's counters. Says so in the line that scripts wait for. */
  started(nowMs: number): void {
    this.set('StartTime', nowMs)
    this.set('StopTime', 0)
    this.#log.info(`Component type: ${this.kind}, name: ${this.name} started`)
  }

  stopped(nowMs: number): void {
    this.set('StopTime', nowMs)
    this.#log.info(`Component type: ${this.kind}, name: ${this.name} stopped`)
  }

  /** Name and value of every counter as it stands now. */
  *values(): Generator<readonly [name: string, value: number | string]> {
    for (const [name, { value }] of this.#counters) yield [name, this.#gauges.get(name)?.() ?? value]
  }
}

/** All groups of a process. A component of the same kind and name takes the place of an earlier one, as in Flume. */
export class Monitor {
  readonly #groups = new Map<string, CounterGroup>()
  readonly #log: Log

  /** `log` hears of components that start and stop. */
  constructor(log: Log = silentLog) {
    this.#log = log.named('org.apache.flume.instrumentation.MonitoredCounterGroup')
  }

  /** A new group, all zero, shown under `KIND.name`. */
  group(kind: GroupKind, name: string): CounterGroup {
    const group = new CounterGroup(kind, name, this.#log)
    this.#groups.set(`${kind}.${name}`, group)
    return group
  }

  /** Every group under its `KIND.name`, in the order of their making. */
  groups(): ReadonlyMap<string, CounterGroup> {
    return this.#groups
  }
}
