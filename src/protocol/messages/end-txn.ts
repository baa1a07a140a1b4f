/** EndTxn. 5+ answers with the id and epoch for the next transaction. */
import { bool, defineApi, i16, i32, i64, str } from '../table.ts'

export const endTxn = defineApi({
  key: 26,
  name: 'EndTxn',
  versions: [0, 5],
  flexibleFrom: 3,
  request: {
    transactionalId: str(),
    producerId: i64(),
    producerEpoch: i16(),
    commit: bool(), // true commit, false abort
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16(),
    producerId: i64({ since: 5, default: -1 }),
    producerEpoch: i16({ since: 5, default: -1 }),
  },
})
