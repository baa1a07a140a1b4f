/**
 * What a checked agent is: every component with its definition and parsed values, every reference resolved. Only a Plan can be started.
 * Generic over the registry, so that `config` knows no contract of `flow` and the agent still gets its own definition types back.
 */
import type { Definition } from './setting.ts'

/** The lists of definitions that a file's `type =` values are looked up in. `cli` puts it together; tests pass their own. */
export interface Registry {
  readonly sources: readonly Definition[]
  readonly channels: readonly Definition[]
  readonly sinks: readonly Definition[]
  readonly interceptors: readonly Definition[]
  readonly selectors: readonly Definition[]
  readonly processors: readonly Definition[]
}

/** One component of the file: `values` are its settings as the definition's table parsed them, defaults filled in. */
export interface Planned<D extends Definition> {
  readonly name: string
  readonly definition: D
  readonly values: Readonly<Record<string, unknown>>
  /** `weblog.properties:12`, where its `type` is set. */
  readonly where: string
}

export interface PlannedSource<R extends Registry> extends Planned<R['sources'][number]> {
  /** In the order of the `channels` setting; never empty. */
  readonly channels: readonly string[]
  readonly selector: Planned<R['selectors'][number]>
  readonly interceptors: readonly Planned<R['interceptors'][number]>[]
  /** The setting `aheadMax`, which every source has: how far it may be ahead of what is settled; undefined for the runner's own choice. */
  readonly aheadMax?: number | undefined
}

/** What the runner itself needs of every sink: its channel, and the settings that all sinks have. */
export interface PlannedSink<R extends Registry> extends Planned<R['sinks'][number]> {
  readonly channel: string
  /** The setting `onReject`, which every sink has: what to do with events that can never be stored. */
  readonly onReject: 'block' | 'quarantine'
  /** The setting `rejectDirectory`: where `quarantine` writes; undefined for the default place. */
  readonly rejectDirectory: string | undefined
}

export interface PlannedGroup<R extends Registry> extends Planned<R['processors'][number]> {
  /** Names of at least one sink, in the order of the `sinks` setting. */
  readonly sinks: readonly string[]
}

export interface Plan<R extends Registry = Registry> {
  readonly agent: string
  readonly sources: readonly PlannedSource<R>[]
  readonly channels: readonly Planned<R['channels'][number]>[]
  readonly sinks: readonly PlannedSink<R>[]
  readonly groups: readonly PlannedGroup<R>[]
}
