/** What IncrementalAlterConfigs asks for, turned into the settings that a resource then has. */
import type { KafkaRow } from '../config-kinds.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'

/** Operations of the protocol. */
export const operations = { set: 0, delete: 1, append: 2, subtract: 3 } as const

export interface Edit {
  readonly name: string
  readonly op: number
  readonly value: string | null
}

const items = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

const listed = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : items(typeof value === 'string' ? value : '')

/** The settings after the edits, in their order. `cannotList` is what is said of lists that are none. Throws KafkaFault. */
export const edited = (
  current: ReadonlyMap<string, string>,
  edits: readonly Edit[],
  rowOf: (name: string) => KafkaRow<unknown> | undefined,
  cannotList: (edit: string, name: string) => string,
): Map<string, string> => {
  if (new Set(edits.map((edit) => edit.name)).size < edits.length)
    throw new KafkaFault('INVALID_REQUEST', 'Error due to duplicate config keys')
  const unset = edits.filter(({ op, value }) => op !== operations.delete && value === null)
  if (unset.length > 0)
    throw new KafkaFault('INVALID_REQUEST', `Null value not supported for : ${unset.map((e) => e.name).join(', ')}`)
  const next = new Map(current)
  for (const { name, op, value } of edits) {
    const row = rowOf(name)
    if (op === operations.set) next.set(name, value ?? '')
    else if (op === operations.delete) next.delete(name)
    else if (op !== operations.append && op !== operations.subtract)
      throw new KafkaFault('INVALID_REQUEST', `Unknown operation type ${op}`)
    else if (row?.type !== 'list')
      throw new KafkaFault('INVALID_CONFIG', cannotList(op === operations.append ? 'append' : 'subtract', name))
    else {
      const before = listed(next.get(name) ?? row.default)
      const more = items(value ?? '')
      const after = op === operations.append ? [...before, ...more.filter((one) => !before.includes(one))] : before.filter((one) => !more.includes(one)) // prettier-ignore
      next.set(name, after.join(','))
    }
  }
  return next
}
