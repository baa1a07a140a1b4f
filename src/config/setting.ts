/**
 * A row of a settings table. One table per component gives the TypeScript type, the defaults, the checks, the README table and the help,
 * so that nothing about a setting is said twice. The kinds (`integer`, `flag`, `seconds`, …) stand in setting-kinds.ts.
 */
import type { FindingLevel } from './finding.ts'

export interface Setting<T> {
  /** What the README's type column says: `integer`, `true or false`, `seconds`, `names`, … */
  readonly kind: string
  /** One sentence for a user: what it is for. */
  readonly doc: string
  readonly required: boolean
  /** Undefined when there is none. For a `*` row an empty map. */
  readonly default: T
  /** How the default is written in tables, when `String(default)` would not do. */
  readonly defaultText?: string
  /** Older names of the same setting; used with a warning that gives this one. */
  readonly formerly: readonly string[]
  /** The value is a secret: never logged, never printed. */
  readonly secret: boolean
  /** Flume does not have it. */
  readonly ours: boolean
  /** Flume has it, and there is nothing here that it could change: a note says so. */
  readonly unneeded: boolean
  /** Of a `*` row: what each of its values is. `parse` of the row itself is not called. */
  readonly one?: Setting<unknown>
  /** The value that the trimmed text stands for. Throws an Error whose message completes "NAME: …" when it stands for none. */
  parse(text: string): T
  /** What is odd about a text that parses all the same (Java takes `yes` for false): a warning that completes "NAME: …". */
  readonly doubt?: (text: string) => string | undefined
}

/**
 * Keys are Flume's names below the component's prefix. A key may end in `*` (`filegroups.*`, `kafka.producer.*`): its value is then a
 * ReadonlyMap from what stood for the star, dots included, to the parsed value. A literal key wins over a starred one, the longer star over the shorter.
 */
export type SettingsTable = Readonly<Record<string, Setting<unknown>>>

/** The values that a table's rows parse to. */
export type Values<T extends SettingsTable> = { readonly [K in keyof T]: T[K] extends Setting<infer V> ? V : never }

export interface RowOptions<T> {
  readonly doc: string
  readonly default?: T
  readonly defaultText?: string
  readonly required?: boolean
  readonly formerly?: readonly string[]
  readonly secret?: boolean
  readonly ours?: boolean
  readonly unneeded?: boolean
}

/** `T` where the row has a default or is required, else `T | undefined`. */
export type Given<T, O> = O extends { readonly required: true } | { readonly default: T } ? T : T | undefined

/** What a component's own check says about its settings beyond the rows; `setting` is the key it concerns. */
export interface Finding {
  readonly level: FindingLevel
  readonly setting: string
  /** What is wrong, a sentence. */
  readonly says: string
  /** What to do about it. */
  readonly hint?: string
}

/** The environment variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What the checker needs to know of a component; `flow` extends it per kind with `create`. */
export interface Definition<T extends SettingsTable = SettingsTable> {
  /** The name in `type = …`, in the spelling that the docs use; compared in any case. */
  readonly type: string
  /** Class names and older short names, compared in any case. */
  readonly aliases: readonly string[]
  /** One sentence for `millrace components` and the README. */
  readonly summary: string
  readonly settings: T
  /** The setting that holds the batch size, for the check against transactionCapacity. */
  readonly batchSetting?: string
  /**
   * Checks over several settings. Pure: binds no port, dials no server, reads no file, and no environment but the given one. Where it reads a setting that is faulty, it is left out; `checks` of
   * checks.ts keeps apart what depends on different ones.
   */
  check?(values: Values<T>, env?: Environment): Finding[]
  /** Of a channel: events also come into it, or go out of it, by others, so that it may have sources only, or sinks only. */
  readonly shared?: boolean
  /** Of a source or channel: the files and folders that no other one can use while it does, each with the setting that names it. */
  pathsOwned?(values: Values<T>): readonly { readonly setting: string; readonly path: string }[]
  /** Of a source: the address that it listens on, and the setting that holds the port. */
  listensOn?(values: Values<T>): { readonly setting: string; readonly host: string; readonly port: number }
  /** Of a source: the headers that it can give its events; of an interceptor: those that it sets. Undefined, or without it: not known beforehand. */
  headersSet?(values: Values<T>): readonly string[] | undefined
  /** Of a sink: the header without which it can store no event, the setting that makes it so, and what to do where nothing sets it. */
  headerNeeded?(
    values: Values<T>,
  ): { readonly setting: string; readonly header: string; readonly hint: string } | undefined
  /** Of a channel selector: the channels its settings name. Each must be one of its source's. */
  channelsNamed?(values: Values<T>): readonly { readonly setting: string; readonly channel: string }[]
  /** Of a sink processor: the sinks its settings name. Each must be one of its group's. */
  sinksNamed?(values: Values<T>): readonly { readonly setting: string; readonly sink: string }[]
  /** Of a sink processor: how many sinks its group may have. */
  readonly sinksMin?: number
  readonly sinksMax?: number
}
