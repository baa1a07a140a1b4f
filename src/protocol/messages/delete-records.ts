/** DeleteRecords: moves the start of partitions forward. */
import { defineApi, i16, i32, i64, str, structs } from '../table.ts'

export const deleteRecords = defineApi({
  key: 21,
  name: 'DeleteRecords',
  versions: [0, 2],
  flexibleFrom: 2,
  request: {
    topics: structs({
      topic: str(),
      partitions: structs({
        partition: i32(),
        offset: i64(), // -1 = high watermark
      }),
    }),
    timeoutMs: i32(),
  },
  response: {
    throttleTimeMs: i32(),
    topics: structs({
      topic: str(),
      partitions: structs({
        partition: i32(),
        lowWatermark: i64(), // -1 on error
        errorCode: i16(),
      }),
    }),
  },
})
