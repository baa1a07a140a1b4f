/**
 * Turns a table's rows into a reader and a writer for one version, once, at first use. This is the whole engine: a struct is a list of field
 * readers (or writers) run in order; flexible versions end each struct with its tagged fields.
 */
import { CannotEncode, Malformed } from './malformed.ts'
import type { Reader } from './reader.ts'
import type { Row, Rows, ScalarType } from './table.ts'
import { Writer } from './writer.ts'
import type { Bytes } from './writer.ts'

type Struct = Record<string, unknown>
type Read = (reader: Reader) => unknown
type Write = (writer: Writer, value: unknown) => void

/** How one type is read and written in one version. `bytesMin` is the least that a value takes on the wire. */
interface Codec {
  readonly bytesMin: number
  readonly read: Read
  readonly write: Write
}

interface Field extends Codec {
  readonly name: string
  readonly row: Row
}

const fixed = (bytesMin: number, read: Read, write: (writer: Writer, value: never) => void): Codec => ({
  bytesMin,
  read,
  write: write as Write,
})

const fixedCodecs: Record<Exclude<ScalarType, 'str' | 'bytes' | 'records'>, Codec> = {
  bool: fixed(
    1,
    (r) => r.bool(),
    (w, value: boolean) => w.bool(value),
  ),
  i8: fixed(
    1,
    (r) => r.i8(),
    (w, value: number) => w.i8(value),
  ),
  i16: fixed(
    2,
    (r) => r.i16(),
    (w, value: number) => w.i16(value),
  ),
  u16: fixed(
    2,
    (r) => r.u16(),
    (w, value: number) => w.u16(value),
  ),
  i32: fixed(
    4,
    (r) => r.i32(),
    (w, value: number) => w.i32(value),
  ),
  u32: fixed(
    4,
    (r) => r.u32(),
    (w, value: number) => w.u32(value),
  ),
  i64: fixed(
    8,
    (r) => r.i64(),
    (w, value: number) => w.i64(value),
  ),
  f64: fixed(
    8,
    (r) => r.f64(),
    (w, value: number) => w.f64(value),
  ),
  uuid: fixed(
    16,
    (r) => r.uuid(),
    (w, value: string) => w.uuid(value),
  ),
}

const required = <T>(value: T | null): T => {
  if (value === null) throw new Malformed('null in a field that may not be null')
  return value
}

const stringCodec = (compact: boolean, nullable: boolean): Codec => ({
  bytesMin: compact ? 1 : 2,
  read: nullable ? (r) => r.str(compact) : (r) => required(r.str(compact)),
  write: (w, value) => w.str(value === null && !nullable ? '' : (value as string | null), compact),
})

const bytesCodec = (compact: boolean, nullable: boolean): Codec => ({
  bytesMin: compact ? 1 : 4,
  read: nullable ? (r) => r.bytes(compact) : (r) => required(r.bytes(compact)),
  write: (w, value) => w.bytes(value === null && !nullable ? [] : (value as Bytes | null), compact),
})

const arrayCodec = (element: Codec, compact: boolean, nullable: boolean): Codec => ({
  bytesMin: compact ? 1 : 4,
  read(reader) {
    const count = reader.count(compact, element.bytesMin)
    if (count < 0) return nullable ? null : required(null)
    const out: unknown[] = []
    for (let i = 0; i < count; i++) out.push(element.read(reader))
    return out
  },
  write(writer, value) {
    const items = value as readonly unknown[] | null
    if (items === null) return writer.length(nullable ? -1 : 0, compact, true)
    writer.length(items.length, compact, true)
    for (const item of items) element.write(writer, item)
  },
})

const nullableStruct = (inner: Codec): Codec => ({
  bytesMin: 1,
  read: (reader) => (reader.i8() < 0 ? null : inner.read(reader)),
  write(writer, value) {
    writer.i8(value === null ? -1 : 1)
    if (value !== null) inner.write(writer, value)
  },
})

const codecOf = (row: Row, version: number, flexible: boolean): Codec => {
  const nullable = version >= row.nullableFrom
  if (row.type === 'str') return stringCodec(flexible, nullable)
  if (row.type === 'bytes' || row.type === 'records') return bytesCodec(flexible, nullable)
  if (row.type === 'array') return arrayCodec(codecOf(row.element as Row, version, flexible), flexible, nullable)
  if (row.type !== 'struct') return fixedCodecs[row.type]
  const inner = compileStruct(row.rows ?? {}, version, flexible)
  return nullable ? nullableStruct(inner) : inner
}

/** Whether `value` says no more than the row's default does, so that it need not be sent. */
const saysNothing = (row: Row, value: unknown): boolean => {
  if (value === undefined || value === row.default) return true
  if (value === null || row.default === null) return false
  if (row.type === 'array' || row.type === 'bytes' || row.type === 'records')
    return (value as { length: number }).length === 0
  if (row.type !== 'struct') return false
  return Object.entries(row.rows ?? {}).every(([name, field]) => saysNothing(field, (value as Struct)[name]))
}

const scratch = (): Writer => {
  const writer = new Writer()
  writer.begin()
  return writer
}

const writeTags = (writer: Writer, value: Struct, tagged: readonly Field[]): void => {
  const present = tagged.filter((field) => !saysNothing(field.row, value[field.name]))
  writer.uvarint(present.length)
  for (const field of present) {
    const inner = scratch()
    field.write(inner, value[field.name])
    writer.uvarint(field.row.tag ?? 0)
    writer.uvarint(inner.size)
    for (const piece of inner.finish()) writer.raw(piece)
  }
}

/** Reads a tagged section: known tags into `into`, others are stepped over. */
const readTags = (reader: Reader, into: Struct, tagged: ReadonlyMap<number, Field>): void => {
  let last = -1
  for (let count = reader.uvarint(); count > 0; count--) {
    const tag = reader.uvarint()
    if (tag <= last) throw new Malformed(`tag ${tag} after tag ${last}`)
    last = tag
    const size = reader.uvarint()
    const end = reader.skip(size) + size
    const field = tagged.get(tag)
    if (field === undefined) continue
    reader.at = end - size
    into[field.name] = field.read(reader)
    if (reader.at !== end) throw new Malformed(`tag ${tag} does not fill its ${size} bytes`)
  }
}

/** Steps over a tagged section of which nothing is known, such as a header's. */
export const skipTags = (reader: Reader): void => readTags(reader, {}, new Map())

const lacks = (row: Row, version: number): boolean => version < row.since || version > row.until

const refuseLost = (value: Struct, lost: readonly (readonly [string, Row])[], version: number): void => {
  for (const [name, row] of lost)
    if (!saysNothing(row, value[name])) throw new CannotEncode(`version ${version} has no field ${name}`)
}

/** A struct's reader and writer in one version. */
export const compileStruct = (rows: Rows, version: number, flexible: boolean): Codec => {
  const entries = Object.entries(rows)
  const here = entries.filter(([, row]) => !lacks(row, version))
  const fields = here.map(([name, row]): Field => ({ name, row, ...codecOf(row, version, flexible) }))
  const plain = fields.filter((field) => field.row.tag === undefined)
  const tagged = fields
    .filter((field) => field.row.tag !== undefined)
    .toSorted((a, b) => (a.row.tag ?? 0) - (b.row.tag ?? 0))
  const tags = new Map(tagged.map((field) => [field.row.tag ?? 0, field]))
  const lost = entries.filter(([, row]) => row.strict && lacks(row, version))
  const template: Struct = Object.fromEntries(entries.map(([name, row]) => [name, row.default]))
  return {
    bytesMin: plain.reduce((sum, field) => sum + field.bytesMin, flexible ? 1 : 0),
    read(reader) {
      const out = { ...template }
      for (const field of plain) out[field.name] = field.read(reader)
      if (flexible) readTags(reader, out, tags)
      return out
    },
    write(writer, value) {
      const struct = value as Struct
      if (lost.length > 0) refuseLost(struct, lost, version)
      for (const field of plain) {
        const given = struct[field.name]
        field.write(writer, given === undefined ? field.row.default : given)
      }
      if (flexible) writeTags(writer, struct, tagged)
    },
  }
}
