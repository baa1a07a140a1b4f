/** Settings that a group, or a subscription to client metrics, may have of its own; both are changed by Kafka's tools only. */
import { KafkaFault } from '../protocol/error-codes.ts'
import { BadValue, commaList, flag, idle, INT_MAX, integer, invalidValue, type KafkaRow, milliseconds, oneOf, text } from './config-kinds.ts' // prettier-ignore
import { reasons } from './config-reasons.ts'

const int = { max: INT_MAX } as const
type Rows = Readonly<Record<string, KafkaRow<unknown>>>

export const groupRows = {
  'consumer.session.timeout.ms': milliseconds({
    ...int,
    min: 1,
    default: 45_000,
    doc: 'A member of the newer group protocol that is silent for so long is taken out.',
  }),
  'consumer.heartbeat.interval.ms': milliseconds({
    ...int,
    min: 1,
    default: 5000,
    doc: 'How often members of the newer group protocol are told to be heard of.',
  }),
  ...idle(reasons.fixed, { 'consumer.assignment.interval.ms': milliseconds({ ...int, min: 0, default: 1000 }) }),
  ...idle(reasons.share, {
    'share.session.timeout.ms': milliseconds({ ...int, min: 1, default: 45_000 }),
    'share.heartbeat.interval.ms': milliseconds({ ...int, min: 1, default: 5000 }),
    'share.assignment.interval.ms': milliseconds({ ...int, min: 0, default: 1000 }),
    'share.auto.offset.reset': text({ default: 'latest' }),
    'share.delivery.count.limit': integer({ ...int, min: 2, default: 5 }),
    'share.isolation.level': oneOf(['read_committed', 'read_uncommitted'], { default: 'read_uncommitted' }),
    'share.partition.max.record.locks': integer({ ...int, min: 100, default: 2000 }),
    'share.record.lock.duration.ms': milliseconds({ ...int, min: 1000, default: 30_000 }),
    'share.renew.acknowledge.enable': flag({ default: true }),
    'streams.session.timeout.ms': milliseconds({ ...int, min: 1, default: 45_000 }),
    'streams.heartbeat.interval.ms': milliseconds({ ...int, min: 1, default: 5000 }),
    'streams.assignment.interval.ms': milliseconds({ ...int, min: 0, default: 1000 }),
    'streams.initial.rebalance.delay.ms': milliseconds({ ...int, min: 0, default: 3000 }),
    'streams.num.standby.replicas': integer({ ...int, min: 0, default: 0 }),
  }),
} as const satisfies Rows

/** The setting of server.properties that a group's setting overrides. */
export const groupTwin = (name: string): string => `group.${name}`

export const metricsRows = idle(reasons.telemetry, {
  'interval.ms': milliseconds({ ...int, default: 300_000 }),
  match: commaList({ default: [] }),
  metrics: commaList({ default: [] }),
}) satisfies Rows

/** What the broker allows a group to ask for, where its file says nothing. */
const groupLimits: Readonly<Record<string, number>> = {
  'group.consumer.min.session.timeout.ms': 45_000,
  'group.consumer.max.session.timeout.ms': 60_000,
  'group.consumer.min.heartbeat.interval.ms': 5000,
  'group.consumer.max.heartbeat.interval.ms': 15_000,
}

const checkLimits = (name: string, value: number, broker: ReadonlyMap<string, string>): void => {
  const limited = /^consumer\.(session\.timeout|heartbeat\.interval)\.ms$/.exec(name)
  if (limited === null) return
  for (const [end, word] of [
    ['min', 'greater'],
    ['max', 'less'],
  ] as const) {
    // prettier-ignore
    const limit = `group.consumer.${end}.${limited[1]}.ms`
    const bound = Number(broker.get(limit) ?? groupLimits[limit])
    if (end === 'min' ? value < bound : value > bound)
      throw new KafkaFault('INVALID_CONFIG', `${name} must be ${word} than or equal to ${limit}`)
  }
}

const parsed = (name: string, given: string, rows: Rows, unknown: KafkaFault): unknown => {
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined
  if (row === undefined) throw unknown
  try {
    return row.parse(given.trim())
  } catch (thrown) {
    if (!(thrown instanceof BadValue)) throw thrown
    throw new KafkaFault('INVALID_CONFIG', invalidValue(name, given, thrown))
  }
}

/** Throws INVALID_CONFIG. `broker` holds the settings of server.properties. */
export const checkGroupConfigs = (configs: ReadonlyMap<string, string>, broker: ReadonlyMap<string, string>): void => {
  for (const [name, given] of configs) {
    const unknown = new KafkaFault('INVALID_CONFIG', `Unknown group config name: ${name}`)
    const value = parsed(name, given, groupRows, unknown)
    if (typeof value === 'number') checkLimits(name, value, broker)
  }
}

const matchable = /^(?:client_instance_id|client_id|client_software_name|client_software_version|client_source_address|client_source_port)=/ // prettier-ignore

/** Throws INVALID_CONFIG or INVALID_REQUEST. */
export const checkMetricsConfigs = (configs: ReadonlyMap<string, string>): void => {
  for (const [name, given] of configs) {
    const unknown = new KafkaFault('INVALID_REQUEST', `Unknown client metrics configuration: ${name}`)
    const value = parsed(name, given, metricsRows, unknown)
    if (name === 'interval.ms' && (Number(value) < 100 || Number(value) > 3_600_000))
      throw new KafkaFault(
        'INVALID_REQUEST',
        `Invalid value ${given} for interval.ms, interval must be between 100 and 3600000 (1 hour)`,
      )
    const pattern = name === 'match' ? (value as readonly string[]).find((one) => !matchable.test(one)) : undefined
    if (pattern !== undefined) throw new KafkaFault('INVALID_CONFIG', `Illegal client matching pattern: ${pattern}`)
  }
}
