/** `kafka-configs.sh --alter`. */
import { lookup } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { reasonOf, systemCode } from '../base/faults.ts'
import { type ConfigAdmin, resourceTypes } from '../client/config-admin.ts'
import { parseProperties } from '../config/properties.ts'
import type { JoptValues } from './jopt.ts'
import { type Entity, type EntityType, quotaTypes, resourceTypeOf, singular, wrong } from './kafka-configs-entity.ts'
import { quotaFilters } from './kafka-configs-describe.ts'
import { ToolFailure } from './kafka-failure.ts'

const mayBeDefault: readonly EntityType[] = ['brokers', 'users', 'clients', 'ips']
const clientQuotas = ['consumer_byte_rate', 'controller_mutation_rate', 'producer_byte_rate', 'request_percentage']
const ipQuotas = ['connection_creation_rate']

/** `k1=v1,k2=[a,b]`: commas in square brackets belong to the value. */
export const pairsIn = (text: string): Map<string, string> => {
  const pairs = text.trim() === '' ? [] : text.split(/,(?=[^\]]*(?:\[|$))/)
  return new Map(
    pairs.map((pair) => {
      const [, key, value] = /^\s*([^=]+?)\s*=\s*(.*?)\s*$/s.exec(pair) ?? []
      if (key === undefined || value === undefined)
        throw wrong(
          'requirement failed: Invalid entity config: all configs to be added must be in the format "key=val" or  "key=[val1,val2]" to group values which contain commas.',
        )
      return [key, value.replaceAll(/\[(.*)\]/gs, '$1').trim()]
    }),
  )
}

const fileOf = (path: string): Map<string, string> => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (thrown) {
    const exception = systemCode(thrown) === 'ENOENT' ? 'java.nio.file.NoSuchFileException' : 'java.io.IOException'
    throw new ToolFailure(`${path}: ${reasonOf(thrown)}`, exception)
  }
  return new Map(parseProperties(text, path).entries.map(({ key, value }) => [key, value]))
}

interface Changes {
  readonly added: ReadonlyMap<string, string>
  readonly deleted: readonly string[]
}

const changesOf = (values: JoptValues): Changes => {
  const pairs = values.one('add-config')
  const file = values.one('add-config-file')
  if (pairs !== undefined && file !== undefined)
    throw wrong('Only one of --add-config or --add-config-file must be specified')
  const names = values.one('delete-config')
  if (pairs === undefined && file === undefined && names === undefined)
    throw wrong('At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter')
  return {
    added: file === undefined ? pairsIn(pairs ?? '') : fileOf(file),
    deleted: (names ?? '').split(',').map((name) => name.trim()).filter((name) => name !== ''), // prettier-ignore
  }
}

const checkLoggers = async (admin: ConfigAdmin, name: string, { added, deleted }: Changes): Promise<void> => {
  const known = new Set((await admin.describe({ type: resourceTypes.brokerLogger, name })).map((one) => one.name))
  const strange = [...added.keys(), ...deleted].filter((logger) => !known.has(logger))
  if (strange.length > 0) throw wrong(`Invalid broker logger(s): ${strange.join(',')}`)
}

const checkQuotaNames = (entities: readonly Entity[], { added, deleted }: Changes): void => {
  const isIp = entities[0]?.type === 'ips'
  const known = isIp ? ipQuotas : clientQuotas
  const kind = isIp ? 'connection quota' : 'quota'
  const types = entities.map(({ type }) => type).join(',')
  for (const [verb, names] of [
    ['added', [...added.keys()]],
    ['deleted', deleted],
  ] as const) {
    // prettier-ignore
    const strange = names.filter((name) => !known.includes(name))
    if (strange.length > 0)
      throw wrong(
        `Only ${kind} configs can be ${verb} for '${types}' using --bootstrap-server. Unexpected config names: ${strange.join(',')}`,
      )
  }
}

const rateOf = (name: string, text: string): number => {
  const rate = Number(text)
  if (text.trim() === '' || Number.isNaN(rate))
    throw wrong(`Cannot parse quota configuration value for ${name}: ${text}`)
  return rate
}

const checkAddress = async (name: string): Promise<void> => {
  if (name === '' || isIP(name) !== 0) return
  try {
    await lookup(name)
  } catch {
    throw wrong(`The entity name for ips must be a valid IP or resolvable host, but it is: ${name}`)
  }
}

const alterQuotas = async (admin: ConfigAdmin, entities: readonly Entity[], changes: Changes): Promise<void> => {
  checkQuotaNames(entities, changes)
  for (const { type, name = '' } of entities) if (type === 'ips') await checkAddress(name)
  const added = Array.from(changes.added, ([key, text]) => ({ key, value: rateOf(key, text) }))
  const [found] = await admin.quotas(quotaFilters(entities), true)
  const missing = changes.deleted.filter((key) => found?.values.has(key) !== true)
  if (missing.length > 0) throw wrong(`Invalid config(s): ${missing.join(',')}`)
  const entity = entities.map(({ type, name = '' }) => [quotaTypes[type] ?? '', name === '' ? null : name] as const)
  const deleted = changes.deleted.map((key) => ({ key, value: undefined }))
  await admin.changeQuotas(entity, [...added, ...deleted])
}

const alterSettings = async (admin: ConfigAdmin, { type, name = '' }: Entity, changes: Changes): Promise<void> => {
  const resource = { type: resourceTypeOf[type] ?? 0, name }
  if (type === 'broker-loggers') await checkLoggers(admin, name, changes)
  await admin.change(resource, [
    ...Array.from(changes.added, ([key, value]) => ({ name: key, value })),
    ...changes.deleted.map((key) => ({ name: key, value: undefined })),
  ])
}

export const alter = async (
  admin: ConfigAdmin,
  entities: readonly [Entity, ...Entity[]],
  values: JoptValues,
): Promise<void> => {
  const changes = changesOf(values)
  for (const { type, name } of entities)
    if (name === undefined || (name === '' && !mayBeDefault.includes(type)))
      throw wrong(`An entity name must be specified with --alter of ${entities.map((one) => one.type).join(',')}`)
  const [{ type, name = '' }] = entities
  if (type === 'users' && [...changes.added.keys(), ...changes.deleted].some((key) => key.startsWith('SCRAM-')))
    throw wrong('SCRAM credentials cannot be changed: the broker has no security yet.')
  if (quotaTypes[type] === undefined) await alterSettings(admin, entities[0], changes)
  else await alterQuotas(admin, entities, changes)
  const whose = name === '' ? `default config for ${type} in the cluster` : `config for ${singular(type)} ${name}`
  process.stdout.write(`Completed updating ${whose}.\n`)
}
