/** Heartbeat. 3+ knows static members. */
import { defineApi, i16, i32, str } from '../table.ts'

export const heartbeat = defineApi({
  key: 12,
  name: 'Heartbeat',
  versions: [0, 4],
  flexibleFrom: 4,
  request: {
    groupId: str(),
    generationId: i32(),
    memberId: str(),
    groupInstanceId: str({ since: 3, nullable: true, strict: true }),
  },
  response: {
    throttleTimeMs: i32({ since: 1 }),
    errorCode: i16(),
  },
})
