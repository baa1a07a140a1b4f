/**
 * The protocol of Flume's Avro source, `AvroSourceProtocol`, as both ends of ours speak it, and what a peer's own text of it says: its texts, and
 * with them its hashes, differ between Flume's versions, so nothing here compares hashes to know a peer.
 */
import { crypto } from '../base/builtins.ts'

export const statusNames = ['OK', 'FAILED', 'UNKNOWN'] as const
export type Status = (typeof statusNames)[number]

const event = {
  type: 'record',
  name: 'AvroFlumeEvent',
  fields: [
    { name: 'headers', type: { type: 'map', values: 'string' } },
    { name: 'body', type: 'bytes' },
  ],
} as const

export const protocolText = JSON.stringify({
  protocol: 'AvroSourceProtocol',
  namespace: 'org.apache.flume.source.avro',
  types: [{ type: 'enum', name: 'Status', symbols: statusNames }, event],
  messages: {
    append: { request: [{ name: 'event', type: 'AvroFlumeEvent' }], response: 'Status' },
    appendBatch: {
      request: [{ name: 'events', type: { type: 'array', items: 'AvroFlumeEvent' } }],
      response: 'Status',
    },
  },
})

/** MD5, 16 bytes, as the handshake has it. */
export const hashOf = (text: string): Buffer => crypto().createHash('md5').update(text).digest()

let flumeHash: Buffer | undefined

/** The MD5 hash of the protocol, by which the two ends tell whether they speak the same. */
export const protocolHash = (): Buffer => (flumeHash ??= hashOf(protocolText))

interface NamedType {
  readonly name?: unknown
  readonly symbols?: unknown
  readonly fields?: unknown
}

const typesOf = (text: string): NamedType[] => {
  const parsed: unknown = JSON.parse(text)
  const types = typeof parsed === 'object' && parsed !== null && 'types' in parsed ? parsed.types : undefined
  return Array.isArray(types)
    ? types.filter((type): type is NamedType => typeof type === 'object' && type !== null)
    : []
}

const named = (types: readonly NamedType[], name: string): NamedType | undefined =>
  types.find((type) => typeof type.name === 'string' && type.name.split('.').at(-1) === name)

/** A schema as it is encoded: annotations such as `avro.java.string` left out. */
const shape = (schema: unknown): string => {
  if (typeof schema === 'string') return schema
  if (typeof schema !== 'object' || schema === null) return '?'
  const { type, values } = schema as { type?: unknown; values?: unknown }
  return values === undefined ? shape(type) : `${shape(type)} of ${shape(values)}`
}

/** Whether a peer's protocol, as JSON, encodes events as Flume does: a map of strings, then bytes. Throws where it is no JSON. */
export const hasFlumeEvents = (text: string): boolean => {
  const fields = named(typesOf(text), 'AvroFlumeEvent')?.fields
  if (!Array.isArray(fields)) return false
  const shapes = fields.map((field: unknown) => {
    const { name, type } = (field ?? {}) as { name?: unknown; type?: unknown }
    return `${String(name)}: ${shape(type)}`
  })
  return shapes.join(', ') === 'headers: map of string, body: bytes'
}

/** The names of the statuses in the order in which a peer's protocol numbers them. */
export const statusesOf = (text: string): readonly string[] => {
  const symbols = named(typesOf(text), 'Status')?.symbols
  return Array.isArray(symbols) ? symbols.map(String) : statusNames
}
