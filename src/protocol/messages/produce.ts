/**
 * Produce. 0-2 carry message sets, 3+ exactly one magic-2 batch per partition. 4 is 3 for clients that know error 56, 7 permits zstd, 10 adds
 * hints about the new leader, 11 may answer 120, 12 is spoken by clients of the second transaction protocol, 13 names topics by id.
 */
import { defineApi, i16, i32, i64, records, str, struct, structs, uuid, when } from '../table.ts'

export const produce = defineApi({
  key: 0,
  name: 'Produce',
  versions: [0, 13],
  flexibleFrom: 9,
  request: {
    transactionalId: str({ since: 3, nullable: true, strict: true }),
    acks: i16(), // -1 all in sync, 0 none (there is no response), 1 the leader
    timeoutMs: i32(),
    topics: structs({
      topic: str({ until: 12 }),
      topicId: uuid({ since: 13 }),
      partitions: structs({
        partition: i32(),
        records: records({ nullable: true }),
      }),
    }),
  },
  response: {
    topics: structs({
      topic: str({ until: 12 }),
      topicId: uuid({ since: 13 }),
      partitions: structs({
        partition: i32(),
        errorCode: i16(),
        baseOffset: i64(), // -1 on error
        logAppendTimeMs: i64({ since: 2, default: -1 }), // -1 unless the topic stamps the append time
        logStartOffset: i64({ since: 5, default: -1 }),
        recordErrors: structs(when({ since: 8 }), {
          batchIndex: i32(), // of the rejected record
          batchIndexErrorMessage: str({ nullable: true }),
        }),
        errorMessage: str({ since: 8, nullable: true }),
        // currentLeader: only with error 6
        currentLeader: struct(when({ since: 10, tag: 0 }), {
          leaderId: i32({ default: -1 }),
          leaderEpoch: i32({ default: -1 }),
        }),
      }),
    }),
    throttleTimeMs: i32({ since: 1 }),
    // nodeEndpoints: of the leaders named in currentLeader
    nodeEndpoints: structs(when({ since: 10, tag: 0 }), {
      nodeId: i32(),
      host: str(),
      port: i32(),
      rack: str({ nullable: true }),
    }),
  },
})
