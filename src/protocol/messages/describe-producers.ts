/** DescribeProducers: the producers that a partition's leader remembers. */
import { array, defineApi, i16, i32, i64, str, structs } from '../table.ts'

export const describeProducers = defineApi({
  key: 61,
  name: 'DescribeProducers',
  versions: [0, 0],
  flexibleFrom: 0,
  request: {
    topics: structs({
      topic: str(),
      partitions: array(i32()),
    }),
  },
  response: {
    throttleTimeMs: i32(),
    topics: structs({
      topic: str(),
      partitions: structs({
        partition: i32(),
        errorCode: i16(),
        errorMessage: str({ nullable: true }),
        activeProducers: structs({
          producerId: i64(),
          producerEpoch: i32(),
          lastSequence: i32({ default: -1 }),
          lastTimestamp: i64({ default: -1 }),
          coordinatorEpoch: i32(),
          currentTxnStartOffset: i64({ default: -1 }), // -1 none
        }),
      }),
    }),
  },
})
