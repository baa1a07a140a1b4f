/**
 * Fetch sessions: the broker remembers which partitions a consumer reads, so that a request names only what changed and an answer only what is new.
 * A session belongs to nobody's connection. When the slots are full, one that was idle for two minutes makes room; else the newcomer does without.
 */
import { errorCodes } from '../../protocol/error-codes.ts'
import type { fetch as api } from '../../protocol/messages/fetch.ts'
import type { RequestOf } from '../../protocol/table.ts'
import type { Clock } from '../../io/clock.ts'
import type { Random } from '../../io/random.ts'

type Request = RequestOf<typeof api>
type TopicAsked = Request['topics'][number]
type PartitionAsked = TopicAsked['partitions'][number]

/** One partition that is read, and from where. */
export interface FetchTarget {
  /** Empty where the request names topics by id. */
  readonly topic: string
  readonly topicId: string
  readonly asked: PartitionAsked
  /** What the session's last answer said, so that the next can leave out what did not change; -1 for "say it again". */
  toldHighWatermark: number
  toldLogStart: number
}

const IDLE_MS = 2 * 60_000
const EPOCH_MAX = 2_147_483_647
const FINAL_EPOCH = -1
const OPENING_EPOCH = 0

export class FetchSession {
  readonly id: number
  /** Whether its partitions were named by topic id. */
  readonly usesIds: boolean
  /** In the order in which they are served. */
  readonly targets = new Map<string, FetchTarget>()
  epoch = 1
  usedMs: number

  constructor(id: number, usesIds: boolean, nowMs: number) {
    this.id = id
    this.usesIds = usesIds
    this.usedMs = nowMs
  }

  /** Adds or changes what the request names, and forgets what it says. */
  update(request: Request): void {
    for (const topic of request.topics) for (const asked of topic.partitions) this.#put(topic, asked)
    for (const topic of request.forgottenTopics)
      for (const partition of topic.partitions) this.targets.delete(keyOf(topic, partition))
  }

  /** Puts a partition that gave records behind the others, so that all get their turn. */
  served(target: FetchTarget): void {
    const key = keyOf(target, target.asked.partition)
    if (this.targets.get(key) !== target) return
    this.targets.delete(key)
    this.targets.set(key, target)
  }

  #put(topic: TopicAsked, asked: PartitionAsked): void {
    const key = keyOf(topic, asked.partition)
    const known = this.targets.get(key)
    const target = targetOf(topic, asked)
    if (known !== undefined) {
      target.toldHighWatermark = known.toldHighWatermark
      target.toldLogStart = known.toldLogStart
    }
    this.targets.set(key, target)
  }
}

const keyOf = ({ topic, topicId }: { topic: string; topicId: string }, partition: number): string =>
  `${topic}/${topicId}/${partition}`

const targetOf = ({ topic, topicId }: TopicAsked, asked: PartitionAsked): FetchTarget => ({
  topic,
  topicId,
  asked,
  toldHighWatermark: -1,
  toldLogStart: -1,
})

/** What a request comes down to. */
export type FetchPlan =
  | { readonly error: number; readonly targets: undefined }
  | {
      readonly targets: readonly FetchTarget[]
      /** Set when the answer opens or continues one. */
      readonly session: FetchSession | undefined
      /** Only what is new is answered. */
      readonly incremental: boolean
    }

const refused = (error: number): FetchPlan => ({ error, targets: undefined })

export class FetchSessions {
  readonly #slots: number
  readonly #clock: Clock
  readonly #random: Random
  /** Those used longest ago first. */
  readonly #sessions = new Map<number, FetchSession>()

  /** `slots` is max.incremental.fetch.session.cache.slots. */
  constructor(slots: number, clock: Clock, random: Random) {
    this.#slots = slots
    this.#clock = clock
    this.#random = random
  }

  get count(): number {
    return this.#sessions.size
  }

  /** Reads a request's session fields; `usesIds` says whether it names topics by id. */
  plan(request: Request, usesIds: boolean): FetchPlan {
    const { sessionId, sessionEpoch } = request
    if (sessionEpoch === FINAL_EPOCH || sessionEpoch === OPENING_EPOCH) {
      this.#sessions.delete(sessionId)
      const targets = request.topics.flatMap((topic) => topic.partitions.map((asked) => targetOf(topic, asked)))
      const wanted = sessionEpoch === OPENING_EPOCH && targets.length > 0
      const session = wanted ? this.#open(usesIds) : undefined
      session?.update(request)
      return {
        targets: session === undefined ? targets : [...session.targets.values()],
        session,
        incremental: false,
      }
    }
    return this.#continued(request, usesIds)
  }

  #continued(request: Request, usesIds: boolean): FetchPlan {
    const session = this.#sessions.get(request.sessionId)
    if (session === undefined) return refused(errorCodes.FETCH_SESSION_ID_NOT_FOUND)
    if (session.usesIds !== usesIds) return refused(errorCodes.FETCH_SESSION_TOPIC_ID_ERROR)
    if (session.epoch !== request.sessionEpoch) return refused(errorCodes.INVALID_FETCH_SESSION_EPOCH)
    session.epoch = session.epoch === EPOCH_MAX ? 1 : session.epoch + 1
    session.usedMs = this.#clock.monotonic()
    this.#sessions.delete(session.id)
    session.update(request)
    if (session.targets.size === 0) return { targets: [], session: undefined, incremental: false }
    this.#sessions.set(session.id, session)
    return { targets: [...session.targets.values()], session, incremental: true }
  }

  #open(usesIds: boolean): FetchSession | undefined {
    const now = this.#clock.monotonic()
    if (this.#sessions.size >= this.#slots && !this.#evictIdle(now)) return undefined
    let id = 0
    while (id === 0 || this.#sessions.has(id)) id = this.#random.bytes(4).readUInt32BE() >>> 1
    const session = new FetchSession(id, usesIds, now)
    this.#sessions.set(id, session)
    return session
  }

  #evictIdle(nowMs: number): boolean {
    for (const [id, session] of this.#sessions) {
      if (nowMs - session.usedMs < IDLE_MS) return false
      return this.#sessions.delete(id)
    }
    return false
  }
}
