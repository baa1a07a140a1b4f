/**
 * Fetch. 0-1 are answered with magic 0, 2-3 with magic 1 at most, 4+ with magic 2. 3+ limits the whole response, 7+ has sessions, 9+ fences by
 * epoch, 10+ may carry zstd, 11+ names the reader's rack, 12+ detects truncation, 13+ names topics by id, 15+ moves the replica's state to a tag.
 */
import {
  array,
  defineApi,
  i16,
  i32,
  i64,
  i8,
  maxI32,
  maxI64,
  records,
  str,
  struct,
  structs,
  uuid,
  when,
} from '../table.ts'

export const fetch = defineApi({
  key: 1,
  name: 'Fetch',
  versions: [0, 18],
  flexibleFrom: 12,
  request: {
    clusterId: str({ since: 12, tag: 0, nullable: true }),
    replicaId: i32({ until: 14, default: -1 }), // -1 consumer, >= 0 follower, -2 debugging consumer
    replicaState: struct(when({ since: 15, tag: 1 }), {
      id: i32({ default: -1 }),
      epoch: i64({ default: -1 }),
    }),
    maxWaitMs: i32(),
    minBytes: i32(),
    maxBytes: i32({ since: 3, default: maxI32 }),
    isolationLevel: i8({ since: 4 }), // 0 read_uncommitted, 1 read_committed
    sessionId: i32({ since: 7 }),
    sessionEpoch: i32({ since: 7, default: -1 }),
    topics: structs({
      topic: str({ until: 12 }),
      topicId: uuid({ since: 13 }),
      partitions: structs({
        partition: i32(),
        currentLeaderEpoch: i32({ since: 9, default: -1 }),
        fetchOffset: i64(),
        lastFetchedEpoch: i32({ since: 12, default: -1 }),
        logStartOffset: i64({ since: 5, default: -1 }), // sent by followers only
        partitionMaxBytes: i32(),
        replicaDirectoryId: uuid({ since: 17, tag: 0 }), // raft followers only
        highWatermark: i64({ since: 18, tag: 1, default: maxI64 }), // raft followers only
      }),
    }),
    forgottenTopics: structs(when({ since: 7 }), {
      topic: str({ since: 7, until: 12 }),
      topicId: uuid({ since: 13 }),
      partitions: array(i32()),
    }),
    rack: str({ since: 11 }),
  },
  response: {
    throttleTimeMs: i32({ since: 1 }),
    errorCode: i16({ since: 7 }),
    sessionId: i32({ since: 7 }),
    topics: structs({
      topic: str({ until: 12 }),
      topicId: uuid({ since: 13 }),
      partitions: structs({
        partition: i32(),
        errorCode: i16(),
        highWatermark: i64(), // -1 on error
        lastStableOffset: i64({ since: 4, default: -1 }),
        logStartOffset: i64({ since: 5, default: -1 }),
        divergingEpoch: struct(when({ since: 12, tag: 0 }), {
          epoch: i32({ default: -1 }),
          endOffset: i64({ default: -1 }),
        }),
        currentLeader: struct(when({ since: 12, tag: 1 }), {
          leaderId: i32({ default: -1 }),
          leaderEpoch: i32({ default: -1 }),
        }),
        // snapshotId: raft only
        snapshotId: struct(when({ since: 12, tag: 2 }), {
          endOffset: i64({ default: -1 }),
          epoch: i32({ default: -1 }),
        }),
        // abortedTransactions: null under read_uncommitted
        abortedTransactions: structs(when({ since: 4, nullable: true }), {
          producerId: i64(),
          firstOffset: i64(),
        }),
        preferredReadReplica: i32({ since: 11, default: -1 }),
        records: records({ nullable: true, default: Buffer.alloc(0) }), // none is length 0: some clients fail on null
      }),
    }),
    nodeEndpoints: structs(when({ since: 16, tag: 0 }), {
      nodeId: i32(),
      host: str(),
      port: i32(),
      rack: str({ nullable: true }),
    }),
  },
})
