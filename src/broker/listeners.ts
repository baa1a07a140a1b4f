/**
 * Where the broker listens and what clients are told to connect to: `listeners`, `advertised.listeners` and their older forms. A listener without
 * a host listens on 127.0.0.1 alone, so that nobody opens a broker to the world by leaving something out.
 */
import { BadSettings } from './config-checks.ts'
import type { BrokerSettings } from './config-table.ts'

export interface Endpoint {
  /** The listener's name: `PLAINTEXT`. */
  readonly name: string
  readonly host: string
  readonly port: number
}

export interface Listeners {
  readonly bound: readonly Endpoint[]
  /** What is told, by listener name; a port of 0 stands for the one that the system chose. */
  readonly advertised: ReadonlyMap<string, Endpoint>
  /** Said once at start. */
  readonly warnings: readonly string[]
}

const required = (setting: string, says: string): BadSettings => new BadSettings(setting, `requirement failed: ${says}`)

const PROTOCOLS: ReadonlySet<string> = new Set(['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'])
const LOCAL_HOST = '127.0.0.1'

const items = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

const parsed = (setting: string, text: string): Endpoint[] =>
  items(text).map((item) => {
    const [, name, bracketed, plain, port] = /^([\w.-]+):\/\/(?:\[([^\]]*)\]|([^:/]*)):(\d+)$/.exec(item) ?? []
    if (name === undefined || Number(port) > 65_535)
      throw new BadSettings(
        setting,
        `Unable to parse ${item} to a broker endpoint: '${item}' is not of the form NAME://host:port`,
      )
    return { name: name.toUpperCase(), host: bracketed ?? plain ?? '', port: Number(port) }
  })

const protocolOf = (name: string, map: string): string => {
  for (const item of items(map)) {
    const [from, to] = item.split(':')
    if (from?.toUpperCase() === name && to !== undefined) return to.toUpperCase()
  }
  if (PROTOCOLS.has(name)) return name
  throw new BadSettings(
    'listeners',
    `No security protocol defined for listener ${name}; listener.security.protocol.map gives one`,
  )
}

const mustDiffer = (setting: string, endpoints: readonly Endpoint[]): void => {
  const names = new Set(endpoints.map((e) => e.name))
  if (names.size < endpoints.length) throw required(setting, 'Each listener must have a different name')
}

const isEverywhere = (host: string): boolean => host === '0.0.0.0' || host === '::' || host === '*'

const controllersOf = (settings: BrokerSettings): ReadonlySet<string> =>
  new Set(items(settings['controller.listener.names'] ?? '').map((name) => name.toUpperCase()))

/** `given` says which settings the file has. */
const wanted = (settings: BrokerSettings, given: ReadonlySet<string>): Endpoint[] => {
  const controllers = controllersOf(settings)
  const old = !given.has('listeners') && (given.has('host.name') || given.has('port'))
  if (old) return [{ name: 'PLAINTEXT', host: settings['host.name'] ?? '', port: settings.port }]
  const all = parsed('listeners', settings.listeners).filter((e) => !controllers.has(e.name))
  if (all.length === 0) throw new BadSettings('listeners', 'No listener is left for clients')
  mustDiffer('listeners', all)
  const ports = all.map((e) => e.port).filter((port) => port !== 0)
  if (new Set(ports).size < ports.length) throw required('listeners', 'Each listener must have a different port')
  for (const { name } of all) {
    const protocol = protocolOf(name, settings['listener.security.protocol.map'] ?? '')
    if (protocol !== 'PLAINTEXT')
      throw new BadSettings(
        'listeners',
        `${name} speaks ${protocol}, which this broker does not have yet; only PLAINTEXT is there`,
      )
  }
  return all
}

const told = (settings: BrokerSettings, bound: readonly Endpoint[]): Endpoint[] => {
  const text = settings['advertised.listeners']
  const controllers = controllersOf(settings)
  if (text !== undefined) return parsed('advertised.listeners', text).filter((e) => !controllers.has(e.name))
  const host = settings['advertised.host.name']
  const port = settings['advertised.port']
  return bound.map((e) => ({ name: e.name, host: host ?? e.host, port: port ?? e.port }))
}

const notAdvertised = (setting: string, names: readonly string[], why = ''): BadSettings =>
  required(
    setting,
    `inter.broker.listener.name must be a listener name defined in advertised.listeners. The valid options based on currently configured listeners are ${names.join(',')}${why}`,
  )

/** Which listener brokers would use among themselves; there is nobody to use it, but a file that is wrong about it would not start Kafka. */
const checkInterBroker = (settings: BrokerSettings, given: ReadonlySet<string>, names: readonly string[]): void => {
  const name = settings['inter.broker.listener.name']
  const hasProtocol = given.has('security.inter.broker.protocol')
  if (name !== undefined && hasProtocol)
    throw required(
      'inter.broker.listener.name',
      'Only one of inter.broker.listener.name and security.inter.broker.protocol should be set.',
    )
  if (name !== undefined && !names.includes(name.toUpperCase()))
    throw notAdvertised('inter.broker.listener.name', names)
  const protocol = settings['security.inter.broker.protocol']
  const map = settings['listener.security.protocol.map'] ?? ''
  if (hasProtocol && !names.some((one) => protocolOf(one, map) === protocol))
    throw notAdvertised('security.inter.broker.protocol', names, ` (security.inter.broker.protocol asks for ${protocol})`) // prettier-ignore
}

/** The listeners that the settings ask for. Throws BadSettings. */
export const listenersOf = (settings: BrokerSettings, given: ReadonlySet<string>): Listeners => {
  const asked = wanted(settings, given)
  const warnings = asked
    .filter((e) => e.host === '')
    .map(
      (e) =>
        `Listener ${e.name} has no host, so it listens on ${LOCAL_HOST}:${e.port} only; write ${e.name}://HOST:${e.port} to be reached from other machines.`,
    )
  const bound = asked.map((e) => ({ ...e, host: e.host === '' ? LOCAL_HOST : e.host }))
  const advertised = new Map(bound.map((e) => [e.name, e]))
  const offered = told(settings, bound)
  mustDiffer('advertised.listeners', offered)
  for (const endpoint of offered) {
    const listener = advertised.get(endpoint.name)
    if (listener === undefined) {
      throw required(
        'advertised.listeners',
        `advertised.listeners listener names must be equal to or a subset of the ones defined in listeners. Found ${endpoint.name}. The valid options based on the current configuration are ${[...advertised.keys()].join(',')}`,
      )
    }
    const host = endpoint.host === '' ? listener.host : endpoint.host
    if (isEverywhere(host))
      throw required(
        'advertised.listeners',
        `advertised.listeners cannot use the nonroutable meta-address ${host}. Use a routable IP address.`,
      )
    advertised.set(endpoint.name, { ...endpoint, host })
  }
  checkInterBroker(settings, given, offered.map((e) => e.name)) // prettier-ignore
  return { bound, advertised, warnings }
}
