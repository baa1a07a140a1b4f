/** ListTransactions. 1+ filters by duration, 2+ by a pattern of ids. */
import { array, defineApi, i16, i32, i64, str, structs } from '../table.ts'

export const listTransactions = defineApi({
  key: 66,
  name: 'ListTransactions',
  versions: [0, 2],
  flexibleFrom: 0,
  request: {
    stateFilters: array(str()),
    producerIdFilters: array(i64()),
    durationFilterMs: i64({ since: 1, default: -1, strict: true }), // -1 = no filter
    transactionalIdPattern: str({ since: 2, nullable: true, strict: true }),
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16(),
    unknownStateFilters: array(str()),
    transactionStates: structs({
      transactionalId: str(),
      producerId: i64(),
      transactionState: str(),
    }),
  },
})
