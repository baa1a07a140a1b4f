/** Asks a cluster about settings and quotas and changes them: what kafka-configs needs. */
import { Fault } from '../base/faults.ts'
import { alterClientQuotas } from '../protocol/messages/alter-client-quotas.ts'
import { alterConfigs } from '../protocol/messages/alter-configs.ts'
import { describeClientQuotas } from '../protocol/messages/describe-client-quotas.ts'
import { describeConfigs } from '../protocol/messages/describe-configs.ts'
import { incrementalAlterConfigs } from '../protocol/messages/incremental-alter-configs.ts'
import { listConfigResources } from '../protocol/messages/list-config-resources.ts'
import type { ResponseOf } from '../protocol/table.ts'
import { Cluster } from './cluster.ts'
import type { Connection } from './connection.ts'
import { refuseError } from './errors.ts'
import type { ClientOptions } from './options.ts'

/** Resource types of the protocol. */
export const resourceTypes = { topic: 2, broker: 4, brokerLogger: 8, clientMetrics: 16, group: 32 } as const

export interface ConfigResource {
  readonly type: number
  /** Of brokers: '' stands for the defaults of all. */
  readonly name: string
}

export type DescribedConfig = ResponseOf<typeof describeConfigs>['resources'][number]['configs'][number]

export interface ConfigChange {
  readonly name: string
  /** Undefined takes the setting away. */
  readonly value: string | undefined
}

/** A quota's entity: types with names, null for the default one. */
export type QuotaEntity = readonly (readonly [type: string, name: string | null])[]

export interface QuotaFilter {
  readonly type: string
  /** A name, the default entity, or any. */
  readonly match: { readonly name: string } | 'default' | 'any'
}

export interface DescribedQuota {
  readonly entity: QuotaEntity
  readonly values: ReadonlyMap<string, number>
}

const SET = 0
const DELETE = 1
/** Sources of values that a resource has of its own, by its type. */
const ownSources: Readonly<Record<number, number>> = { 2: 1, 4: 2, 16: 7, 32: 8 }
const DEFAULT_BROKER_SOURCE = 3
const matchTypes = { exact: 0, default: 1, any: 2 } as const

/** Rejects with BrokerErrors, and with BROKER_UNREACHABLE and NO_SUCH_BROKER. */
export class ConfigAdmin implements Disposable {
  readonly #cluster: Cluster

  constructor(options: ClientOptions) {
    this.#cluster = new Cluster({ ...options, createTopics: false })
  }

  /** The names of all topics and the ids of all brokers, sorted. */
  async inventory(): Promise<{ readonly topics: readonly string[]; readonly brokers: readonly string[] }> {
    this.#cluster.watchEverything()
    await this.#cluster.refresh()
    const { topics, brokers } = this.#cluster.metadata
    const ids = [...brokers.keys()].toSorted((a, b) => a - b)
    return { topics: [...topics.keys()].toSorted(), brokers: ids.map(String) }
  }

  /** Names of this type that have settings of their own; none where the broker cannot tell. */
  async listed(type: number): Promise<readonly string[]> {
    const connection = await this.#cluster.any()
    if (!connection.supports(listConfigResources, type === resourceTypes.clientMetrics ? 0 : 1)) return []
    const reply = await connection.request(listConfigResources, { resourceTypes: [type] })
    refuseError('Listing settings', reply.errorCode)
    return reply.configResources.filter((one) => one.type === type).map(({ name }) => name)
  }

  /** In the order of their names. */
  async describe(resource: ConfigResource): Promise<readonly DescribedConfig[]> {
    const connection = await this.#brokerOf(resource)
    const { type: resourceType, name: resourceName } = resource
    const resources = [{ resourceType, resourceName, configNames: null }]
    const reply = await connection.request(describeConfigs, { resources, includeSynonyms: true })
    for (const one of reply.resources) refuseError(`Settings of ${resourceName}`, one.errorCode, one.errorMessage)
    return (reply.resources[0]?.configs ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Brokers before 2.3 are sent all that the resource overrides, with the changes in it. */
  async change(resource: ConfigResource, changes: readonly ConfigChange[]): Promise<void> {
    const connection = await this.#brokerOf(resource)
    const { type: resourceType, name: resourceName } = resource
    const what = `Settings of ${resourceName}`
    if (!connection.supports(incrementalAlterConfigs, 0)) return this.#replace(connection, resource, changes)
    const configs = changes.map(({ name, value }) => ({ name, op: value === undefined ? DELETE : SET, value: value ?? null })) // prettier-ignore
    const resources = [{ resourceType, resourceName, configs }]
    const reply = await connection.request(incrementalAlterConfigs, { resources, validateOnly: false })
    for (const one of reply.resources) refuseError(what, one.errorCode, one.errorMessage)
  }

  /** `strict`: entities of other types beside those asked for do not count. */
  async quotas(filters: readonly QuotaFilter[], strict: boolean): Promise<readonly DescribedQuota[]> {
    const components = filters.map(({ type: entityType, match }) => {
      if (match === 'any' || match === 'default') return { entityType, matchType: matchTypes[match], match: null }
      return { entityType, matchType: matchTypes.exact, match: match.name }
    })
    const reply = await (await this.#cluster.any()).request(describeClientQuotas, { components, strict })
    refuseError('Quotas', reply.errorCode, reply.errorMessage)
    return (reply.entries ?? []).map(({ entity, values }) => ({
      entity: entity.map(({ type, name }) => [type, name] as const),
      values: new Map(values.map(({ key, value }) => [key, value])),
    }))
  }

  /** An undefined value takes the quota away. */
  async changeQuotas(
    entity: QuotaEntity,
    changes: readonly { readonly key: string; readonly value: number | undefined }[],
  ): Promise<void> {
    const entry = {
      entity: entity.map(([type, name]) => ({ type, name })),
      ops: changes.map(({ key, value }) => ({ key, value: value ?? 0, remove: value === undefined })),
    }
    const reply = await (
      await this.#cluster.any()
    ).request(alterClientQuotas, { entries: [entry], validateOnly: false })
    for (const one of reply.entries) refuseError('Quotas', one.errorCode, one.errorMessage)
  }

  [Symbol.dispose](): void {
    this.#cluster[Symbol.dispose]()
  }

  /** Settings of a broker are that broker's to answer. */
  async #brokerOf({ type, name }: ConfigResource): Promise<Connection> {
    const isItsOwn = (type === resourceTypes.broker || type === resourceTypes.brokerLogger) && name !== ''
    if (!isItsOwn) return this.#cluster.any()
    if (this.#cluster.metadata.version === 0) await this.#cluster.refresh()
    const known = [...this.#cluster.metadata.brokers.keys()].toSorted((a, b) => a - b)
    if (!known.includes(Number(name))) throw new Fault('NO_SUCH_BROKER', { broker: name, brokers: String(known) })
    return this.#cluster.connection(Number(name))
  }

  async #replace(connection: Connection, resource: ConfigResource, changes: readonly ConfigChange[]): Promise<void> {
    const { type: resourceType, name: resourceName } = resource
    const isDefault = resourceType === resourceTypes.broker && resourceName === ''
    const own = isDefault ? DEFAULT_BROKER_SOURCE : ownSources[resourceType]
    const next = new Map<string, string | null>()
    for (const { name, value, source } of await this.describe(resource)) if (source === own) next.set(name, value)
    for (const { name, value } of changes) {
      if (value === undefined) next.delete(name)
      else next.set(name, value)
    }
    const configs = Array.from(next, ([name, value]) => ({ name, value }))
    const resources = [{ resourceType, resourceName, configs }]
    const reply = await connection.request(alterConfigs, { resources, validateOnly: false })
    for (const one of reply.resources) refuseError(`Settings of ${resourceName}`, one.errorCode, one.errorMessage)
  }
}
