/** OffsetDelete. Never became flexible. */
import { defineApi, i16, i32, str, structs } from '../table.ts'

export const offsetDelete = defineApi({
  key: 47,
  name: 'OffsetDelete',
  versions: [0, 0],
  flexibleFrom: Infinity,
  request: {
    groupId: str(),
    topics: structs({
      topic: str(),
      partitions: structs({
        partition: i32(),
      }),
    }),
  },
  response: {
    errorCode: i16(),
    throttleTimeMs: i32(),
    topics: structs({
      topic: str(),
      partitions: structs({
        partition: i32(),
        errorCode: i16(),
      }),
    }),
  },
})
