/** Values for fuzzing the protocol tables: any message that a version can say, and what decoding must give back for it. */
import * as fc from 'fast-check'
import { noUuid } from '../../src/protocol/table.ts'
import type { AnyApi, Row, Rows } from '../../src/protocol/table.ts'

const uuids = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url'))
const buffers = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))
const large = fc.integer({ min: 4000, max: 9000 }).map((size) => Buffer.alloc(size, 7))

const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  i8: fc.integer({ min: -128, max: 127 }),
  i16: fc.integer({ min: -32_768, max: 32_767 }),
  u16: fc.integer({ min: 0, max: 65_535 }),
  i32: fc.integer(),
  u32: fc.integer({ min: 0, max: 0xffffffff }),
  i64: fc.maxSafeInteger(),
  f64: fc.double({ noNaN: true }),
  uuid: fc.oneof(uuids, fc.constant(noUuid)),
  str: fc.string({ unit: 'grapheme', maxLength: 12 }),
  bytes: buffers,
  records: fc.oneof(buffers, large),
}

const has = (row: Row, version: number): boolean => version >= row.since && version <= row.until

const valueOf = (row: Row, version: number): fc.Arbitrary<unknown> => {
  const some =
    row.type === 'array'
      ? fc.array(valueOf(row.element as Row, version), { maxLength: 3 })
      : row.type === 'struct'
        ? structOf(row.rows ?? {}, version)
        : (scalars[row.type] as fc.Arbitrary<unknown>)
  return version >= row.nullableFrom ? fc.oneof({ weight: 4, arbitrary: some }, fc.constant(null)) : some
}

const fieldOf = (row: Row, version: number): fc.Arbitrary<unknown> => {
  const usual = fc.constant(row.default)
  if (!has(row, version)) return usual
  const any = valueOf(row, version)
  // A null default is written as empty where the version has no null.
  return row.default === null && version < row.nullableFrom ? any : fc.oneof({ weight: 4, arbitrary: any }, usual)
}

/** Every field that the version has gets some value, every other its default. */
const structOf = (rows: Rows, version: number): fc.Arbitrary<unknown> =>
  fc.record(Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, fieldOf(row, version)])))

export const requestsOf = (api: AnyApi, version: number): fc.Arbitrary<unknown> => structOf(api.request, version)
export const responsesOf = (api: AnyApi, version: number): fc.Arbitrary<unknown> => structOf(api.response, version)

/** Every version of an API. */
export const versionsOf = (api: AnyApi): number[] =>
  Array.from({ length: api.versions[1] - api.versions[0] + 1 }, (_, i) => api.versions[0] + i)
