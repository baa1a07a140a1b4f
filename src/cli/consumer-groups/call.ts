/** What every action of kafka-consumer-groups.sh is given, and the groups that it is about. */
import type { Log } from '../../base/log.ts'
import type { Admin } from '../../client/admin.ts'
import type { ListedGroup } from '../../client/group-admin.ts'
import type { JoptValues } from '../jopt.ts'

export interface GroupsCall {
  readonly values: JoptValues
  readonly admin: Admin
  readonly log: Log
}

/** Groups whose members read topics; those of Connect and others are not for this tool. */
export const consumerGroups = async ({ admin }: GroupsCall): Promise<ListedGroup[]> => {
  const groups = await admin.groups.list()
  return groups.filter(
    ({ type, protocolType }) =>
      ['classic', 'consumer'].includes(type.toLowerCase()) && ['', 'consumer'].includes(protocolType),
  )
}

/** Those that `--group` names, or all of them. */
export const groupsAskedFor = async (call: GroupsCall): Promise<string[]> => {
  if (call.values.has('all-groups')) return (await consumerGroups(call)).map(({ groupId }) => groupId)
  return [...new Set(call.values.all('group'))].toSorted()
}
