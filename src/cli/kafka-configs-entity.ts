/** Whose settings kafka-configs.sh is about: the types and names that were typed, in the long form or the short, in the order that pairs them. */
import { resourceTypes } from '../client/config-admin.ts'
import { type JoptValues, UsageError } from './jopt.ts'

export const entityTypes = ['topics', 'clients', 'users', 'brokers', 'ips', 'client-metrics', 'groups', 'broker-loggers'] as const // prettier-ignore
export type EntityType = (typeof entityTypes)[number]

export interface Entity {
  readonly type: EntityType
  /** Undefined: all of the type; '' stands for its defaults. */
  readonly name: string | undefined
}

/** Options that name a type and one of it at once, in the order in which Kafka's tool looks at them. */
const shorthands: readonly (readonly [option: string, type: EntityType])[] = [
  ['topic', 'topics'],
  ['client', 'clients'],
  ['user', 'users'],
  ['broker', 'brokers'],
  ['broker-logger', 'broker-loggers'],
  ['ip', 'ips'],
  ['client-metrics', 'client-metrics'],
  ['group', 'groups'],
]
const defaultShorthands: readonly (readonly [option: string, type: EntityType])[] = [
  ['client-defaults', 'clients'],
  ['user-defaults', 'users'],
  ['broker-defaults', 'brokers'],
  ['ip-defaults', 'ips'],
]

/** Wrong usage as Kafka's tool says it: the sentence alone. */
export const wrong = (says: string): UsageError => new UsageError(says, false)

const typeOf = (word: string): EntityType => {
  const type = entityTypes.find((one) => one === word)
  if (type !== undefined) return type
  throw wrong(
    `Invalid entity type ${word}, the entity type must be one of ${entityTypes.join(', ')} with a --bootstrap-server or --bootstrap-controller argument`,
  )
}

/** Names in their order: the first belongs to the first type. */
const names = (values: JoptValues): string[] =>
  values.sequence.flatMap(([option, value]) => {
    if (option === 'entity-default') return ['']
    return option === 'entity-name' ? [value ?? ''] : []
  })

const typed = (values: JoptValues): Entity[] => {
  const given = names(values)
  const types = values.all('entity-type').map(typeOf)
  if (given.length > types.length) throw wrong('There are more entity names than entity types')
  return types.map((type, i) => ({ type, name: given[i] }))
}

const short = (values: JoptValues): Entity[] => [
  ...shorthands.flatMap(([option, type]) => (values.has(option) ? [{ type, name: values.one(option) ?? '' }] : [])),
  ...defaultShorthands.flatMap(([option, type]) => (values.has(option) ? [{ type, name: '' }] : [])),
]

const mayStandTogether = (entities: readonly Entity[]): boolean =>
  entities.length === 2 && entities[0]?.type !== entities[1]?.type && entities.every(({ type }) => type === 'users' || type === 'clients') // prettier-ignore

/** One entity, or a user and a client. Throws a UsageError in the words of Kafka's tool. */
export const entitiesOf = (values: JoptValues): readonly [Entity, ...Entity[]] => {
  const entities = [...typed(values), ...short(values)]
  const [first, ...rest] = entities
  if (first === undefined) throw wrong('At least one entity type must be specified')
  if (entities.length > 1 && !mayStandTogether(entities))
    throw wrong("Only 'users' and 'clients' entity types may be specified together")
  for (const { type, name } of entities) checkName(type, name)
  return [first, ...rest]
}

const checkName = (type: EntityType, name: string | undefined): void => {
  const isBroker = type === 'brokers' || type === 'broker-loggers'
  if (isBroker && name !== undefined && name !== '' && !/^-?\d+$/.test(name))
    throw wrong(`The entity name for ${type} must be a valid integer broker id, but it is: ${name}`)
}

/** `topics` as one of them: `topic`. */
export const singular = (type: EntityType): string => type.slice(0, -1)

export const quotaTypes: Readonly<Partial<Record<EntityType, string>>> = {
  users: 'user',
  clients: 'client-id',
  ips: 'ip',
}

/** Resource types of entities that have settings rather than quotas. */
export const resourceTypeOf: Readonly<Partial<Record<EntityType, number>>> = {
  topics: resourceTypes.topic,
  brokers: resourceTypes.broker,
  'broker-loggers': resourceTypes.brokerLogger,
  'client-metrics': resourceTypes.clientMetrics,
  groups: resourceTypes.group,
}
