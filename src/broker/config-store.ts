/**
 * What was changed while the broker ran, kept over restarts: settings of brokers, groups and metrics subscriptions, and quotas. It lies as
 * `millrace-settings.json` in every log folder (Kafka passes over files there), replaced as a whole and synced before a change is answered; the folder
 * with the highest revision counts, so that one that was away does not bring old settings back.
 */
import { join } from 'node:path'
import { rethrowBroken } from '../base/assert.ts'
import { reasonOf } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import type { Disk } from '../io/disk.ts'
import { KafkaFault } from '../protocol/error-codes.ts'
import { readWhole, replaceWhole } from './log/whole-file.ts'

export const changesFile = 'millrace-settings.json'
const VERSION = 1
/** A file beyond is none of ours. */
const FILE_BYTES_MAX = 64 * 1024 * 1024

/** Settings by name, as they were written. */
export type Named = Map<string, string>

export interface QuotaRow {
  /** By entity type; null is the default entity. */
  readonly entity: Readonly<Record<string, string | null>>
  readonly values: Readonly<Record<string, number>>
}

/** Changed in place by their owners, who then call `save`. */
export interface Changes {
  /** The defaults of all brokers. */
  brokers: Named
  /** Of this broker. */
  broker: Named
  readonly groups: Map<string, Named>
  readonly metrics: Map<string, Named>
  quotas: readonly QuotaRow[]
}

interface Content {
  readonly version: number
  readonly revision: number
  readonly brokers: Readonly<Record<string, string>>
  readonly broker: Readonly<Record<string, string>>
  readonly groups: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly metrics: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly quotas: readonly QuotaRow[]
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isNamed = (value: unknown): boolean => isRecord(value) && Object.values(value).every((v) => typeof v === 'string')

const isQuota = (value: unknown): boolean =>
  isRecord(value) &&
  isRecord(value['entity']) &&
  Object.values(value['entity']).every((name) => name === null || typeof name === 'string') &&
  isRecord(value['values']) &&
  Object.values(value['values']).every((one) => typeof one === 'number')

const isContent = (value: unknown): value is Content =>
  isRecord(value) &&
  value['version'] === VERSION &&
  Number.isSafeInteger(value['revision']) &&
  isNamed(value['brokers']) &&
  isNamed(value['broker']) &&
  isRecord(value['groups']) &&
  Object.values(value['groups']).every(isNamed) &&
  isRecord(value['metrics']) &&
  Object.values(value['metrics']).every(isNamed) &&
  Array.isArray(value['quotas']) &&
  value['quotas'].every(isQuota)

const ended = (): void => undefined

const named = (record: Readonly<Record<string, string>>): Named => new Map(Object.entries(record))

const namedByName = (records: Content['groups']): Map<string, Named> =>
  new Map(Object.entries(records).map(([name, record]) => [name, named(record)]))

const plain = (maps: ReadonlyMap<string, Named>): Content['groups'] =>
  Object.fromEntries(Array.from(maps, ([name, one]) => [name, Object.fromEntries(one)]))

export interface StorePorts {
  readonly disk: Disk
  readonly log: Log
}

export class ConfigStore {
  readonly changes: Changes
  readonly #paths: readonly string[]
  readonly #ports: StorePorts
  #revision: number
  #saving: Promise<void> = Promise.resolve()
  #turn: Promise<void> = Promise.resolve()
  readonly #failing = new Set<string>()

  /** Reads what the log folders hold. A damaged file is passed over with a WARN. */
  constructor(folders: readonly string[], ports: StorePorts) {
    this.#ports = ports
    this.#paths = folders.map((folder) => join(folder, changesFile))
    const found = this.#paths.flatMap((path) => this.#read(path) ?? [])
    const newest = found.reduce<Content | undefined>((a, b) => (a === undefined || b.revision > a.revision ? b : a), undefined) // prettier-ignore
    this.#revision = newest?.revision ?? 0
    this.changes = {
      brokers: named(newest?.brokers ?? {}),
      broker: named(newest?.broker ?? {}),
      groups: namedByName(newest?.groups ?? {}),
      metrics: namedByName(newest?.metrics ?? {}),
      quotas: newest?.quotas ?? [],
    }
  }

  /** Runs changes one after another, so that each sees what the last one left. */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(change)
    this.#turn = done.then(ended, ended)
    return done
  }

  /** Resolves when what stands in `changes` now would survive a power cut. Rejects with KAFKA_STORAGE_ERROR when no folder took it. */
  save(): Promise<void> {
    const { brokers, broker, groups, metrics, quotas } = this.changes
    const content: Content = {
      version: VERSION,
      revision: ++this.#revision,
      brokers: Object.fromEntries(brokers),
      broker: Object.fromEntries(broker),
      groups: plain(groups),
      metrics: plain(metrics),
      quotas,
    }
    const text = `${JSON.stringify(content, undefined, 2)}\n`
    const saved = this.#saving.then(() => this.#write(text))
    this.#saving = saved.catch(ended)
    return saved
  }

  #read(path: string): Content | undefined {
    try {
      const bytes = readWhole(this.#ports.disk, path)
      if (bytes === undefined) return undefined
      if (bytes.length > FILE_BYTES_MAX) throw new Error(`it has ${bytes.length} bytes`)
      const content: unknown = JSON.parse(bytes.toString())
      if (!isContent(content)) throw new Error('it is not what a broker of this version writes')
      return content
    } catch (thrown) {
      rethrowBroken(thrown)
      this.#ports.log.warn(`${path} cannot be used (${reasonOf(thrown)}): settings and quotas that were changed while running may be lost.`) // prettier-ignore
      return undefined
    }
  }

  async #write(text: string): Promise<void> {
    const results = await Promise.allSettled(this.#paths.map((path) => replaceWhole(this.#ports.disk, path, text)))
    for (const [i, result] of results.entries()) this.#note(this.#paths[i] ?? '', result)
    if (results.some((result) => result.status === 'fulfilled')) return
    throw new KafkaFault('KAFKA_STORAGE_ERROR', 'The change could not be written to any log folder')
  }

  /** One WARN where a folder begins to fail. */
  #note(path: string, result: PromiseSettledResult<void>): void {
    if (result.status === 'fulfilled') return void this.#failing.delete(path)
    rethrowBroken(result.reason)
    if (this.#failing.has(path)) return
    this.#failing.add(path)
    this.#ports.log.warn(`${path} cannot be written: ${reasonOf(result.reason)}.`)
  }
}
