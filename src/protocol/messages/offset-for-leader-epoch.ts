/** OffsetForLeaderEpoch: where an epoch ended. 2+ fences by the current epoch, 3+ names the replica. */
import { defineApi, i16, i32, i64, str, structs } from '../table.ts'

export const offsetForLeaderEpoch = defineApi({
  key: 23,
  name: 'OffsetForLeaderEpoch',
  versions: [0, 4],
  flexibleFrom: 4,
  request: {
    replicaId: i32({ since: 3, default: -2 }), // -1 consumer, -2 debug
    topics: structs({
      topic: str(),
      partitions: structs({
        partition: i32(),
        currentLeaderEpoch: i32({ since: 2, default: -1 }),
        leaderEpoch: i32(),
      }),
    }),
  },
  response: {
    throttleTimeMs: i32({ since: 2 }),
    topics: structs({
      topic: str(),
      partitions: structs({
        errorCode: i16(),
        partition: i32(),
        leaderEpoch: i32({ since: 1, default: -1 }),
        endOffset: i64({ default: -1 }),
      }),
    }),
  },
})
