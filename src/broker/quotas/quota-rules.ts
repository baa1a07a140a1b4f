/** What a quota may be, in Kafka's words: whose, of which kind, how much. Throws INVALID_REQUEST. */
import { isIP } from 'node:net'
import { KafkaFault } from '../../protocol/error-codes.ts'
import { INT_MAX } from '../config-kinds.ts'
import { clientQuotaKeys, type Entity, ipQuotaKey } from './quota-table.ts'

export const entityTypes = ['user', 'client-id', 'ip'] as const

const invalid = (says: string): KafkaFault => new KafkaFault('INVALID_REQUEST', says)

/** Java's longest long, as a double. */
const LONGEST = 2 ** 63
/** Those that must be whole numbers. */
const wholeLimits: Readonly<Record<string, readonly [type: string, max: number]>> = {
  producer_byte_rate: ['LONG', LONGEST],
  consumer_byte_rate: ['LONG', LONGEST],
  connection_creation_rate: ['INT', INT_MAX],
}

interface EntityPart {
  readonly type: string
  readonly name: string | null
}

export const entityText = (parts: readonly EntityPart[]): string =>
  `ClientQuotaEntity(entries={${parts.map(({ type, name }) => `${type}=${name}`).join(', ')}})`

/** The entity that these parts name. */
export const entityOf = (parts: readonly EntityPart[]): Entity => {
  if (parts.length === 0) throw invalid('Invalid empty client quota entity')
  const entity: Record<string, string | null> = {}
  for (const { type, name } of parts) {
    if (!(entityTypes as readonly string[]).includes(type)) throw invalid(`Unhandled client quota entity type: ${type}`)
    if (name === '') throw invalid(`Empty ${type} not supported`)
    if (Object.hasOwn(entity, type)) throw invalid(`Invalid client quota entity, duplicate entity type: ${type}`)
    entity[type] = name
  }
  const { ip } = entity
  if (ip !== undefined && parts.length > 1)
    throw invalid('Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId')
  if (typeof ip === 'string' && isIP(ip) === 0) throw invalid(`${ip} is not a valid IP or resolvable host.`)
  return entity
}

/** Whether a quota of this kind may be set for the entity, and be so much. */
export const checkQuota = (entity: Entity, key: string, value: number | undefined): void => {
  const known: readonly string[] = 'ip' in entity ? [ipQuotaKey] : clientQuotaKeys
  if (!known.includes(key)) throw invalid(`Invalid configuration key ${key}`)
  if (value === undefined) return
  if (!(value > 0)) throw invalid(`Quota ${key} must be greater than 0`)
  const [type, max] = wholeLimits[key] ?? []
  if (type === undefined || max === undefined) return
  if (value > max) throw invalid(`Proposed value for ${key} is too large for ${type === 'INT' ? 'an' : 'a'} ${type}.`)
  if (!Number.isInteger(value)) throw invalid(`${key} cannot be a fractional value.`)
}
