/** WriteTxnMarkers, from the transaction coordinator to partition leaders, and from admin clients that abort a hanging transaction. */
import { array, bool, defineApi, i16, i32, i64, i8, str, structs } from '../table.ts'

export const writeTxnMarkers = defineApi({
  key: 27,
  name: 'WriteTxnMarkers',
  versions: [0, 2],
  flexibleFrom: 1,
  request: {
    markers: structs({
      producerId: i64(),
      producerEpoch: i16(),
      committed: bool(), // true commit, false abort
      topics: structs({
        topic: str(),
        partitions: array(i32()),
      }),
      coordinatorEpoch: i32(),
      transactionVersion: i8({ since: 2 }),
    }),
  },
  response: {
    markers: structs({
      producerId: i64(),
      topics: structs({
        topic: str(),
        partitions: structs({
          partition: i32(),
          errorCode: i16(),
        }),
      }),
    }),
  },
})
