/** InitProducerId. 3+ lets a producer ask for a new epoch of the id it has, from 4 on PRODUCER_FENCED may be answered. */
import { defineApi, i16, i32, i64, str } from '../table.ts'

export const initProducerId = defineApi({
  key: 22,
  name: 'InitProducerId',
  versions: [0, 5],
  flexibleFrom: 2,
  request: {
    transactionalId: str({ nullable: true }), // null = idempotent only
    transactionTimeoutMs: i32(),
    producerId: i64({ since: 3, default: -1 }),
    producerEpoch: i16({ since: 3, default: -1 }),
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16(),
    producerId: i64({ default: -1 }),
    producerEpoch: i16(),
  },
})
