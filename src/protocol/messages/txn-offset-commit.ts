/** TxnOffsetCommit. 2+ carries leader epochs, 3+ is checked against the group's membership. */
import { defineApi, i16, i32, i64, str, structs } from '../table.ts'

export const txnOffsetCommit = defineApi({
  key: 28,
  name: 'TxnOffsetCommit',
  versions: [0, 5],
  flexibleFrom: 3,
  request: {
    transactionalId: str(),
    groupId: str(),
    producerId: i64(),
    producerEpoch: i16(),
    generationId: i32({ since: 3, default: -1 }),
    memberId: str({ since: 3 }),
    groupInstanceId: str({ since: 3, nullable: true, strict: true }),
    topics: structs({
      topic: str(),
      partitions: structs({
        partition: i32(),
        offset: i64(),
        leaderEpoch: i32({ since: 2, default: -1 }),
        metadata: str({ nullable: true }),
      }),
    }),
  },
  response: {
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
