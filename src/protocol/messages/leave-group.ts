/** LeaveGroup. 0-2 name one dynamic member and answer its error at the top, 3+ a list, in which static members go by their instance id. */
import { defineApi, i16, i32, str, structs, when } from '../table.ts'

export const leaveGroup = defineApi({
  key: 13,
  name: 'LeaveGroup',
  versions: [0, 5],
  flexibleFrom: 4,
  request: {
    groupId: str(),
    memberId: str({ until: 2 }),
    members: structs(when({ since: 3 }), {
      memberId: str(),
      groupInstanceId: str({ nullable: true }),
      reason: str({ since: 5, nullable: true }),
    }),
  },
  response: {
    throttleTimeMs: i32({ since: 1 }),
    errorCode: i16(),
    members: structs(when({ since: 3 }), {
      memberId: str(),
      groupInstanceId: str({ nullable: true }),
      errorCode: i16(),
    }),
  },
})
