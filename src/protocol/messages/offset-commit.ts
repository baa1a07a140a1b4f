/**
 * OffsetCommit. 0 knows no membership, 1+ names generation and member, 2-4 may fix the expiry, 6+ carries the leader epoch, 7+ static
 * members, 9+ groups of the newer protocol (the member epoch stands for the generation), 10+ names topics by id.
 */
import { defineApi, i16, i32, i64, str, structs, uuid } from '../table.ts'

export const offsetCommit = defineApi({
  key: 8,
  name: 'OffsetCommit',
  versions: [0, 10],
  flexibleFrom: 8,
  request: {
    groupId: str(),
    generationId: i32({ since: 1, default: -1 }), // -1 = no group membership; for KIP-848 groups this is the member epoch
    memberId: str({ since: 1 }),
    groupInstanceId: str({ since: 7, nullable: true, strict: true }),
    retentionTimeMs: i64({ since: 2, until: 4, default: -1 }), // -1 = broker default
    topics: structs({
      topic: str({ until: 9 }),
      topicId: uuid({ since: 10 }),
      partitions: structs({
        partition: i32(),
        offset: i64(),
        timestamp: i64({ since: 1, until: 1, default: -1 }), // -1 = now
        leaderEpoch: i32({ since: 6, default: -1 }),
        metadata: str({ nullable: true }),
      }),
    }),
  },
  response: {
    throttleTimeMs: i32({ since: 3 }),
    topics: structs({
      topic: str({ until: 9 }),
      topicId: uuid({ since: 10 }),
      partitions: structs({
        partition: i32(),
        errorCode: i16(),
      }),
    }),
  },
})
