/**
 * LeaveGroup: takes members out at once. 0-2 name one dynamic member, whose error stands at the top; 3+ name several, static ones by their instance
 * id, each with an error of its own; 5+ may give a reason.
 */
import { errorCodes } from '../../protocol/error-codes.ts'
import { leaveGroup as api } from '../../protocol/messages/leave-group.ts'
import { defineHandler } from './handler.ts'

const MANY_SINCE = 3

export const leaveGroup = defineHandler({
  api,
  versions: [0, 5],
  handle({ groupId, memberId, members }, { broker, version }) {
    if (version < MANY_SINCE)
      return { errorCode: broker.groups.leave(groupId, { memberId, instanceId: undefined }, '') }
    if (groupId === '') return { errorCode: errorCodes.INVALID_GROUP_ID, members: [] }
    return {
      errorCode: errorCodes.NONE,
      members: members.map((member) => {
        const name = { memberId: member.memberId, instanceId: member.groupInstanceId ?? undefined }
        const errorCode = broker.groups.leave(groupId, name, member.reason ?? '')
        return { memberId: member.memberId, groupInstanceId: member.groupInstanceId, errorCode }
      }),
    }
  },
})
