/** AddPartitionsToTxn. 0-3 speak of one transaction, 4+ of several (among brokers, though one client sends them too). */
import { array, bool, defineApi, i16, i32, i64, str, structs, when } from '../table.ts'

export const addPartitionsToTxn = defineApi({
  key: 24,
  name: 'AddPartitionsToTxn',
  versions: [0, 5],
  flexibleFrom: 3,
  request: {
    transactionalId: str({ until: 3 }),
    producerId: i64({ until: 3 }),
    producerEpoch: i16({ until: 3 }),
    topics: structs(when({ until: 3 }), {
      topic: str(),
      partitions: array(i32()),
    }),
    // transactions: broker-to-broker form
    transactions: structs(when({ since: 4 }), {
      transactionalId: str(),
      producerId: i64(),
      producerEpoch: i16(),
      verifyOnly: bool(),
      topics: structs({
        topic: str(),
        partitions: array(i32()),
      }),
    }),
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16({ since: 4 }),
    transactions: structs(when({ since: 4 }), {
      transactionalId: str(),
      topics: structs({
        topic: str(),
        partitions: structs({
          partition: i32(),
          errorCode: i16(),
        }),
      }),
    }),
    topics: structs(when({ until: 3 }), {
      topic: str(),
      partitions: structs({
        partition: i32(),
        errorCode: i16(),
      }),
    }),
  },
})
