/** ControlledShutdown, from a broker to the controller. The request header of version 0 has no client id. */
import { defineApi, i16, i32, i64, str, structs } from '../table.ts'

export const controlledShutdown = defineApi({
  key: 7,
  name: 'ControlledShutdown',
  versions: [0, 3],
  flexibleFrom: 3,
  request: {
    brokerId: i32(),
    brokerEpoch: i64({ since: 2, default: -1 }),
  },
  response: {
    errorCode: i16(),
    partitionsRemaining: structs({
      topic: str(),
      partition: i32(),
    }),
  },
})
