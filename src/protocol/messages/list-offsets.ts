/** ListOffsets. 0 answers with a list of segment starts, 1+ with one timestamp and offset, 4+ with the leader epoch of that offset. */
import { array, defineApi, i16, i32, i64, i8, str, structs } from '../table.ts'

export const listOffsets = defineApi({
  key: 2,
  name: 'ListOffsets',
  versions: [0, 11],
  flexibleFrom: 6,
  request: {
    replicaId: i32({ default: -1 }),
    isolationLevel: i8({ since: 2 }),
    topics: structs({
      topic: str(),
      partitions: structs({
        partition: i32(),
        currentLeaderEpoch: i32({ since: 4, default: -1 }),
        // timestamp: ms, or -1 latest, -2 earliest, -3 of the largest timestamp (7+); -4 (8+), -5 (9+) and -6 (11+) concern tiered storage
        timestamp: i64(),
        maxNumOffsets: i32({ until: 0, default: 1 }),
      }),
    }),
    timeoutMs: i32({ since: 10, default: 30_000 }), // for remote storage only
  },
  response: {
    throttleTimeMs: i32({ since: 2 }),
    topics: structs({
      topic: str(),
      partitions: structs({
        partition: i32(),
        errorCode: i16(),
        oldStyleOffsets: array(i64(), { until: 0 }), // newest first
        timestamp: i64({ since: 1, default: -1 }),
        offset: i64({ since: 1, default: -1 }),
        leaderEpoch: i32({ since: 4, default: -1 }),
      }),
    }),
  },
})
