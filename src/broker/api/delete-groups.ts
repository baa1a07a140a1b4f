/** DeleteGroups: forgets groups without members, with all they have committed. */
import { deleteGroups as api } from '../../protocol/messages/delete-groups.ts'
import { defineHandler } from './handler.ts'

export const deleteGroups = defineHandler({
  api,
  versions: [0, 2],
  handle: ({ groups }, { broker }) => ({
    throttleTimeMs: 0,
    groups: groups.map((groupId) => ({ groupId, errorCode: broker.groups.delete(groupId) })),
  }),
})
