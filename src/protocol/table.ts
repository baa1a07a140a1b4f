/**
 * The language in which Kafka's messages are written down: one row per field, in wire order, each with the versions that have it. A table stands
 * for all versions at once, and its TypeScript types are inferred from the rows. `compile.ts` turns rows into readers and writers.
 */
import type { Bytes } from './writer.ts'

export type ScalarType =
  | 'bool' | 'i8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'f64' | 'uuid' | 'str' | 'bytes' | 'records' // prettier-ignore

/** `Out` is what decoding gives, `In` what encoding takes; `Optional` says whether encoding may leave it out. */
export interface Row<Out = unknown, In = Out, Optional extends boolean = boolean> {
  readonly type: ScalarType | 'array' | 'struct'
  readonly since: number
  readonly until: number
  /** First version in which the field may be null; Infinity if none. */
  readonly nullableFrom: number
  /** Tagged fields stand in the section at the end of a flexible struct, and only if they differ from the default. */
  readonly tag: number | undefined
  /** What decoding gives where the version lacks the field, and what encoding writes when it is left out. */
  readonly default: unknown
  readonly strict: boolean
  readonly rows: Rows | undefined
  readonly element: Row | undefined
  /** Only for inference; never set. */
  readonly phantom?: { out: Out; in: In; optional: Optional }
}

export type Rows = { readonly [name: string]: Row }

interface Options<T> {
  /** First version that has the field. */
  readonly since?: number
  /** Last version that has it. */
  readonly until?: number
  /** May be null: always, or from this version on. In earlier versions null is written as empty. */
  readonly nullable?: true | number
  readonly tag?: number
  readonly default?: T | null
  /** Encoding fails rather than drop a value that says something in a version that lacks the field. Otherwise the value is left out. */
  readonly strict?: true
}

type Nullable<T, O> = O extends { readonly nullable: true | number } ? T | null : T
type MayBeLeftOut =
  | { since: number }
  | { until: number }
  | { nullable: true | number }
  | { tag: number }
  | { default: unknown }
type IsOptional<O> = O extends Readonly<MayBeLeftOut> ? true : false
type None = Readonly<Record<string, never>>

type OutOf<R> = R extends Row<infer Out, infer _In, infer _Optional> ? Out : never
type InOf<R> = R extends Row<infer _Out, infer In, infer _Optional> ? In : never
type OptionalNames<R extends Rows> = {
  [K in keyof R]: R[K] extends Row<infer _Out, infer _In, true> ? K : never
}[keyof R]

/** A decoded struct: every field is there. To be read only; defaults are shared between messages. */
export type Decoded<R extends Rows> = { readonly [K in keyof R]: OutOf<R[K]> }
/** A struct to encode: fields with a default may be left out. */
export type Encodable<R extends Rows> = {
  readonly [K in Exclude<keyof R, OptionalNames<R>>]: InOf<R[K]>
} & { readonly [K in OptionalNames<R>]?: InOf<R[K]> | undefined }

const row = <Out, In, Optional extends boolean>(
  type: Row['type'],
  options: Options<unknown>,
  empty: unknown,
  inner: { rows?: Rows; element?: Row } = {},
): Row<Out, In, Optional> => ({
  type,
  since: options.since ?? 0,
  until: options.until ?? Infinity,
  nullableFrom: options.nullable === undefined ? Infinity : options.nullable === true ? 0 : options.nullable,
  tag: options.tag,
  default: options.default === undefined ? (options.nullable === undefined ? empty : null) : options.default,
  strict: options.strict ?? false,
  rows: inner.rows,
  element: inner.element,
})

const scalar =
  <Out, In = Out>(type: ScalarType, empty: Out) =>
  <const O extends Options<Out> = None>(options?: O): Row<Nullable<Out, O>, Nullable<In, O>, IsOptional<O>> =>
    row(type, options ?? {}, empty)

/** The all-zero uuid, which stands for none. */
export const noUuid = 'AAAAAAAAAAAAAAAAAAAAAA'
const noBytes = Buffer.alloc(0)
const noElements: readonly never[] = Object.freeze([])

export const bool = scalar<boolean>('bool', false)
export const i8 = scalar<number>('i8', 0)
export const i16 = scalar<number>('i16', 0)
export const u16 = scalar<number>('u16', 0)
export const i32 = scalar<number>('i32', 0)
export const u32 = scalar<number>('u32', 0)
/** A JavaScript number, exact up to 2^53. */
export const i64 = scalar<number>('i64', 0)
export const f64 = scalar<number>('f64', 0)
/** Kafka's text form, 22 characters. */
export const uuid = scalar<string>('uuid', noUuid)
export const str = scalar<string>('str', '')
/** Decoded as a view into the frame. */
export const bytes = scalar<Buffer, Uint8Array>('bytes', noBytes)
/** Record batches or message sets, opaque here; may be given in pieces. */
export const records = scalar<Buffer, Bytes>('records', noBytes)

/** An array of scalars. */
export const array = <Out, In, P extends boolean, const O extends Options<readonly Out[]> = None>(
  element: Row<Out, In, P>,
  options?: O,
): Row<Nullable<readonly Out[], O>, Nullable<readonly In[], O>, IsOptional<O>> =>
  row('array', options ?? {}, noElements, { element })

type StructRow<R extends Rows, O> = Row<Nullable<Decoded<R>, O>, Nullable<Encodable<R>, O>, IsOptional<O>>
type StructsRow<R extends Rows, O> = Row<
  Nullable<readonly Decoded<R>[], O>,
  Nullable<readonly Encodable<R>[], O>,
  IsOptional<O>
>

/** The options of a struct, said before its rows: `structs(when({ since: 8 }), { … })`. */
export const when = <const O extends Options<never>>(options: O): O => options

/** One nested struct. Left out, it is the struct of its fields' defaults (or null, where it may be). */
export function struct<const R extends Rows>(rows: R): StructRow<R, None>
export function struct<const O extends Options<never>, const R extends Rows>(options: O, rows: R): StructRow<R, O>
export function struct(first: object, second?: Rows): Row {
  const rows = second ?? (first as Rows)
  return row('struct', second === undefined ? {} : first, defaultsOf(rows), { rows })
}

/** An array of structs. */
export function structs<const R extends Rows>(rows: R): StructsRow<R, None>
export function structs<const O extends Options<never>, const R extends Rows>(options: O, rows: R): StructsRow<R, O>
export function structs(first: object, second?: Rows): Row {
  const element = row('struct', {}, null, { rows: second ?? (first as Rows) })
  return row('array', second === undefined ? {} : first, noElements, { element })
}

/** A struct in which every field has its default. */
export const defaultsOf = (rows: Rows): Readonly<Record<string, unknown>> =>
  Object.freeze(Object.fromEntries(Object.entries(rows).map(([name, field]) => [name, field.default])))

/** Smallest and largest values that the protocol uses to say "not given". */
export const minI32 = -2_147_483_648
export const maxI32 = 2_147_483_647
/** 2^63 - 1 cannot be a JavaScript number; this one is written as it, and read back from it. */
export const maxI64 = 2 ** 63

/** One API: its number, its versions and both its tables. */
export interface Api<Q extends Rows = Rows, R extends Rows = Rows> {
  readonly key: number
  readonly name: string
  /** First and last version, inclusive. */
  readonly versions: readonly [min: number, max: number]
  /** First version with compact lengths and tagged fields; Infinity if none. */
  readonly flexibleFrom: number
  readonly request: Q
  readonly response: R
}

export type AnyApi = Api
/** A decoded request. */
export type RequestOf<A> = A extends Api<infer Q, infer _R> ? Decoded<Q> : never
/** A decoded response. */
export type ResponseOf<A> = A extends Api<infer _Q, infer R> ? Decoded<R> : never
/** A request to encode. */
export type RequestInput<A> = A extends Api<infer Q, infer _R> ? Encodable<Q> : never
/** A response to encode. */
export type ResponseInput<A> = A extends Api<infer _Q, infer R> ? Encodable<R> : never

/** Names an API's tables. `flexibleFrom` is `Infinity` for those that never became flexible. */
export const defineApi = <const Q extends Rows, const R extends Rows>(api: Api<Q, R>): Api<Q, R> => api
