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
import { epochError } from './fetch-read.ts'
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
const READ_COMMITTED = 1
const STORAGE_ERROR_SINCE = 4

const found = (log: PartitionLog, timestamp: number, isolationLevel: number): FoundOffset | undefined => {
  if (timestamp >= 0) return log.offsetForTime(timestamp)
  if (timestamp === EARLIEST || timestamp === EARLIEST_LOCAL) return log.earliest()
  if (timestamp === MAX_TIMESTAMP) return log.maxTimestamp()
  if (timestamp !== LATEST) return undefined
  const latest = log.latest()
  return isolationLevel === READ_COMMITTED ? { ...latest, offset: log.lastStableOffset } : latest
}

const failed = (partition: number, code: number, version: number): PartitionAnswer => {
  const old = code === errorCodes.KAFKA_STORAGE_ERROR && version < STORAGE_ERROR_SINCE
  return { partition, errorCode: old ? errorCodes.NOT_LEADER_OR_FOLLOWER : code, oldStyleOffsets: [] }
}

/** The starts of what may be read before `timestamp`, newest first, as clients of 0.8 and 0.9 ask for. */
const oldStyle = (log: PartitionLog, asked: PartitionAsked): PartitionAnswer => {
  const offsets: number[] = []
  if (asked.timestamp === LATEST) offsets.push(log.highWatermark)
  for (const start of log.segmentStarts().toReversed())
    if (asked.timestamp === LATEST || (asked.timestamp >= 0 && start.modifiedMs <= asked.timestamp)) offsets.push(Math.max(start.baseOffset, log.logStartOffset)) // prettier-ignore
  if (asked.timestamp === EARLIEST) offsets.push(log.logStartOffset)
  const distinct = [...new Set(offsets)]
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
  const fenced = epochError(asked.currentLeaderEpoch, log.leaderEpoch)
  if (fenced !== undefined) return failed(partition, fenced, version)
  if (timestamp < 0 && version < (since[timestamp] ?? Infinity))
    return failed(partition, errorCodes.UNSUPPORTED_VERSION, version)
  try {
    if (version === 0) return oldStyle(log, asked)
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
  handle: (request, context) => ({
    topics: request.topics.map(({ topic, partitions }) => {
      const twice = namedTwice(partitions.map((p) => p.partition))
      return {
        topic,
        partitions: partitions.map((asked) =>
          twice.has(asked.partition)
            ? failed(asked.partition, errorCodes.INVALID_REQUEST, context.version)
            : answerFor(topic, asked, request.isolationLevel, context),
        ),
      }
    }),
  }),
})
