/** The things whose settings can be changed by AlterConfigs and IncrementalAlterConfigs: topics, this broker and the defaults of all, groups, metrics subscriptions. */
import { KafkaFault } from '../../protocol/error-codes.ts'
import { checkGroupConfigs, checkMetricsConfigs, groupRows, metricsRows } from '../config-group.ts'
import type { KafkaRow } from '../config-kinds.ts'
import { brokerRow } from '../config-live.ts'
import { idleReason } from '../config-notices.ts'
import type { Named } from '../config-store.ts'
import { sayIdleSettings } from '../topic-notices.ts'
import { checkTopicName } from '../topics/topic-name.ts'
import { topicSetting } from '../topics/topic-settings.ts'
import type { Services } from './handler.ts'

/** Resource types of the protocol. */
export const resourceTypes = { topic: 2, broker: 4, brokerLogger: 8, clientMetrics: 16, group: 32 } as const

export interface Resource {
  /** What it overrides now. */
  readonly current: ReadonlyMap<string, string>
  readonly rowOf: (name: string) => KafkaRow<unknown> | undefined
  /** What is said when something is appended to a setting that is no list. */
  readonly cannotList: (edit: string, name: string) => string
  /** Takes `next` for what it overrides, once it would survive a power cut. Throws or rejects with KafkaFault, and nothing has changed then. */
  change(next: ReadonlyMap<string, string>, names: readonly string[], validateOnly: boolean): Promise<void>
}

/** Things that have settings without being there otherwise: groups and metrics subscriptions. */
const NAMED_MAX = 10_000

const cannotList = (edit: string, name: string): string =>
  `Can't ${edit.toUpperCase()} to key ${name} because its type is not LIST.`

const rowIn =
  (rows: Readonly<Record<string, KafkaRow<unknown>>>) =>
  (name: string): KafkaRow<unknown> | undefined =>
    Object.hasOwn(rows, name) ? rows[name] : undefined

const invalid = (says: string): KafkaFault => new KafkaFault('INVALID_REQUEST', says)

const topicResource = (name: string, { topics, log }: Services): Resource => {
  if (name === '') throw invalid('Default topic resources are not allowed.')
  const topic = topics.get(name)
  if (topic === undefined) {
    checkTopicName(name)
    throw new KafkaFault('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`)
  }
  return {
    current: topic.configs,
    rowOf: topicSetting,
    cannotList,
    async change(next, names, validateOnly) {
      await topics.alter(name, next, validateOnly)
      if (!validateOnly) sayIdleSettings(name, names.filter((one) => next.has(one)), log) // prettier-ignore
    },
  }
}

/** Refuses ids that are not this broker's; '' stands for the defaults of all. */
export const checkBrokerId = (name: string, brokerId: number): void => {
  if (name === '' || name === String(brokerId)) return
  throw invalid(
    /^-?\d+$/.test(name)
      ? `Unexpected broker id, expected ${brokerId} or empty string, but received ${name}`
      : `Node id must be an integer, but it is: ${name}`,
  )
}

const brokerResource = (name: string, { brokerId, config, store, log }: Services): Resource => {
  checkBrokerId(name, brokerId)
  const isDefault = name === ''
  const before = isDefault ? config.changed.all : config.changed.broker
  const keep = (changes: ReadonlyMap<string, string>): void => {
    if (isDefault) store.changes.brokers = new Map(changes)
    else store.changes.broker = new Map(changes)
  }
  return {
    current: before,
    rowOf: brokerRow,
    cannotList: (edit, key) => `Config value ${edit} is not allowed for config key: ${key}`,
    async change(next, names, validateOnly) {
      config.check(isDefault, next, names)
      if (validateOnly) return
      config.change(isDefault, next, names)
      keep(next)
      try {
        await store.save()
      } catch (thrown) {
        config.change(isDefault, before, [])
        keep(before)
        throw thrown
      }
      sayChange(names, next, log.named('kafka.server.DynamicBrokerConfig'))
    },
  }
}

const sayChange = (names: readonly string[], next: ReadonlyMap<string, string>, log: Services['log']): void => {
  for (const name of names) {
    const value = brokerRow(name)?.secret === false ? ` to ${next.get(name)}` : ''
    const reason = idleReason(name)
    const idle = reason === undefined ? '' : `, without effect here (${reason})`
    log.info(next.has(name) ? `${name} was changed${value}${idle}.` : `${name} is no longer changed.`)
  }
}

/** Groups and metrics subscriptions: a map of settings for each name, which is there while it is not empty. */
const namedResource = (
  name: string,
  all: Map<string, Named>,
  { store }: Services,
  rules: { readonly rowOf: Resource['rowOf']; readonly check: (next: ReadonlyMap<string, string>) => void },
): Resource => {
  const before = all.get(name)
  const keep = (configs: ReadonlyMap<string, string> | undefined): void => {
    if (configs === undefined || configs.size === 0) all.delete(name)
    else all.set(name, new Map(configs))
  }
  return {
    current: before ?? new Map(),
    rowOf: rules.rowOf,
    cannotList,
    async change(next, _names, validateOnly) {
      rules.check(next)
      if (before === undefined && all.size >= NAMED_MAX)
        throw invalid(`More than ${NAMED_MAX} have settings of their own`)
      if (validateOnly) return
      keep(next)
      try {
        await store.save()
      } catch (thrown) {
        keep(before)
        throw thrown
      }
    },
  }
}

/** Throws KafkaFault. */
export const resourceOf = (type: number, name: string, broker: Services): Resource => {
  const { changes } = broker.store
  if (type === resourceTypes.topic) return topicResource(name, broker)
  if (type === resourceTypes.broker) return brokerResource(name, broker)
  if (type === resourceTypes.group) {
    if (name === '') throw invalid('Default group resources are not allowed.')
    const check = (next: ReadonlyMap<string, string>): void => checkGroupConfigs(next, broker.config.given)
    return namedResource(name, changes.groups, broker, { rowOf: rowIn(groupRows), check })
  }
  if (type === resourceTypes.clientMetrics) {
    if (name === '') throw invalid("Subscription name can't be empty")
    return namedResource(name, changes.metrics, broker, { rowOf: rowIn(metricsRows), check: checkMetricsConfigs })
  }
  throw invalid(`Unknown resource type ${type}`)
}
