/**
 * The configuration of a running broker: what its file says, and over it what was changed while it ran, of this broker before the defaults of all.
 * Changes show in `settings` and `given` at once, in place: whoever needs to act when they come adds a listener.
 */
import { ConfigStore, type Named, type StorePorts } from './config-store.ts'
import { BadSettings, checkTogether } from './config-checks.ts'
import { BadValue, invalidValue, type KafkaRow } from './config-kinds.ts'
import { reasonFor } from './config-names.ts'
import { type BrokerConfig, perAddress } from './config.ts'
import { brokerSettings, type BrokerSettings } from './config-table.ts'
import { KafkaFault } from '../protocol/error-codes.ts'

const table: Readonly<Record<string, KafkaRow<unknown>>> = brokerSettings

export const brokerRow = (name: string): KafkaRow<unknown> | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/** Kafka lets them grow to the double and shrink to the half at once. */
const threadCounts: readonly string[] = [
  'num.io.threads', 'num.network.threads', 'num.replica.fetchers', 'num.recovery.threads.per.data.dir', 'background.threads',
] // prettier-ignore

const refused = (says: string): KafkaFault => new KafkaFault('INVALID_REQUEST', says)

const checkNames = (names: readonly string[], isDefault: boolean): void => {
  const listed = (fits: (row: KafkaRow<unknown> | undefined, name: string) => boolean): string =>
    names.filter((name) => fits(brokerRow(name), name)).join(', ')
  const fixed = listed((row, name) =>
    row === undefined ? reasonFor(name) !== undefined || name === 'node.id' : row.changes === undefined,
  )
  if (fixed !== '') throw refused(`Cannot update these configs dynamically: [${fixed}]`)
  const secured = listed(
    (row, name) => row?.changes === 'broker' && /^ssl\.(?:key\.|keystore\.|truststore\.)/.test(name),
  )
  if (secured !== '')
    throw refused(
      `These security configs can be dynamically updated only per-listener using the listener prefix: [${secured}]`,
    )
  const single = listed((row) => row?.changes === 'broker')
  if (isDefault && single !== '')
    throw refused(`Cannot update these configs at default cluster level, broker id must be specified: [${single}]`)
  const secret = listed((row) => row?.secret === true)
  if (secret !== '') throw refused(`Secrets are not kept while security is not there yet: [${secret}]`)
}

const parsed = (name: string, text: string): unknown => {
  try {
    return brokerRow(name)?.parse(text.trim())
  } catch (thrown) {
    if (!(thrown instanceof BadValue)) throw thrown
    throw refused(invalidValue(name, text, thrown))
  }
}

/** Settings that one broker may have changed. */
const CHANGES_MAX = 1000

export class LiveConfig implements BrokerConfig {
  readonly settings: BrokerSettings
  readonly given: ReadonlyMap<string, string>
  readonly bound: BrokerConfig['bound']
  readonly advertised: BrokerConfig['advertised']
  readonly logDirs: BrokerConfig['logDirs']
  readonly notices: BrokerConfig['notices']
  readonly file: BrokerConfig
  readonly #listeners = new Set<() => void>()
  readonly #settings: Record<string, unknown>
  readonly #given: Map<string, string>
  #ofBroker: ReadonlyMap<string, string> = new Map()
  #ofAll: ReadonlyMap<string, string> = new Map()
  connectionsPerAddress: ReadonlyMap<string, number>

  constructor(file: BrokerConfig) {
    this.file = file
    this.#settings = { ...file.settings }
    this.settings = this.#settings as BrokerSettings
    this.#given = new Map(file.given)
    this.given = this.#given
    this.bound = file.bound
    this.advertised = file.advertised
    this.logDirs = file.logDirs
    this.notices = file.notices
    this.connectionsPerAddress = file.connectionsPerAddress
  }

  /** What was changed while running. */
  get changed(): { readonly broker: ReadonlyMap<string, string>; readonly all: ReadonlyMap<string, string> } {
    return { broker: this.#ofBroker, all: this.#ofAll }
  }

  /** Called after every change; must not throw. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  /** Takes stored changes over; those that this version refuses are left out and named. */
  load(broker: Named, all: Named): string[] {
    const refusals: string[] = []
    for (const [from, isDefault] of [
      [all, true],
      [broker, false],
    ] as const)
      // prettier-ignore
      for (const [name, value] of from) {
        const current = isDefault ? this.#ofAll : this.#ofBroker
        try {
          this.change(isDefault, new Map([...current, [name, value]]), [name])
        } catch (thrown) {
          if (!(thrown instanceof KafkaFault)) throw thrown
          refusals.push(thrown.message)
        }
      }
    return refusals
  }

  /** Refuses what cannot be changed, and values that cannot be. Throws INVALID_REQUEST. `edited` are the names that the change is about. */
  check(isDefault: boolean, next: ReadonlyMap<string, string>, edited: readonly string[]): void {
    if (next.size > CHANGES_MAX) throw refused(`More than ${CHANGES_MAX} settings are changed`)
    checkNames(edited, isDefault)
    for (const name of edited) if (next.has(name)) parsed(name, next.get(name) ?? '')
    const settings = this.#effect(...this.#layers(isDefault, next)).settings as BrokerSettings
    for (const name of threadCounts) if (!isDefault && edited.includes(name)) this.#checkThreads(name, settings)
    try {
      checkTogether(settings, new Set(edited))
      perAddress(settings['max.connections.per.ip.overrides'])
    } catch (thrown) {
      if (!(thrown instanceof BadSettings)) throw thrown
      throw refused(thrown.message)
    }
  }

  /** Replaces all changes of this broker, or the defaults of all. Throws INVALID_REQUEST, and nothing has changed then. */
  change(isDefault: boolean, next: ReadonlyMap<string, string>, edited: readonly string[]): void {
    this.check(isDefault, next, edited)
    const [ofBroker, ofAll] = this.#layers(isDefault, next)
    const { settings, given } = this.#effect(ofBroker, ofAll)
    this.#ofBroker = ofBroker
    this.#ofAll = ofAll
    Object.assign(this.#settings, settings)
    this.#given.clear()
    for (const [name, value] of given) this.#given.set(name, value)
    this.connectionsPerAddress = perAddress(this.settings['max.connections.per.ip.overrides'])
    for (const listener of this.#listeners) listener()
  }

  #layers(isDefault: boolean, next: ReadonlyMap<string, string>) {
    return isDefault ? ([this.#ofBroker, next] as const) : ([next, this.#ofAll] as const)
  }

  #effect(ofBroker: ReadonlyMap<string, string>, ofAll: ReadonlyMap<string, string>) {
    const given = new Map([...this.file.given, ...ofAll, ...ofBroker])
    const settings: Record<string, unknown> = { ...this.file.settings }
    for (const [name, value] of [...ofAll, ...ofBroker]) if (brokerRow(name) !== undefined) settings[name] = parsed(name, value) // prettier-ignore
    return { settings, given }
  }

  #checkThreads(name: string, settings: Readonly<Record<string, unknown>>): void {
    const [before, after] = [Number(this.#settings[name]), Number(settings[name])]
    if (before === after || (after <= before * 2 && after >= before / 2)) return
    const limit = after > before ? 'not be greater than double' : 'be at least half'
    throw refused(
      `Invalid value org.apache.kafka.common.config.ConfigException: Dynamic thread count update validation failed for ${name}=${after}, value should ${limit} the current value ${before} for configuration Invalid dynamic configuration`,
    )
  }
}

export interface Running {
  readonly config: LiveConfig
  readonly store: ConfigStore
}

/** The configuration that a broker runs with: its file, and what its log folders have of earlier changes. */
export const openRunning = (file: BrokerConfig, ports: StorePorts): Running => {
  const store = new ConfigStore(file.logDirs, ports)
  const config = new LiveConfig(file)
  const { broker, brokers } = store.changes
  for (const refusal of config.load(broker, brokers))
    ports.log.warn(`A stored change does not hold any more: ${refusal}`)
  return { config, store }
}
