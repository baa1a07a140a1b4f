/** DescribeTransactions: the state of named transactional ids. */
import { array, defineApi, i16, i32, i64, str, structs } from '../table.ts'

export const describeTransactions = defineApi({
  key: 65,
  name: 'DescribeTransactions',
  versions: [0, 0],
  flexibleFrom: 0,
  request: {
    transactionalIds: array(str()),
  },
  response: {
    throttleTimeMs: i32(),
    transactionStates: structs({
      errorCode: i16(),
      transactionalId: str(),
      state: str(),
      timeoutMs: i32(),
      startTimestamp: i64(),
      producerId: i64(),
      producerEpoch: i16(),
      topics: structs({
        topic: str(),
        partitions: array(i32()),
      }),
    }),
  },
})
