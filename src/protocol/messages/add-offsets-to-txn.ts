/** AddOffsetsToTxn: brings a group's offsets partition into a transaction. */
import { defineApi, i16, i32, i64, str } from '../table.ts'

export const addOffsetsToTxn = defineApi({
  key: 25,
  name: 'AddOffsetsToTxn',
  versions: [0, 4],
  flexibleFrom: 3,
  request: {
    transactionalId: str(),
    producerId: i64(),
    producerEpoch: i16(),
    groupId: str(),
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16(),
  },
})
