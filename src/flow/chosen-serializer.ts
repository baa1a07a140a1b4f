/**
 * Which serializer a file sink's settings name, and what is wrong with its options: the sinks themselves know none by name. The options stand
 * below the sink's `serializer.` and are read by the serializer's own table.
 */
import type { Finding, Setting } from '../config/setting.ts'
import { reasonOf } from '../base/faults.ts'
import type { SerializerDefinition } from './component.ts'
import type { Context } from './context.ts'
import type { Serializer } from './serializer.ts'

export interface SerializerChoice {
  /** What the sink's setting says: a short name or a class name, in any case. */
  readonly name: string
  /** Options by their names below the prefix. */
  readonly options: ReadonlyMap<string, string>
  /** The sink's setting that holds the name; its options' names begin with it and a dot. */
  readonly setting: string
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Flume names builders; the class around one means the same here. */
const withoutBuilder = (name: string): string => name.replace(/\$Builder$/i, '')

const found = (list: readonly SerializerDefinition[], name: string): SerializerDefinition | undefined =>
  list.find((d) => [d.type, ...d.aliases].some((known) => same(withoutBuilder(known), withoutBuilder(name))))

const parsed = (row: Setting<unknown>, text: string | undefined): unknown =>
  text === undefined ? row.default : row.parse(text)

/** Faults and warnings about the choice, under the sink's own setting names. */
export const serializerFindings = (list: readonly SerializerDefinition[], choice: SerializerChoice): Finding[] => {
  const { name, options, setting } = choice
  const definition = found(list, name)
  if (definition === undefined) {
    const known = list.map((d) => d.type).join(', ')
    return [
      { level: 'fault', setting, says: `${setting}: there is no serializer '${name}'`, hint: `known are ${known}` },
    ]
  }
  const findings: Finding[] = []
  for (const [option, text] of options) {
    const key = `${setting}.${option}`
    const row = definition.settings[option]
    if (row === undefined) {
      findings.push({ level: 'warning', setting: key, says: `unknown setting ${key}`, hint: 'it is ignored' })
      continue
    }
    try {
      row.parse(text)
    } catch (thrown) {
      findings.push({ level: 'fault', setting: key, says: `${key}: ${reasonOf(thrown)}` })
    }
  }
  return findings
}

/** Makes one serializer per file. */
export type SerializerFactory = () => Serializer | Promise<Serializer>

/** The chosen serializer, once the choice was found good. */
export const serializerFactory = (
  list: readonly SerializerDefinition[],
  { name, options }: SerializerChoice,
  context: Context,
): SerializerFactory => {
  const definition = found(list, name)
  if (definition === undefined) throw new Error(`There is no serializer '${name}'`)
  const rows = Object.entries(definition.settings)
  const values = Object.fromEntries(rows.map(([key, row]) => [key, parsed(row, options.get(key))]))
  return () => definition.create(values, context)
}
