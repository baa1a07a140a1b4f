/**
 * OffsetFetch. 0 answers a missing offset with error 3, 1+ with offset -1. 0-1 repeat group errors on each partition, 2+ has one of its
 * own; 2+ may ask for all topics, 7+ for stable offsets only, 8+ asks for several groups at once, 10+ names topics by id.
 */
import { array, bool, defineApi, i16, i32, i64, str, structs, uuid, when } from '../table.ts'

export const offsetFetch = defineApi({
  key: 9,
  name: 'OffsetFetch',
  versions: [0, 10],
  flexibleFrom: 6,
  request: {
    groupId: str({ until: 7 }),
    // topics: null (2+) = every committed partition
    topics: structs(when({ until: 7, nullable: 2 }), {
      topic: str(),
      partitions: array(i32()),
    }),
    groups: structs(when({ since: 8 }), {
      groupId: str(),
      memberId: str({ since: 9, nullable: true }),
      memberEpoch: i32({ since: 9, default: -1 }),
      // topics: null = every committed partition
      topics: structs(when({ nullable: true }), {
        topic: str({ since: 8, until: 9 }),
        topicId: uuid({ since: 10 }),
        partitions: array(i32()),
      }),
    }),
    requireStable: bool({ since: 7 }),
  },
  response: {
    throttleTimeMs: i32({ since: 3 }),
    topics: structs(when({ until: 7 }), {
      topic: str(),
      partitions: structs({
        partition: i32(),
        offset: i64(), // -1 none
        leaderEpoch: i32({ since: 5, default: -1 }),
        metadata: str({ nullable: true }),
        errorCode: i16(),
      }),
    }),
    errorCode: i16({ since: 2, until: 7 }),
    groups: structs(when({ since: 8 }), {
      groupId: str(),
      topics: structs({
        topic: str({ since: 8, until: 9 }),
        topicId: uuid({ since: 10 }),
        partitions: structs({
          partition: i32(),
          offset: i64(),
          leaderEpoch: i32({ default: -1 }),
          metadata: str({ nullable: true }),
          errorCode: i16(),
        }),
      }),
      errorCode: i16(),
    }),
  },
})
