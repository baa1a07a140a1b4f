/** AllocateProducerIds, from a broker to the controller: a block of producer ids. */
import { defineApi, i16, i32, i64 } from '../table.ts'

export const allocateProducerIds = defineApi({
  key: 67,
  name: 'AllocateProducerIds',
  versions: [0, 0],
  flexibleFrom: 0,
  request: {
    brokerId: i32(),
    brokerEpoch: i64({ default: -1 }),
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16(),
    producerIdStart: i64(),
    producerIdLen: i32(),
  },
})
