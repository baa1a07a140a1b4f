/**
 * DescribeGroups: state and members of groups. 3+ may ask for the allowed operations, 4+ shows instance ids. A group that does not exist is "Dead"
 * without an error in 0-5 and error 69 from 6 on; so is one of the newer protocol.
 */
import { errorCodes } from '../../protocol/error-codes.ts'
import { describeGroups as api } from '../../protocol/messages/describe-groups.ts'
import { minI32, type ResponseInput } from '../../protocol/table.ts'
import type { Group } from '../groups/group.ts'
import { defineHandler } from './handler.ts'
import { groupOperations } from './operations.ts'
import { eachOnce } from './twice.ts'

type GroupAnswer = ResponseInput<typeof api>['groups'][number]

const NOT_FOUND_SINCE = 6
const noBytes = Buffer.alloc(0)

const told = (group: Group, authorizedOperations: number): GroupAnswer => {
  const stable = group.state === 'Stable'
  return {
    errorCode: errorCodes.NONE,
    groupId: group.id,
    state: group.state,
    protocolType: group.protocolType ?? '',
    protocolName: stable ? (group.protocolName ?? '') : '',
    members: [...group.members.values()].map((member) => ({
      memberId: member.id,
      groupInstanceId: member.instanceId ?? null,
      clientId: member.clientId,
      clientHost: member.clientHost,
      protocolMetadata: stable ? member.metadataFor(group.protocolName) : noBytes,
      memberAssignment: stable ? member.assignment : noBytes,
    })),
    authorizedOperations,
  }
}

const missing = (groupId: string, isThere: boolean, version: number): GroupAnswer => {
  const isError = version >= NOT_FOUND_SINCE
  return {
    errorCode: isError ? errorCodes.GROUP_ID_NOT_FOUND : errorCodes.NONE,
    errorMessage: isError ? `Group ${groupId} ${isThere ? 'is not a classic group' : 'not found'}.` : null,
    groupId,
    state: 'Dead',
    protocolType: '',
    protocolName: '',
    members: [],
  }
}

export const describeGroups = defineHandler({
  api,
  versions: [0, 6],
  handle(request, { broker, version }) {
    const operations = request.includeAuthorizedOperations ? groupOperations : minI32
    return {
      groups: eachOnce(request.groups, (id) => id).map((groupId) => {
        const group = broker.groups.get(groupId)
        const isClassic = group !== undefined && group.consumer === undefined
        return isClassic ? told(group, operations) : missing(groupId, group !== undefined, version)
      }),
    }
  },
})
