/** The offsets that a group has committed: asked for when partitions are taken over, stored when their records are done with. */
import { offsetCommit } from '../protocol/messages/offset-commit.ts'
import { offsetFetch } from '../protocol/messages/offset-fetch.ts'
import { grouped } from './assignors/assignor.ts'
import type { TopicPartition } from './assignors/assignor.ts'
import type { Coordinator } from './coordinator.ts'
import { BrokerError } from './errors.ts'

export interface OffsetToCommit extends TopicPartition {
  /** Of the next record to read. */
  readonly offset: number
  readonly metadata?: string
}

/** Who commits; generation -1 and no member id outside of a group's life. */
export interface Membership {
  readonly generationId: number
  readonly memberId: string
  readonly groupInstanceId: string | null
}

export const noMembership: Membership = { generationId: -1, memberId: '', groupInstanceId: null }

/** Stores offsets. Rejects with a BrokerError for the first that was refused, or with what the request rejected with. */
export const commitOffsets = async (
  coordinator: Coordinator,
  membership: Membership,
  offsets: readonly OffsetToCommit[],
): Promise<void> => {
  const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([topic, partitions]) => ({
    topic,
    partitions: partitions.map(({ partition, offset, metadata = '' }) => ({ partition, offset, metadata })),
  }))
  const connection = await coordinator.connection('main')
  const reply = await connection
    .request(offsetCommit, { groupId: coordinator.key, ...membership, topics })
    .catch((error: unknown) => {
      coordinator.failed(error)
      throw error
    })
  for (const { topic, partitions } of reply.topics)
    for (const { partition, errorCode } of partitions) {
      coordinator.noticed(errorCode)
      if (errorCode !== 0)
        throw new BrokerError(`Offset of ${topic}-${partition} for group ${coordinator.key}`, errorCode)
    }
}

/** What was committed, by topic and partition; -1 for nothing. */
export type Committed = ReadonlyMap<string, ReadonlyMap<number, number>>

/** Asks for committed offsets. Rejects with a BrokerError, or with what the request rejected with. */
export const fetchCommitted = async (
  coordinator: Coordinator,
  partitions: readonly TopicPartition[],
  requireStable: boolean,
): Promise<Committed> => {
  const { key: groupId } = coordinator
  const what = `Offsets of group ${groupId}`
  const topics = grouped(partitions)
  const connection = await coordinator.connection('main')
  const reply = await connection
    .request(offsetFetch, { groupId, topics, groups: [{ groupId, topics }], requireStable })
    .catch((error: unknown) => {
      coordinator.failed(error)
      throw error
    })
  const group = reply.groups[0] ?? reply
  coordinator.noticed(group.errorCode)
  if (group.errorCode !== 0) throw new BrokerError(what, group.errorCode)
  const found = new Map<string, Map<number, number>>()
  for (const topic of group.topics) {
    const offsets = new Map<number, number>()
    for (const { partition, offset, errorCode } of topic.partitions) {
      if (errorCode !== 0) throw new BrokerError(what, errorCode)
      offsets.set(partition, offset)
    }
    found.set(topic.topic, offsets)
  }
  return found
}
