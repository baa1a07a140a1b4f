/**
 * Which broker a tool talks to. `--zookeeper` is typed by habit from old notes: for this machine, or where MILLRACE_BOOTSTRAP says which broker is
 * meant, the tools use our broker and say so; for any other host they refuse, so that nobody changes the wrong cluster.
 */
import { existsSync, readFileSync } from 'node:fs'
import { Fault } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { type Address, parseAddresses } from '../client/address.ts'
import { type ClientOptions, clientOptions } from '../client/options.ts'
import { parseProperties } from '../config/properties.ts'
import { type JoptOption, type JoptValues, UsageError } from './jopt.ts'
import { packageFile } from './package-folder.ts'

/** The option of every tool. */
export const bootstrapOption: JoptOption = {
  names: ['bootstrap-server', 'broker-list'],
  value: 'String: server to connect to',
  doc: 'The broker to connect to, as host:port; several between commas.',
}

export const zookeeperOption: JoptOption = {
  names: ['zookeeper'],
  value: 'String: urls',
  doc: 'Of older Kafka. For this machine, the broker of MILLRACE_BOOTSTRAP or conf/server.properties is used instead.',
}

const defaultBootstrap = '127.0.0.1:9092'
const shippedConfig = 'conf/server.properties'

/** Where our own broker listens: MILLRACE_BOOTSTRAP, else the first listener of conf/server.properties (below this folder, or as shipped), else the usual port. */
export const ownBootstrap = (): string => {
  const told = process.env['MILLRACE_BOOTSTRAP']
  if (told !== undefined && told !== '') return told
  const config = [shippedConfig, packageFile(shippedConfig)].find((path) => existsSync(path))
  if (config === undefined) return defaultBootstrap
  const { entries } = parseProperties(readFileSync(config, 'utf8'), config)
  const listeners = entries.findLast((entry) => entry.key === 'listeners')?.value ?? ''
  const address = /:\/\/(\[[^\]]*\]|[^:/,]*):(\d+)/.exec(listeners)
  if (address === null) return defaultBootstrap
  return `${address[1] === '' || address[1] === '0.0.0.0' ? '127.0.0.1' : address[1]}:${address[2]}`
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)$/i

const isLocal = (zookeeper: string): boolean =>
  zookeeper
    .replace(/\/.*$/, '')
    .split(',')
    .every((address) => loopback.test(address.trim().replace(/:\d+$/, '')))

/** Whether our own broker is what is meant. */
const meansOurs = (zookeeper: string): boolean => {
  const told = process.env['MILLRACE_BOOTSTRAP']
  return (told !== undefined && told !== '') || isLocal(zookeeper)
}

const insteadOf = (zookeeper: string, toolName: string, log: Log): string => {
  if (!meansOurs(zookeeper)) {
    throw new UsageError(
      `--zookeeper ${zookeeper}: this tool does not talk to ZooKeeper. Name a broker of that cluster:\n  ${toolName}.sh --bootstrap-server HOST:9092 …`,
      false,
    )
  }
  const bootstrap = ownBootstrap()
  log.warn(
    `--zookeeper ${zookeeper} is not asked; the broker at ${bootstrap} is used. Write --bootstrap-server ${bootstrap} instead.`,
  )
  return bootstrap
}

/** The `host:port` list that the tool was given. Throws a UsageError. */
export const bootstrapOf = (values: JoptValues, toolName: string, log: Log): string => {
  const given = values.one('bootstrap-server')
  const zookeeper = values.one('zookeeper')
  if (given !== undefined && zookeeper !== undefined)
    throw new UsageError('Only one of --bootstrap-server or --zookeeper must be specified')
  if (given !== undefined) return given
  if (zookeeper !== undefined) return insteadOf(zookeeper, toolName, log)
  throw new UsageError('Missing required argument "[bootstrap-server]"')
}

const addressesOf = (bootstrap: string): readonly Address[] => {
  try {
    return parseAddresses(bootstrap)
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    throw new UsageError(`Please provide valid host:port like host1:9091,host2:9092 (${thrown.message})`)
  }
}

/** What a client of the tool starts from. Throws a UsageError for addresses that are none. */
export const clientOf = (bootstrap: string, clientId: string, log: Log): ClientOptions =>
  clientOptions({ bootstrap: addressesOf(bootstrap), clientId, log })

/**
 * Rejects with a UsageError where `--zookeeper` means our own broker and nobody listens there: who follows old notes is told what is asked instead,
 * and does not wait for it.
 */
export const checkOwnBroker = async (values: JoptValues): Promise<void> => {
  const zookeeper = values.one('zookeeper')
  if (zookeeper === undefined || values.has('bootstrap-server') || !meansOurs(zookeeper)) return
  const bootstrap = ownBootstrap()
  const { isListenedOn } = await import('./listening.ts')
  for (const address of addressesOf(bootstrap)) if (await isListenedOn(address)) return
  throw new UsageError(
    `--zookeeper ${zookeeper} is not asked, and no broker listens at ${bootstrap}, which is used instead: start it, or write --bootstrap-server HOST:PORT instead.`,
    false,
  )
}
