/** What the leader of a group does: reads what every member wants, and shares the partitions out by the assignor that the group agreed on. */
import { decodeSubscription, encodeAssignment } from '../protocol/consumer-protocol.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import type { joinGroup } from '../protocol/messages/join-group.ts'
import type { ResponseOf } from '../protocol/table.ts'
import { flat, grouped } from './assignors/assignor.ts'
import type { Member } from './assignors/assignor.ts'
import { assignors } from './assignors/index.ts'
import type { Cluster } from './cluster.ts'
import type { AssignorName } from './consumer-options.ts'

type JoinReply = ResponseOf<typeof joinGroup>

export interface MemberAssignment {
  readonly memberId: string
  readonly memberAssignment: Buffer
}

const memberOf = ({ memberId, groupInstanceId, protocolMetadata }: JoinReply['members'][number]): Member => {
  const { topics, ownedPartitions, generationId } = decodeSubscription(protocolMetadata)
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

/** Throws Malformed for a member whose bytes are not those of a consumer. */
export const shareOut = async (cluster: Cluster, reply: JoinReply): Promise<Sharing> => {
  const members = reply.members.map(memberOf)
  const topics = new Set(members.flatMap((member) => member.topics))
  for (const topic of topics) cluster.watch(topic)
  if (![...topics].every((topic) => cluster.metadata.topics.has(topic))) await cluster.refresh()
  const counts = partitionCounts(cluster, topics)
  const assigned = assignors[reply.protocolName as AssignorName](members, counts)
  return {
    topics,
    counts,
    assignments: [...assigned].map(([memberId, partitions]) => ({
      memberId,
      memberAssignment: encodeAssignment({ partitions: grouped(partitions), userData: null }),
    })),
  }
}
