/**
 * Fetches from one broker: one request at a time, for all partitions that it leads, and only when what the last one brought has been taken. So one fetch
 * is under way while its predecessor is worked on, and no more than that is ever held.
 */
import { errorCodes } from '../protocol/error-codes.ts'
import { fetch } from '../protocol/messages/fetch.ts'
import type { RequestInput, ResponseOf } from '../protocol/table.ts'
import type { Cluster } from './cluster.ts'
import type { ConsumerOptions } from './consumer-options.ts'
import { BrokerError } from './errors.ts'
import { FetchedRecords } from './fetched-records.ts'
import type { PartitionPosition } from './partition-position.ts'

type PartitionReply = ResponseOf<typeof fetch>['topics'][number]['partitions'][number]

/** What was asked for, so that the reply can be told from one that nobody wants any more. */
export interface Asked {
  readonly position: PartitionPosition
  readonly fromOffset: number
  readonly era: number
}

/** Records that nobody has taken yet. */
export interface Ready extends Asked {
  readonly leader: number
  readonly records: FetchedRecords
}

/** What a fetch came to for one partition: records, nothing, or a problem. */
export interface FetchResult {
  readonly asked: Asked
  readonly records?: FetchedRecords
  readonly error?: BrokerError
}

const requestOf = (asked: readonly Asked[], options: ConsumerOptions): RequestInput<typeof fetch> => ({
  maxWaitMs: options.fetchMaxWaitMs,
  minBytes: options.fetchMinBytes,
  maxBytes: options.fetchMaxBytes,
  isolationLevel: options.isolation === 'read_committed' ? 1 : 0,
  sessionId: 0,
  sessionEpoch: -1,
  rack: options.rack,
  topics: [...Map.groupBy(asked, ({ position }) => position.topic)].map(([topic, partitions]) => ({
    topic,
    partitions: partitions.map(({ position, fromOffset }) => ({
      partition: position.partition,
      fetchOffset: fromOffset,
      partitionMaxBytes: options.partitionFetchBytes,
    })),
  })),
})

const resultOf = (asked: Asked, reply: PartitionReply, options: ConsumerOptions): FetchResult => {
  const { topic, partition } = asked.position
  if (reply.errorCode !== errorCodes.NONE)
    return { asked, error: new BrokerError(`${topic}-${partition}`, reply.errorCode) }
  asked.position.highWatermark = reply.highWatermark
  if (reply.records === null || reply.records.length === 0) return { asked }
  const records = new FetchedRecords({
    topic,
    partition,
    fromOffset: asked.fromOffset,
    records: reply.records,
    aborted: (reply.abortedTransactions ?? []).toSorted((a, b) => a.firstOffset - b.firstOffset),
    checkCrc: options.checkCrc,
  })
  return records.endOffset > asked.fromOffset ? { asked, records } : { asked }
}

/** One fetch from one leader. Rejects with the network's troubles, a BrokerError of the whole fetch, or BadRecords. */
export const fetchOnce = async (
  cluster: Cluster,
  leader: number,
  asked: readonly Asked[],
  options: ConsumerOptions,
): Promise<FetchResult[]> => {
  const connection = await cluster.connection(leader, 'fetch')
  const reply = await connection.request(fetch, requestOf(asked, options), {
    extraMs: options.fetchMaxWaitMs,
    keepsReply: true,
  })
  if (reply.errorCode !== errorCodes.NONE) throw new BrokerError('Fetch', reply.errorCode)
  return reply.topics.flatMap(({ topic, partitions }) =>
    partitions.flatMap((partition) => {
      const of = asked.find(({ position }) => position.topic === topic && position.partition === partition.partition)
      return of === undefined ? [] : [resultOf(of, partition, options)]
    }),
  )
}
