/**
 * The quotas that were set, and which of them holds for a user and client. Kafka's order: the pair before the user, the user before the default users,
 * those before the client id alone; a name before the default.
 */
import type { QuotaRow } from '../config-store.ts'

export const clientQuotaKeys = [
  'producer_byte_rate',
  'consumer_byte_rate',
  'request_percentage',
  'controller_mutation_rate',
] as const
export type ClientQuotaKey = (typeof clientQuotaKeys)[number]
export const ipQuotaKey = 'connection_creation_rate'

export type Entity = QuotaRow['entity']

/** What holds, and whose use is counted together. */
export interface FoundQuota {
  readonly limit: number
  readonly countedFor: string
}

/** Null is the default entity, undefined none. */
const keyOf = (user: string | null | undefined, client: string | null | undefined, ip?: string | null): string =>
  JSON.stringify([user === undefined ? 0 : user, client === undefined ? 0 : client, ip === undefined ? 0 : ip])

const entityKey = (entity: Entity): string => keyOf(entity['user'], entity['client-id'], entity['ip'])

type Names = readonly [user: string, client: string]

/** Where a quota may stand, best first, and what its use is counted for. */
const places = ([user, client]: Names): readonly (readonly [key: string, countedFor: string])[] => {
  const both = keyOf(user, client)
  const ofUser = keyOf(user, undefined)
  const ofClient = keyOf(undefined, client)
  return [
    [both, both],
    [keyOf(user, null), both],
    [ofUser, ofUser],
    [keyOf(null, client), both],
    [keyOf(null, null), both],
    [keyOf(null, undefined), ofUser],
    [ofClient, ofClient],
    [keyOf(undefined, null), ofClient],
  ]
}

export class QuotaTable {
  readonly #rows = new Map<string, QuotaRow>()
  readonly #fallbacks: ReadonlyMap<ClientQuotaKey, number>
  /** How many rows and fallbacks have a quota of each kind. */
  readonly #counts = new Map<string, number>()

  /** `fallbacks` hold for each client id where nothing else does (quota.producer.default). */
  constructor(rows: readonly QuotaRow[], fallbacks: ReadonlyMap<ClientQuotaKey, number> = new Map()) {
    this.#fallbacks = fallbacks
    for (const key of fallbacks.keys()) this.#count(key, 1)
    for (const { entity, values } of rows) this.set(entity, values)
  }

  get size(): number {
    return this.#rows.size
  }

  get rows(): readonly QuotaRow[] {
    return [...this.#rows.values()]
  }

  /** Whether there is any quota of this kind: without, nothing has to be counted. */
  has(key: string): boolean {
    return this.#counts.has(key)
  }

  get(entity: Entity): QuotaRow['values'] {
    return this.#rows.get(entityKey(entity))?.values ?? {}
  }

  /** Replaces the quotas of an entity; with none left it is forgotten. */
  set(entity: Entity, values: QuotaRow['values']): void {
    const key = entityKey(entity)
    for (const name of Object.keys(this.#rows.get(key)?.values ?? {})) this.#count(name, -1)
    for (const name of Object.keys(values)) this.#count(name, 1)
    if (Object.keys(values).length === 0) this.#rows.delete(key)
    else this.#rows.set(key, { entity, values })
  }

  find(key: ClientQuotaKey, user: string, client: string): FoundQuota | undefined {
    for (const [place, countedFor] of places([user, client])) {
      const limit = this.#rows.get(place)?.values[key]
      if (limit !== undefined) return { limit, countedFor }
    }
    const limit = this.#fallbacks.get(key)
    return limit === undefined ? undefined : { limit, countedFor: keyOf(undefined, client) }
  }

  /** Connections a second that an address may make. */
  ofAddress(address: string): number | undefined {
    const own =
      this.#rows.get(keyOf(undefined, undefined, address)) ?? this.#rows.get(keyOf(undefined, undefined, null))
    return own?.values[ipQuotaKey]
  }

  #count(key: string, by: number): void {
    const count = (this.#counts.get(key) ?? 0) + by
    if (count === 0) this.#counts.delete(key)
    else this.#counts.set(key, count)
  }
}
