/**
 * JoinGroup: answered when the rebalance that it starts or joins has ended. 1+ has a rebalance timeout of its own, 4+ is first given a member id and
 * comes again with it, 5+ knows static members, 7+ is told the protocol type, 8+ may give a reason, 9+ can be told to keep the assignment.
 */
import { joinGroup as api } from '../../protocol/messages/join-group.ts'
import type { RequestOf, ResponseInput } from '../../protocol/table.ts'
import type { Joined } from '../groups/member.ts'
import type { JoinAsk } from '../groups/join.ts'
import { defineHandler, type RequestContext } from './handler.ts'

const ID_FIRST_SINCE = 4
const SKIP_SINCE = 9
const OWN_TIMEOUT_SINCE = 1

const askOf = (request: RequestOf<typeof api>, { version, clientId, peer }: RequestContext): JoinAsk => ({
  groupId: request.groupId,
  memberId: request.memberId,
  instanceId: request.groupInstanceId ?? undefined,
  clientId: clientId ?? '',
  clientHost: `/${peer.address}`,
  sessionTimeoutMs: request.sessionTimeoutMs,
  rebalanceTimeoutMs: version >= OWN_TIMEOUT_SINCE && request.rebalanceTimeoutMs >= 0 ? request.rebalanceTimeoutMs : request.sessionTimeoutMs, // prettier-ignore
  protocolType: request.protocolType,
  protocols: request.protocols,
  takesIdFirst: version >= ID_FIRST_SINCE,
  canSkipAssignment: version >= SKIP_SINCE,
})

const told = (joined: Joined): ResponseInput<typeof api> => ({
  errorCode: joined.error,
  generationId: joined.generation,
  protocolType: joined.protocolType ?? null,
  protocolName: joined.protocolName ?? null,
  leaderId: joined.leaderId,
  skipAssignment: joined.skipAssignment,
  memberId: joined.memberId,
  members: joined.members,
})

export const joinGroup = defineHandler({
  api,
  versions: [0, 9],
  handle(request, context) {
    const joined = context.broker.groups.join(askOf(request, context))
    return joined instanceof Promise ? joined.then(told) : told(joined)
  },
})
