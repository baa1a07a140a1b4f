/** What a sink processor's definition is: its settings stand below `sinkgroups.NAME.processor.`. It only picks; taking and writing is the member's. */
import type { Definition, SettingsTable, Values } from '../../config/setting.ts'
import type { Clock } from '../../io/clock.ts'
import type { Random } from '../../io/random.ts'
import type { LaneSignals } from '../lane-signals.ts'

/** One sink of a group. What it throws is logged and counted here, so that a processor sees outcomes only. */
export interface Member {
  readonly name: string
  /** Failures since it last stored something. */
  readonly failures: number
  /** The channel that it takes from. */
  readonly channel: string
  /** That channel holds events. */
  readonly hasEvents: boolean
  /** Batch after batch until `takes` aborts, or until something fails. */
  run(signals: LaneSignals): Promise<'ended' | 'failed'>
  /** One batch from its channel. */
  step(signals: LaneSignals): Promise<'stored' | 'empty' | 'failed'>
}

/** Runs the members until `signals.takes` aborts. */
export interface Processor {
  run(signals: LaneSignals): Promise<void>
}

export interface ProcessorContext {
  /** In the order of the group's `sinks`; at least one. */
  readonly members: readonly Member[]
  readonly clock: Clock
  readonly random: Random
}

export interface ProcessorDefinition<T extends SettingsTable = SettingsTable> extends Definition<T> {
  create(values: Values<T>, context: ProcessorContext): Processor
  /** The sinks that the settings name, with the setting's key, so that a name that is none of the group's can be reported. */
  sinksNamed(values: Values<T>): readonly NamedSink[]
  /** How many sinks a group of this type must have. */
  readonly sinksMin: number
  readonly sinksMax: number
}

export interface NamedSink {
  readonly setting: string
  readonly sink: string
}

export const defineProcessor = <const T extends SettingsTable>(d: ProcessorDefinition<T>): ProcessorDefinition => d
