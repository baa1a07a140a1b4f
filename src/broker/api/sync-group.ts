/**
 * SyncGroup: brings the leader's assignment and takes one's own share of it; held until the leader has come. 3+ knows static members, 5+ repeats
 * protocol type and name, which must be those of the group.
 */
import { syncGroup as api } from '../../protocol/messages/sync-group.ts'
import type { ResponseInput } from '../../protocol/table.ts'
import type { Synced } from '../groups/member.ts'
import { defineHandler } from './handler.ts'

const told = (synced: Synced): ResponseInput<typeof api> => ({
  errorCode: synced.error,
  protocolType: synced.protocolType ?? null,
  protocolName: synced.protocolName ?? null,
  memberAssignment: synced.assignment,
})

export const syncGroup = defineHandler({
  api,
  versions: [0, 5],
  handle(request, { broker }) {
    const synced = broker.groups.sync({
      groupId: request.groupId,
      memberId: request.memberId,
      instanceId: request.groupInstanceId ?? undefined,
      generation: request.generationId,
      protocolType: request.protocolType ?? undefined,
      protocolName: request.protocolName ?? undefined,
      assignments: new Map(request.groupAssignment.map((a) => [a.memberId, a.memberAssignment])),
    })
    return synced instanceof Promise ? synced.then(told) : told(synced)
  },
})
