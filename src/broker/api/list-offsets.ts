/**
 * ListOffsets: offsets by time. -1 is the end that this reader sees, -2 the start, -3 (7+) the record with the largest timestamp, -4 (8+) the local
 * start, which is the start, -5 (9+) and -6 (11+) concern tiered storage and find nothing; a time finds the first record at or after it.
 * 0 answers with a list of offsets, newest first; 2+ may read committed data only, 4+ fences by leader epoch.
 */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { listOffsets as api } from '../../protocol/messages/list-offsets.ts'
import type { RequestOf, ResponseInput } from '../../protocol/table.ts'
import type { FoundOffset } from '../log/log-types.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { defineHandler, type RequestContext } from './handler.ts'
import { epochError, READ_COMMITTED } from './fetch-read.ts'
import { namedTwice } from './twice.ts'

type Request = RequestOf<typeof api>
type PartitionAsked = Request['topics'][number]['partitions'][number]
type PartitionAnswer = ResponseInput<typeof api>['topics'][number]['partitions'][number]

const LATEST = -1
const EARLIEST = -2
const MAX_TIMESTAMP = -3
const EARLIEST_LOCAL = -4
/** The first version in which each special timestamp means something. */
const since: Readonly<Record<number, number>> = { [LATEST]: 0, [EARLIEST]: 0, [MAX_TIMESTAMP]: 7, [EARLIEST_LOCAL]: 8, [-5]: 9, [-6]: 11 } // prettier-ignore
const STORAGE_ERROR_SINCE = 4

/** What a reader of committed data cannot have yet is not found. */
const visible = (at: FoundOffset | undefined, log: PartitionLog, isolationLevel: number): FoundOffset | undefined =>
  isolationLevel === READ_COMMITTED && at !== undefined && at.offset >= log.lastStableOffset ? undefined : at

const found = (log: PartitionLog, timestamp: number, isolationLevel: number): FoundOffset | undefined => {
  if (timestamp >= 0) return visible(log.offsetForTime(timestamp), log, isolationLevel)
  if (timestamp === EARLIEST || timestamp === EARLIEST_LOCAL) return log.earliest()
  if (timestamp === MAX_TIMESTAMP) return visible(log.maxTimestamp(), log, isolationLevel)
  if (timestamp !== LATEST) return undefined
  const latest = log.latest()
  return isolationLevel === READ_COMMITTED ? { ...latest, offset: log.lastStableOffset } : latest
}

const failed = (partition: number, code: number, version: number): PartitionAnswer => {
  const old = code === errorCodes.KAFKA_STORAGE_ERROR && version < STORAGE_ERROR_SINCE
  return { partition, errorCode: old ? errorCodes.NOT_LEADER_OR_FOLLOWER : code, oldStyleOffsets: [] }
}

/**
 * The starts of what may be read before `timestamp`, newest first, as clients of 0.8 and 0.9 ask for: the end of the log, which is as old as now, and
 * where its segments begin, which are as old as their files.
 */
const oldStyle = (log: PartitionLog, asked: PartitionAsked, nowMs: number): PartitionAnswer => {
  const starts = log.segmentStarts().map(({ baseOffset, modifiedMs }) => ({ offset: Math.max(baseOffset, log.logStartOffset), modifiedMs })) // prettier-ignore
  starts.push({ offset: log.highWatermark, modifiedMs: nowMs })
  const last = { [LATEST]: starts.length - 1, [EARLIEST]: 0 }[asked.timestamp]
  const upTo = last ?? starts.findLastIndex(({ modifiedMs }) => modifiedMs <= asked.timestamp)
  const distinct = [...new Set(starts.slice(0, upTo + 1).map(({ offset }) => offset))].toReversed()
  return {
    partition: asked.partition,
    errorCode: errorCodes.NONE,
    oldStyleOffsets: distinct.slice(0, Math.max(0, asked.maxNumOffsets)),
  }
}

const answerFor = (
  topic: string,
  asked: PartitionAsked,
  isolationLevel: number,
  context: RequestContext,
): PartitionAnswer => {
  const { partition, timestamp } = asked
  const { broker, version } = context
  const log = broker.topics.get(topic)?.partitions[partition]
  if (log === undefined) return failed(partition, errorCodes.UNKNOWN_TOPIC_OR_PARTITION, version)
  if (timestamp < 0 && version < (since[timestamp] ?? Infinity))
    return failed(partition, errorCodes.UNSUPPORTED_VERSION, version)
  try {
    const fenced = epochError(asked.currentLeaderEpoch, log.leaderEpoch)
    if (fenced !== undefined) return failed(partition, fenced, version)
    if (version === 0) return oldStyle(log, asked, broker.clock.now())
    const at = found(log, timestamp, isolationLevel)
    if (at === undefined) return { partition, errorCode: errorCodes.NONE }
    return { partition, errorCode: errorCodes.NONE, timestamp: timestamp === LATEST ? -1 : at.timestampMs, offset: at.offset, leaderEpoch: at.leaderEpoch } // prettier-ignore
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return failed(partition, thrown.code, version)
    throw thrown
  }
}

export const listOffsets = defineHandler({
  api,
  versions: [0, 11],
  handle(request, context) {
    const keyOf = (topic: string, { partition }: PartitionAsked): string => `${topic} ${partition}`
    const twice = namedTwice(request.topics.flatMap(({ topic, partitions }) => partitions.map((p) => keyOf(topic, p))))
    return {
      topics: request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map((asked) =>
          twice.has(keyOf(topic, asked))
            ? failed(asked.partition, errorCodes.INVALID_REQUEST, context.version)
            : answerFor(topic, asked, request.isolationLevel, context),
        ),
      })),
    }
  },
})
