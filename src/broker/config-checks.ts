/** What settings of a server.properties must satisfy together, in Kafka's words. */
import type { BrokerSettings } from './config-table.ts'
import { assignors } from './groups/consumer/assignors.ts'

/** What is wrong with a setting, for the file's findings. */
export class BadSettings extends Error {
  override readonly name = 'BadSettings'
  readonly setting: string

  constructor(setting: string, says: string) {
    super(says)
    this.setting = setting
  }
}

const MIB = 1024 * 1024

type Check = (settings: BrokerSettings, given: ReadonlySet<string>) => readonly [setting: string, says: string] | false

const checkId: Check = (settings, given) => {
  const id = settings['broker.id']
  if (!given.has('broker.id') || given.has('process.roles')) return false
  const most = settings['reserved.broker.max.id']
  if (!settings['broker.id.generation.enable'])
    return id < 0 && ['broker.id', 'broker.id must be equal or greater than 0']
  return (
    (id < -1 || id > most) && [
      'broker.id',
      'broker.id must be equal or greater than -1 and not greater than reserved.broker.max.id',
    ]
  )
}

/** The first of these that the file has, or the last. */
const firstGiven = (given: ReadonlySet<string>, ...names: readonly string[]): string =>
  names.find((name) => given.has(name)) ?? names.at(-1) ?? ''

const checkRoll: Check = (settings) => {
  const { 'log.roll.ms': ms, 'log.roll.jitter.ms': jitterMs } = settings
  if (ms !== undefined && ms < 1) return ['log.roll.ms', 'log.roll.ms must be equal or greater than 1']
  return (
    jitterMs !== undefined &&
    jitterMs < 0 && ['log.roll.jitter.ms', 'log.roll.jitter.ms must be equal or greater than 0']
  )
}

const checkRetention: Check = (settings, given) => {
  const name = firstGiven(given, 'log.retention.ms', 'log.retention.minutes', 'log.retention.hours')
  const value = (settings as Readonly<Record<string, unknown>>)[name]
  return value === 0 && [name, 'log.retention.ms must be unlimited (-1) or, equal or greater than 1']
}

const checkCleaner: Check = (settings) =>
  settings['log.cleaner.enable'] &&
  settings['log.cleaner.dedupe.buffer.size'] / Math.max(1, settings['log.cleaner.threads']) <= MIB && [
    'log.cleaner.dedupe.buffer.size',
    'log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.',
  ]

const checkFetchWait: Check = (settings) => {
  const waitMs = settings['replica.fetch.wait.max.ms']
  const limits = [
    ['replica.socket.timeout.ms', 'unnecessary socket timeouts'],
    ['replica.lag.time.max.ms', 'frequent changes in ISR'],
  ] as const
  for (const [limit, harm] of limits)
    if (waitMs > settings[limit])
      return [
        'replica.fetch.wait.max.ms',
        `replica.fetch.wait.max.ms should always be less than or equal to ${limit} to prevent ${harm}`,
      ]
  return false
}

const checkAcks: Check = (settings) => {
  const acks = settings['offsets.commit.required.acks']
  return (
    (acks < -1 || acks > settings['offsets.topic.replication.factor']) && [
      'offsets.commit.required.acks',
      'offsets.commit.required.acks must be greater or equal -1 and less or equal to offsets.topic.replication.factor',
    ]
  )
}

/** `0.10.1-IV2` as numbers that compare; those of an unknown form count as the newest. */
const releaseOf = (version: string): number => {
  const [, major, minor, patch] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version.trim()) ?? []
  if (major === undefined || minor === undefined) return Infinity
  return Number(major) * 1e6 + Number(minor) * 1000 + (major === '0' ? Number(patch ?? 0) : 0)
}

const checkFormat: Check = (settings, given) => {
  if (!given.has('inter.broker.protocol.version') || !given.has('log.message.format.version')) return false
  const { 'inter.broker.protocol.version': protocol, 'log.message.format.version': format } = settings
  return (
    releaseOf(protocol) < releaseOf(format) && [
      'log.message.format.version',
      `log.message.format.version ${format} cannot be used when inter.broker.protocol.version is set to version ${protocol}`,
    ]
  )
}

const checkProtocols: Check = (settings) => {
  const name = 'group.coordinator.rebalance.protocols'
  return !settings[name].includes('classic') && [name, "Disabling the 'classic' protocol is not supported."]
}

const checkAssignors: Check = (settings) => {
  const name = 'group.consumer.assignors'
  const unknown = settings[name].find((one) => !Object.hasOwn(assignors, one))
  if (unknown === undefined && settings[name].length > 0) return false
  return [name, `${name} can only hold ${Object.keys(assignors).join(' and ')}, and not ${unknown ?? 'nothing'}`]
}

const checks: readonly Check[] = [
  checkId,
  checkRoll,
  checkRetention,
  checkCleaner,
  checkFetchWait,
  checkAcks,
  checkFormat,
  checkProtocols,
  checkAssignors,
]

/** Throws BadSettings; `given` says which settings the file has. */
export const checkTogether = (settings: BrokerSettings, given: ReadonlySet<string>): void => {
  for (const check of checks) {
    const wrong = check(settings, given)
    if (wrong !== false) throw new BadSettings(wrong[0], `requirement failed: ${wrong[1]}`)
  }
}
