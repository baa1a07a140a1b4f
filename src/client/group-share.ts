/** What the leader of a group does: reads what every member wants, and shares the partitions out by the assignor that the group agreed on. */
import { decodeSubscription, encodeAssignment } from '../protocol/consumer-protocol.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import { Malformed } from '../protocol/malformed.ts'
import type { joinGroup } from '../protocol/messages/join-group.ts'
import type { ResponseOf } from '../protocol/table.ts'
import { flat, grouped } from './assignors/assignor.ts'
import type { Assign, Member } from './assignors/assignor.ts'
import { assignors } from './assignors/index.ts'
import type { Cluster } from './cluster.ts'
import type { AssignorName } from './consumer-options.ts'
import { BrokerError } from './errors.ts'

type JoinReply = ResponseOf<typeof joinGroup>

export interface MemberAssignment {
  readonly memberId: string
  readonly memberAssignment: Buffer
}

const notUnderstood = (group: string, what: string): BrokerError =>
  new BrokerError(`Group ${group}`, errorCodes.INCONSISTENT_GROUP_PROTOCOL, what)

/** Reads what members tell each other. Throws INCONSISTENT_GROUP_PROTOCOL for bytes that are not a consumer's. */
export const understood = <T>(group: string, what: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw notUnderstood(group, `${what} cannot be read: ${error.message}`)
  }
}

const memberOf = (group: string, member: JoinReply['members'][number]): Member => {
  const { memberId, groupInstanceId, protocolMetadata } = member
  const { topics, ownedPartitions, generationId } = understood(group, `What member ${memberId} wants`, () =>
    decodeSubscription(protocolMetadata),
  )
  return { memberId, instanceId: groupInstanceId, topics, owned: flat(ownedPartitions), generation: generationId }
}

/** How many partitions each of these topics has, as far as the metadata knows them. */
export const partitionCounts = (cluster: Cluster, topics: Iterable<string>): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const topic of topics) {
    const found = cluster.metadata.topics.get(topic)
    if (found?.errorCode === errorCodes.NONE) counts.set(topic, found.partitions.length)
  }
  return counts
}

export interface Sharing {
  readonly assignments: readonly MemberAssignment[]
  /** What the sharing was made from: when it changes, the group must share out anew. */
  readonly counts: ReadonlyMap<string, number>
  readonly topics: ReadonlySet<string>
}

/** Throws INCONSISTENT_GROUP_PROTOCOL for a member that is no consumer, and for an assignor that is not ours. */
export const shareOut = async (cluster: Cluster, group: string, reply: JoinReply): Promise<Sharing> => {
  const assign = assignors[reply.protocolName as AssignorName] as Assign | undefined
  if (assign === undefined)
    throw notUnderstood(group, `It uses the assignor ${reply.protocolName}, which this member has not`)
  const members = reply.members.map((member) => memberOf(group, member))
  const topics = new Set(members.flatMap((member) => member.topics))
  for (const topic of topics) cluster.watch(topic)
  if (![...topics].every((topic) => cluster.metadata.topics.has(topic))) await cluster.refresh()
  const counts = partitionCounts(cluster, topics)
  const assigned = assign(members, counts)
  return {
    topics,
    counts,
    assignments: [...assigned].map(([memberId, partitions]) => ({
      memberId,
      memberAssignment: encodeAssignment({ partitions: grouped(partitions), userData: null }),
    })),
  }
}
