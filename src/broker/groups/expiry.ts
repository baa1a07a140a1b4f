/**
 * Offsets that nobody will ask for again are forgotten, by Kafka's rules since 2.1: those of an empty group, of a topic that the group reads no more,
 * and of clients that are in no group, `offsets.retention.minutes` after it came to that. A group that has nothing left goes with them.
 */
import type { CommittedOffset, PartitionName } from './committed-offset.ts'
import type { Group } from './group.ts'
import type { GroupStore } from './group-store.ts'

const isOver = (group: Group, offset: CommittedOffset, nowMs: number, retentionMs: number): boolean => {
  if (offset.expireMs !== undefined) return nowMs >= offset.expireMs
  const emptied = group.protocolType !== undefined && group.state === 'Empty'
  return nowMs - (emptied ? group.stateSinceMs : offset.commitMs) >= retentionMs
}

/** Groups of other protocols say nothing about topics, and whoever is in the middle of a rebalance may still want everything. */
const mayExpire = (group: Group): boolean =>
  group.protocolType === undefined ||
  group.state === 'Empty' ||
  (group.state === 'Stable' && group.subscribedTopics() !== undefined)

/** The offsets of a group that are to be forgotten now. */
export const expiredOffsets = (group: Group, nowMs: number, retentionMs: number): PartitionName[] => {
  if (!mayExpire(group)) return []
  const subscribed = group.subscribedTopics()
  return group.committed.topics().flatMap((topic) => {
    if (subscribed?.has(topic) === true) return []
    return group.committed.partitions(topic).flatMap((partition) => {
      const offset = group.committed.get(topic, partition)
      if (group.committed.unstable.has(topic, partition)) return []
      return offset !== undefined && isOver(group, offset, nowMs, retentionMs) ? [{ topic, partition }] : []
    })
  })
}

/** One round over all groups. */
export const expireOffsets = (store: GroupStore, retentionMs: number): void => {
  const nowMs = store.clock.now()
  for (const group of store.list()) {
    const stored = store.forgetOffsets(group, expiredOffsets(group, nowMs, retentionMs))
    if (stored && group.committed.isEmpty && group.isWithoutMembers) store.forget(group)
  }
}
