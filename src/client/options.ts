/** What every client of a cluster needs: where it is, who it is, its patience, and the ports. The defaults are those of Kafka's own clients. */
import type { Log } from '../base/log.ts'
import { silentLog } from '../base/log.ts'
import { realClock } from '../io/clock.ts'
import type { Clock } from '../io/clock.ts'
import { realRandom } from '../io/random.ts'
import type { Random } from '../io/random.ts'
import type { Address } from './address.ts'
import { Reachability } from './reachability.ts'

export interface ClientOptions {
  readonly bootstrap: readonly Address[]
  readonly clientId: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** What was said of brokers that are away; shared by all clients of these options. */
  readonly reachability: Reachability
  readonly connectTimeoutMs: number
  readonly requestTimeoutMs: number
  /** The first wait after a failure; it doubles up to the next one, and is varied by a fifth either way. */
  readonly retryBackoffMs: number
  readonly retryBackoffMaxMs: number
  /** After this long, metadata is fetched again even if nothing asks for it. */
  readonly metadataMaxAgeMs: number
  /** A topic that a producer has not used for so long is forgotten. */
  readonly topicIdleMaxMs: number
  /** Whether asking for a topic may create it, where the broker allows that. */
  readonly createTopics: boolean
  readonly receiveChunkBytes: number
  readonly frameBytesMax: number
}

const clientDefaults: Omit<ClientOptions, 'bootstrap' | 'reachability'> = {
  clientId: 'millrace',
  clock: realClock,
  random: realRandom,
  log: silentLog,
  connectTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  retryBackoffMs: 100,
  retryBackoffMaxMs: 1000,
  metadataMaxAgeMs: 300_000,
  topicIdleMaxMs: 300_000,
  createTopics: true,
  receiveChunkBytes: 65_536,
  frameBytesMax: 128 * 1024 * 1024,
}

/** The options given, completed by the defaults. */
export const clientOptions = (given: Pick<ClientOptions, 'bootstrap'> & Partial<ClientOptions>): ClientOptions => ({
  ...clientDefaults,
  reachability: new Reachability(given.log ?? silentLog),
  ...given,
})
