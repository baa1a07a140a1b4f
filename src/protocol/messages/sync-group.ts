/**
 * SyncGroup. 3+ knows static members, 5+ repeats protocol type and name so that they can be compared. The response waits for the leader's
 * request.
 */
import { bytes, defineApi, i16, i32, str, structs } from '../table.ts'

export const syncGroup = defineApi({
  key: 14,
  name: 'SyncGroup',
  versions: [0, 5],
  flexibleFrom: 4,
  request: {
    groupId: str(),
    generationId: i32(),
    memberId: str(),
    groupInstanceId: str({ since: 3, nullable: true, strict: true }),
    protocolType: str({ since: 5, nullable: true }),
    protocolName: str({ since: 5, nullable: true }),
    // groupAssignment: only from the leader
    groupAssignment: structs({
      memberId: str(),
      memberAssignment: bytes(),
    }),
  },
  response: {
    throttleTimeMs: i32({ since: 1 }),
    errorCode: i16(),
    protocolType: str({ since: 5, nullable: true }),
    protocolName: str({ since: 5, nullable: true }),
    memberAssignment: bytes(),
  },
})
