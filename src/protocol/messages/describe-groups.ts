/**
 * DescribeGroups. 3+ may ask for the allowed operations, 4+ shows static members, 6+ answers an unknown group with error 69 rather than as
 * dead.
 */
import { array, bool, bytes, defineApi, i16, i32, minI32, str, structs } from '../table.ts'

export const describeGroups = defineApi({
  key: 15,
  name: 'DescribeGroups',
  versions: [0, 6],
  flexibleFrom: 5,
  request: {
    groups: array(str()),
    includeAuthorizedOperations: bool({ since: 3 }),
  },
  response: {
    throttleTimeMs: i32({ since: 1 }),
    groups: structs({
      errorCode: i16(),
      errorMessage: str({ since: 6, nullable: true }),
      groupId: str(),
      state: str(), // Dead Empty PreparingRebalance CompletingRebalance Stable
      protocolType: str(),
      protocolName: str(),
      members: structs({
        memberId: str(),
        groupInstanceId: str({ since: 4, nullable: true }),
        clientId: str(),
        clientHost: str(),
        protocolMetadata: bytes(),
        memberAssignment: bytes(),
      }),
      authorizedOperations: i32({ since: 3, default: minI32 }),
    }),
  },
})
