/** `kafka-configs.sh --describe`. */
import { type ConfigAdmin, type DescribedConfig, type QuotaEntity, type QuotaFilter, resourceTypes } from '../client/config-admin.ts' // prettier-ignore
import { type Entity, quotaTypes, resourceTypeOf, singular, wrong } from './kafka-configs-entity.ts'

const sourceNames: Readonly<Record<number, string>> = {
  1: 'DYNAMIC_TOPIC_CONFIG',
  2: 'DYNAMIC_BROKER_CONFIG',
  3: 'DYNAMIC_DEFAULT_BROKER_CONFIG',
  4: 'STATIC_BROKER_CONFIG',
  5: 'DEFAULT_CONFIG',
  6: 'DYNAMIC_BROKER_LOGGER_CONFIG',
  7: 'DYNAMIC_CLIENT_METRICS_CONFIG',
  8: 'DYNAMIC_GROUP_CONFIG',
}
/** The source of what an entity has of its own. */
const ownSources: Readonly<Record<string, number>> = { topics: 1, brokers: 2, 'broker-loggers': 6, 'client-metrics': 7, groups: 8 } // prettier-ignore
const DEFAULTS_OF_BROKERS = 3

const entityWords: Readonly<Record<string, string>> = { user: 'user-principal', 'client-id': 'client-id', ip: 'ip' }

const line = ({ name, value, isSensitive, configSynonyms }: DescribedConfig): string => {
  const synonyms = configSynonyms.map((one) => `${sourceNames[one.source] ?? one.source}:${one.name}=${one.value}`)
  return `  ${name}=${value} sensitive=${isSensitive} synonyms={${synonyms.join(', ')}}\n`
}

/** The settings of one thing; null for the defaults of all brokers. */
const describeOne = async (admin: ConfigAdmin, type: Entity['type'], name: string, isAll: boolean): Promise<void> => {
  const isDefaults = type === 'brokers' && name === ''
  const configs = await admin.describe({ type: resourceTypeOf[type] ?? 0, name })
  const own = isDefaults ? DEFAULTS_OF_BROKERS : ownSources[type]
  const whose = isDefaults ? 'brokers in the cluster' : `${singular(type)} ${name}`
  const kind = isAll ? 'All' : isDefaults ? 'Default' : 'Dynamic'
  process.stdout.write(`${kind} configs for ${whose} are:\n`)
  for (const config of configs) if (isAll || config.source === own) process.stdout.write(line(config))
}

/** All that there are of a type; for brokers with '', their defaults, at the end. */
const namesOf = async (admin: ConfigAdmin, type: Entity['type']): Promise<readonly string[]> => {
  if (type === 'topics') return (await admin.inventory()).topics
  if (type === 'brokers') return [...(await admin.inventory()).brokers, '']
  if (type === 'broker-loggers') return (await admin.inventory()).brokers
  return (await admin.listed(type === 'groups' ? resourceTypes.group : resourceTypes.clientMetrics)).toSorted()
}

const describeSettings = async (admin: ConfigAdmin, { type, name }: Entity, isAll: boolean): Promise<void> => {
  const known = await namesOf(admin, type)
  if (type === 'broker-loggers' && name === undefined)
    throw wrong('An entity name must be specified with --describe of broker-loggers')
  if (name !== undefined && !known.includes(name)) {
    process.stdout.write(`The ${singular(type)} '${name}' doesn't exist and doesn't have dynamic config.\n`)
    return
  }
  for (const one of name === undefined ? known : [name]) await describeOne(admin, type, one, isAll)
}

/** What quotas are asked for: those of a name, of the default entity, or of all of a type. */
export const quotaFilters = (entities: readonly Entity[]): QuotaFilter[] =>
  entities.map(({ type, name }) => ({
    type: quotaTypes[type] ?? '',
    match: name === undefined ? 'any' : name === '' ? 'default' : { name },
  }))

const entityText = (entity: QuotaEntity): string => {
  const order = ['user', 'client-id', 'ip']
  return entity
    .toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b))
    .map(([type, name]) => {
      const word = entityWords[type] ?? type
      return name === null ? `the default ${word}` : `${word} '${name}'`
    })
    .join(', ')
}

/** As Java writes a double. */
const rateText = (rate: number): string => {
  if (Number.isInteger(rate) && Math.abs(rate) < 1e7) return `${rate}.0`
  if (Math.abs(rate) < 1e7 && Math.abs(rate) >= 1e-3) return String(rate)
  const [digits = '', exponent = ''] = rate.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}

const describeQuotas = async (admin: ConfigAdmin, entities: readonly Entity[]): Promise<void> => {
  for (const { entity, values } of await admin.quotas(quotaFilters(entities), true)) {
    const rates = [...values].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, rate]) => `${key}=${rateText(rate)}`)
    process.stdout.write(`Quota configs for ${entityText(entity)} are ${rates.join(', ')}\n`)
  }
}

export const describe = (
  admin: ConfigAdmin,
  entities: readonly [Entity, ...Entity[]],
  isAll: boolean,
): Promise<void> => {
  const [first] = entities
  return quotaTypes[first.type] === undefined ? describeSettings(admin, first, isAll) : describeQuotas(admin, entities)
}
