/**
 * The tables of `src/protocol/messages` against Apache Kafka's own definitions, which its client jar carries: every field of every version in
 * its place, with its type, its nulls and its tag. 3.9 has the old versions, 4.3 the new ones.
 */
import { describe, expect, it } from 'vitest'
import { apis } from '../../src/protocol/messages/index.ts'
import type { AnyApi, Rows } from '../../src/protocol/table.ts'
import { versionsOf } from '../fakes/message-values.ts'
import { textsInJar } from './counterparts/jar.ts'
import { jars, kafka43 } from './counterparts/maven.ts'

interface KafkaField {
  readonly name: string
  readonly type: string
  readonly versions: string
  readonly nullableVersions?: string
  readonly taggedVersions?: string
  readonly tag?: number
  readonly fields?: readonly KafkaField[]
}

interface KafkaMessage {
  readonly name: string
  readonly validVersions: string
  readonly flexibleVersions: string
  readonly fields: readonly KafkaField[]
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly KafkaField[] }[]
}

const types: Readonly<Record<string, string>> = {
  int8: 'i8',
  int16: 'i16',
  uint16: 'u16',
  int32: 'i32',
  uint32: 'u32',
  int64: 'i64',
  float64: 'f64',
  string: 'str',
  bool: 'bool',
  bytes: 'bytes',
  records: 'records',
  uuid: 'uuid',
}

/** Whether a version is in a range like `3`, `1-4`, `2+` or `none`. */
const inRange = (range: string | undefined, version: number): boolean => {
  const [, from, upTo, to] = /^(\d+)(\+|-(\d+))?$/.exec(range ?? '') ?? []
  if (from === undefined) return false
  const last = upTo === undefined ? Number(from) : to === undefined ? Infinity : Number(to)
  return version >= Number(from) && version <= last
}

const definitionsIn = (classPath: string, jar: string): Map<string, KafkaMessage> => {
  const texts = textsInJar(classPath.replace(/\*$/, jar), /^common\/message\/\w+\.json$/)
  const parsed = [...texts.values()].map(
    (text) =>
      JSON.parse(text.replaceAll(/(^|[\s,{[])\/\/ .*$/gm, '$1').replaceAll(/^\s*\/\/.*$/gm, '')) as KafkaMessage,
  )
  return new Map(parsed.map((message) => [message.name, message]))
}

const shape = (indent: string, isArray: boolean, type: string, nullable: boolean, tag: number | undefined): string =>
  `${indent}${isArray ? '[]' : ''}${type}${nullable ? '?' : ''}${tag === undefined ? '' : ` tag ${tag}`}`

const theirs = (message: KafkaMessage, fields: readonly KafkaField[], version: number, indent = ''): string[] =>
  fields
    .filter((field) => inRange(field.versions, version))
    .flatMap((field) => {
      const isArray = field.type.startsWith('[]')
      const name = isArray ? field.type.slice(2) : field.type
      const inner = field.fields ?? message.commonStructs?.find((common) => common.name === name)?.fields
      const tag = inRange(field.taggedVersions, version) ? field.tag : undefined
      const nullable = inRange(field.nullableVersions, version)
      const line = shape(indent, isArray, types[name] ?? 'struct', nullable, tag)
      return [line, ...(types[name] === undefined ? theirs(message, inner ?? [], version, `${indent}  `) : [])]
    })

const ours = (rows: Rows, version: number, indent = ''): string[] =>
  Object.values(rows)
    .filter((row) => version >= row.since && version <= row.until)
    .flatMap((row) => {
      const element = row.element ?? row
      const line = shape(indent, row.type === 'array', element.type, version >= row.nullableFrom, row.tag)
      return [line, ...(element.type === 'struct' ? ours(element.rows ?? {}, version, `${indent}  `) : [])]
    })

/** The oldest name of an API that was renamed. */
const formerNames: Readonly<Record<string, string>> = { ListConfigResources: 'ListClientMetricsResources' }

describe('the tables', () => {
  const definitions = [
    definitionsIn(jars('kafka-clients-3.9.1', ['org.apache.kafka:kafka-clients:3.9.1']), 'kafka-clients-3.9.1.jar'),
    definitionsIn(kafka43(), 'kafka-clients-4.3.1.jar'),
  ]
  const messagesOf = (api: AnyApi, kind: 'Request' | 'Response', version: number): KafkaMessage[] =>
    definitions
      .map((all) => all.get(api.name + kind) ?? all.get(`${formerNames[api.name]}${kind}`))
      .filter((message) => message !== undefined)
      .filter((message) => inRange(message.validVersions, version))

  it.each(apis.map((api) => [api.name, api] as const))('of %s are those of Apache Kafka', (_, api) => {
    for (const version of versionsOf(api))
      for (const kind of ['Request', 'Response'] as const) {
        const messages = messagesOf(api, kind, version)
        expect(messages.length, `${api.name} ${kind} ${version} is known to Kafka`).toBeGreaterThan(0)
        for (const message of messages) {
          expect(version >= api.flexibleFrom).toBe(inRange(message.flexibleVersions, version))
          const rows = kind === 'Request' ? api.request : api.response
          expect(ours(rows, version), `${kind} ${version}`).toEqual(theirs(message, message.fields, version))
        }
      }
  })
})
