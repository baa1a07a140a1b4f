/**
 * `millrace/broker`: a broker inside the process that asks for it, for test suites above all. It listens on a free port of 127.0.0.1, keeps its logs in a
 * temporary folder that goes with it, and speaks to any Kafka client as the broker of `kafka-server-start.sh` does.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../base/faults.ts'
import { type Log, silentLog } from '../base/log.ts'
import { closest } from '../config/did-you-mean.ts'
import { startBroker as startOn } from './broker.ts'
import { brokerConfig } from './config.ts'
import { brokerRow } from './config-live.ts'
import { reasonFor } from './config-names.ts'
import { brokerSettings, type BrokerSettings } from './config-table.ts'

export type { Log, LogFields } from '../base/log.ts'
export type { BrokerSettings } from './config-table.ts'

/** Settings of server.properties by Kafka's names, as values or as they would be written there. */
export type GivenSettings = { readonly [Name in keyof BrokerSettings]?: BrokerSettings[Name] | string }

export interface BrokerOptions {
  /** Where it listens; 127.0.0.1 by default. */
  readonly host?: string
  /** 0, the default, lets the system choose a free one. */
  readonly port?: number
  /** Where its logs are kept. Left out, it is a temporary folder, which is removed at the stop. */
  readonly folder?: string
  /** What differs from Kafka's defaults; `listeners` and `log.dirs` win over the options above, and folders named there stay. */
  readonly settings?: GivenSettings
  /** Hears what it has to say; by default nobody does. */
  readonly log?: Log
}

export interface Broker extends AsyncDisposable {
  /** What clients are given: `127.0.0.1:49152`. */
  readonly bootstrap: string
  readonly host: string
  readonly port: number
  readonly brokerId: number
  /** 22 characters; another one for each temporary folder. */
  readonly clusterId: string
  /** Where its logs are; the first one of several. */
  readonly folder: string
  /** Ends connections, closes the logs, and removes the folder if it is a temporary one. Safe twice. */
  stop(): Promise<void>
}

/** What makes tests quick, where they do not ask for something else: no wait for more group members, and small internal topics. */
const quick: GivenSettings = {
  'group.initial.rebalance.delay.ms': 0,
  'offsets.topic.num.partitions': 1,
  'transaction.state.log.num.partitions': 1,
}

const written = (settings: GivenSettings): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]),
  )

/** A name that Kafka does not have is a mistake of the test, and would do nothing. */
const refuseUnknown = (settings: GivenSettings): void => {
  for (const name of Object.keys(settings)) {
    if (brokerRow(name) !== undefined || reasonFor(name) !== undefined) continue
    const near = closest(name, Object.keys(brokerSettings))
    const meant = near === undefined ? '' : ` (did you mean ${near}?)`
    throw new Fault('BAD_BROKER_CONFIG', { problem: `Kafka has no setting ${name}${meant}` })
  }
}

/** Where no compiler looks at them: what cannot be meant, in the words of the one who wrote it. */
const checkOptions = (options: BrokerOptions): void => {
  for (const name of Object.keys(options)) {
    if (optionNames.includes(name)) continue
    const near = closest(name, optionNames)
    const meant = near === undefined ? `: it takes ${optionNames.join(', ')}` : ` (did you mean ${near}?)`
    throw new Fault('BAD_BROKER_CONFIG', { problem: `startBroker has no option ${name}${meant}` })
  }
  const { port = 0, log = silentLog } = options
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Fault('BAD_BROKER_CONFIG', { problem: `the option port is ${String(port)}: it must be from 0 to 65535` })
  if (typeof log.named !== 'function')
    throw new Fault('BAD_BROKER_CONFIG', {
      problem: 'the option log must have the methods debug, info, warn, error and named, the last of which gives a log',
    })
}
const optionNames: readonly string[] = ['host', 'port', 'folder', 'settings', 'log'] satisfies (keyof BrokerOptions)[]

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/** Resolves when it serves. Rejects with a Fault: BAD_BROKER_CONFIG for options and settings that cannot be, LISTENER_TAKEN for a port that is in use. */
export const startBroker = async (options: BrokerOptions = {}): Promise<Broker> => {
  const { host = '127.0.0.1', port = 0, settings = {}, log = silentLog } = options
  checkOptions(options)
  refuseUnknown(settings)
  const own = written(settings)
  const isNamed = options.folder !== undefined || 'log.dirs' in own || 'log.dir' in own
  const temporary = isNamed ? undefined : await mkdtemp(join(tmpdir(), 'millrace-broker-'))
  const given = options.folder ?? temporary
  const forget = async (): Promise<void> => {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true })
  }
  try {
    const config = brokerConfig({
      ...(temporary === undefined ? {} : written(quick)),
      listeners: `PLAINTEXT://${bracketed(host)}:${port}`,
      ...(given === undefined ? {} : { 'log.dirs': given }),
      ...own,
    })
    const broker = await startOn(config, { log, embedded: true })
    const [address] = broker.addresses
    const at = { host: address?.host ?? host, port: address?.port ?? port }
    let stopped: Promise<void> | undefined
    const stop = (): Promise<void> => (stopped ??= broker.stop().then(forget, forget))
    const { brokerId, clusterId } = broker
    const bootstrap = `${bracketed(at.host)}:${at.port}`
    const [folder = ''] = config.logDirs
    return { bootstrap, ...at, brokerId, clusterId, folder, stop, [Symbol.asyncDispose]: stop }
  } catch (thrown) {
    await forget()
    throw thrown
  }
}
