/** Heartbeat: says that a member lives, and is told when it has to join again. 3+ knows static members. */
import { heartbeat as api } from '../../protocol/messages/heartbeat.ts'
import { defineHandler } from './handler.ts'

export const heartbeat = defineHandler({
  api,
  versions: [0, 4],
  handle(request, { broker }) {
    const name = { memberId: request.memberId, instanceId: request.groupInstanceId ?? undefined }
    return { errorCode: broker.groups.heartbeat(request.groupId, name, request.generationId) }
  },
})
