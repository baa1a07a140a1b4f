/**
 * Fetch: reads batches as they lie in the log. Partitions are served in the order of the request within its total limit; the first that has anything
 * gives at least one whole batch, however large. A fetch that finds too little waits (fetch-wait.ts). 0-3 get the old formats (fetch-read.ts), 0-2
 * name no total limit; 4+ reads committed data only if asked to, 7+ has sessions (fetch-sessions.ts), 9+ fences by leader epoch, 10+ may get zstd,
 * 11+ names the reader's rack, 12+ is told when its last record is not in this log, 13+ names topics by id,
 * 16+ says where the leader is when the reader's epoch is old.
 */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { fetch as api } from '../../protocol/messages/fetch.ts'
import type { RequestOf, ResponseInput } from '../../protocol/table.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import {
  divergence,
  FetchReader,
  type FetchedPartition,
  type FetchRules,
  locate,
  READ_COMMITTED,
} from './fetch-read.ts'
import type { FetchPlan, FetchSession, FetchTarget } from './fetch-sessions.ts'
import { readable, waitForData, type WaitedLog } from './fetch-wait.ts'
import { type Answer, defineHandler, type RequestContext, type Services } from './handler.ts'

type Request = RequestOf<typeof api>
type TopicAnswer = ResponseInput<typeof api>['topics'][number]
type PartitionAnswer = TopicAnswer['partitions'][number]
type Planned = Extract<FetchPlan, { targets: object }>

const LIMITED_SINCE = 3
const IDS_SINCE = 13
const LEADER_SINCE = 16
const WAIT_MS_MAX = 2_147_483_647
/** Memory that answers may take up together, before they become small. */
const LENT_BYTES_MAX = 128 * 1024 * 1024
const ANSWER_BYTES_LEAST = 64 * 1024

/** Whether the reader has to be told, now, that its log and this one differ. */
const hasParted = (log: PartitionLog, { asked }: FetchTarget): boolean => {
  try {
    return divergence(log, asked) !== undefined
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return true
    throw thrown
  }
}

/** What to wait for, or undefined when the answer can be given at once. */
const toWaitFor = (request: Request, { targets }: Planned, context: RequestContext): WaitedLog[] | undefined => {
  if (request.maxWaitMs <= 0 || targets.length === 0) return undefined
  const logs: WaitedLog[] = []
  let bytes = 0
  for (const target of targets) {
    const log = locate(target, context.version, context.broker.topics)
    const { fetchOffset: offset, partitionMaxBytes } = target.asked
    if (typeof log === 'number') return undefined
    const committedOnly = request.isolationLevel === READ_COMMITTED
    const waited = { log, offset, bytesMax: Math.max(1, partitionMaxBytes), committedOnly }
    const found = readable(waited)
    if (found === undefined || hasParted(log, target)) return undefined
    bytes += found
    if (bytes >= request.minBytes) return undefined
    logs.push(waited)
  }
  return logs
}

/** Whether an answer in a session has to speak of the partition; remembers what it says. */
const isNews = (found: FetchedPartition, session: FetchSession): boolean => {
  const { target, error, highWatermark, logStartOffset, records } = found
  const news =
    records.length > 0 ||
    error !== errorCodes.NONE ||
    found.divergingEpoch !== undefined ||
    highWatermark !== target.toldHighWatermark ||
    logStartOffset !== target.toldLogStart
  target.toldHighWatermark = highWatermark
  target.toldLogStart = logStartOffset
  if (records.length > 0) session.served(target)
  return news
}

/** To a reader of an older epoch: who leads, in which one. Those before the version have no field for it. */
const leaderFor = (
  { target, error }: FetchedPartition,
  { version, broker }: RequestContext,
): Partial<PartitionAnswer> => {
  if (error !== errorCodes.FENCED_LEADER_EPOCH || version < LEADER_SINCE) return {}
  const log = locate({ ...target, asked: { ...target.asked, currentLeaderEpoch: -1 } }, version, broker.topics)
  return typeof log === 'number' ? {} : { currentLeader: { leaderId: broker.brokerId, leaderEpoch: log.leaderEpoch } }
}

const told = (found: FetchedPartition, isolationLevel: number, context: RequestContext): PartitionAnswer => ({
  partition: found.target.asked.partition,
  errorCode: found.error,
  highWatermark: found.highWatermark,
  lastStableOffset: found.lastStableOffset,
  logStartOffset: found.logStartOffset,
  abortedTransactions: isolationLevel === READ_COMMITTED ? (found.aborted ?? []) : null,
  records: found.records,
  ...(found.divergingEpoch === undefined ? {} : { divergingEpoch: found.divergingEpoch }),
  ...leaderFor(found, context),
})

/** Gathers partitions of one topic that follow each other. */
class Topics {
  readonly all: (TopicAnswer & { partitions: PartitionAnswer[] })[] = []
  /** Of records. */
  bytes = 0
  namesLeader = false

  add({ topic, topicId }: FetchTarget, partition: PartitionAnswer): void {
    this.bytes += partition.records?.length ?? 0
    if (partition.currentLeader !== undefined) this.namesLeader = true
    const last = this.all.at(-1)
    if (last !== undefined && last.topic === topic && last.topicId === topicId) last.partitions.push(partition)
    else this.all.push({ topic, topicId, partitions: [partition] })
  }
}

/**
 * The largest answer now. Answers that their readers do not take lie in memory: when those are many, the others get smaller ones until
 * there is room again.
 */
const bytesMaxNow = ({ config, pool }: Services): number =>
  Math.min(config.settings['fetch.max.bytes'], Math.max(ANSWER_BYTES_LEAST, LENT_BYTES_MAX - pool.lentBytes))

/** Where this reader finds the leader that it was told of. */
const nodeOf = ({ broker, peer }: RequestContext): NonNullable<ResponseInput<typeof api>['nodeEndpoints']>[number] => {
  const { host, port } = broker.endpointOf(peer.listener)
  return { nodeId: broker.brokerId, host, port, rack: broker.config.settings['broker.rack'] ?? null }
}

const answer = (request: Request, plan: Planned, rules: FetchRules, context: RequestContext): Answer<typeof api> => {
  const { session, incremental, targets } = plan
  const quotaBytes = context.broker.quotas.fetchBytesMax(context.clientId ?? '')
  const bytesMax = Math.min(rules.bytesMax, bytesMaxNow(context.broker), quotaBytes)
  const reader = new FetchReader({ ...rules, bytesMax }, context.broker.topics, context.broker.pool)
  const topics = new Topics()
  for (const target of targets) {
    const found = reader.read(target)
    const news = session === undefined || isNews(found, session)
    if (news || !incremental) topics.add(target, told(found, request.isolationLevel, context))
  }
  const throttleMs = context.broker.quotas.fetched(context.clientId ?? '', topics.bytes)
  if (throttleMs > 0) {
    reader.release()
    context.throttleMs = throttleMs
    // a full answer without its partitions is no session
    return { errorCode: errorCodes.NONE, sessionId: incremental ? (session?.id ?? 0) : 0, topics: [] }
  }
  context.release = () => reader.release()
  return {
    errorCode: errorCodes.NONE,
    sessionId: session?.id ?? 0,
    topics: topics.all,
    nodeEndpoints: topics.namesLeader ? [nodeOf(context)] : [],
  }
}

export const fetch = defineHandler({
  api,
  versions: [0, 18],
  borrows: true,
  handle(request, context) {
    const { broker, version } = context
    const plan = broker.fetchSessions.plan(request, version >= IDS_SINCE)
    if (plan.targets === undefined) return { errorCode: plan.error, sessionId: 0, topics: [] }
    const asked = version < LIMITED_SINCE ? Infinity : Math.max(0, request.maxBytes)
    const rules = { version, isolationLevel: request.isolationLevel, bytesMax: asked }
    const logs = toWaitFor(request, plan, context)
    if (logs === undefined) return answer(request, plan, rules, context)
    const maxWaitMs = Math.min(WAIT_MS_MAX, request.maxWaitMs)
    const { gone } = context.peer
    return waitForData(logs, { minBytes: request.minBytes, maxWaitMs, clock: broker.clock, gone }).then(() =>
      answer(request, plan, rules, context),
    )
  },
})
