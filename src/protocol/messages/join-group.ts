/**
 * JoinGroup. 1+ has a rebalance timeout of its own, 4+ answers a new dynamic member with the id that it must join with, 5+ knows static
 * members, 7+ the protocol type, 8+ the reason, 9+ tells a static leader to keep the assignment.
 */
import { bool, bytes, defineApi, i16, i32, str, structs } from '../table.ts'

export const joinGroup = defineApi({
  key: 11,
  name: 'JoinGroup',
  versions: [0, 9],
  flexibleFrom: 6,
  request: {
    groupId: str(),
    sessionTimeoutMs: i32(),
    rebalanceTimeoutMs: i32({ since: 1, default: -1 }), // v0: use the session timeout
    memberId: str(),
    groupInstanceId: str({ since: 5, nullable: true, strict: true }),
    protocolType: str(),
    // protocols: in preference order
    protocols: structs({
      name: str(),
      metadata: bytes(),
    }),
    reason: str({ since: 8, nullable: true }),
  },
  response: {
    throttleTimeMs: i32({ since: 2 }),
    errorCode: i16(),
    generationId: i32({ default: -1 }), // -1 on error
    protocolType: str({ since: 7, nullable: true }),
    protocolName: str({ nullable: 7 }), // "" before v7 when none
    leaderId: str(),
    skipAssignment: bool({ since: 9 }),
    memberId: str(),
    // members: only filled for the leader
    members: structs({
      memberId: str(),
      groupInstanceId: str({ since: 5, nullable: true }),
      protocolMetadata: bytes(),
    }),
  },
})
