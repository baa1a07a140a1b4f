/** What an API's file exports, and what its `handle` is given. */
import type { Clock } from '../../io/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Random } from '../../io/random.ts'
import type { AnyApi, RequestOf, ResponseInput } from '../../protocol/table.ts'
import type { LiveConfig } from '../config-live.ts'
import type { ConfigStore } from '../config-store.ts'
import type { GroupCoordinator } from '../groups/coordinator.ts'
import type { Endpoint } from '../listeners.ts'
import type { LogLevels } from '../log-levels.ts'
import type { ClientQuotas } from '../quotas/client-quotas.ts'
import type { BufferPool } from '../server/buffer-pool.ts'
import type { Peer } from '../server/connection.ts'
import type { TopicStore } from '../topics/topic-store.ts'
import type { TransactionCoordinator } from '../transactions/coordinator.ts'
import type { FetchSessions } from './fetch-sessions.ts'
import type { ProducerIds } from './producer-ids.ts'

/** The rooms of the broker that answers come from. */
export interface Services {
  /** What holds now; it changes in place. */
  readonly config: LiveConfig
  /** What was changed while running. */
  readonly store: ConfigStore
  readonly logLevels: LogLevels
  readonly quotas: ClientQuotas
  readonly brokerId: number
  /** Where clients that came in by this listener are told to connect. */
  endpointOf(listener: string): Endpoint
  readonly topics: TopicStore
  readonly groups: GroupCoordinator
  readonly transactions: TransactionCoordinator
  readonly producerIds: ProducerIds
  readonly fetchSessions: FetchSessions
  /** The version range of every API served, in key order. */
  readonly served: readonly ServedApi[]
  /** Scratch memory that answers may lie in until they have left. */
  readonly pool: BufferPool
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export interface ServedApi {
  readonly apiKey: number
  readonly minVersion: number
  readonly maxVersion: number
}

/** One request on its way. */
export interface RequestContext {
  readonly version: number
  /** Null when the client gave none. */
  readonly clientId: string | null
  readonly peer: Peer
  readonly broker: Services
  /** Set by a handler whose answer holds memory that is used again: called once the answer has left. */
  release: (() => void) | undefined
  /** How long the client has to keep still after this answer, because it is over a quota: told as throttleTimeMs. */
  throttleMs: number
}

/** What a handler may give instead of an answer: nothing is sent. */
export const noAnswer = Symbol('no answer')
export type Answer<A extends AnyApi> = ResponseInput<A> | typeof noAnswer

export interface Handler<A extends AnyApi> {
  readonly api: A
  /** The versions served, both included; what ApiVersions tells is made from them. */
  readonly versions: readonly [min: number, max: number]
  /**
   * Whether `handle` is done with the bytes of the request when it returns: they lie in memory that the next read overwrites. Handlers that keep
   * bytes, or look at them after an `await`, leave it out and get a copy.
   */
  readonly borrows?: true
  /**
   * Answers one request of one of `versions`. Errors belong into the answer; what is thrown closes the connection (Refused and Malformed say that
   * the peer is to blame).
   */
  handle(request: RequestOf<A>, context: RequestContext): Answer<A> | Promise<Answer<A>>
}

/** A handler whose types have been checked, as the list holds it. */
export type AnyHandler = Handler<AnyApi>

export const defineHandler = <A extends AnyApi>(handler: Handler<A>): AnyHandler => handler
