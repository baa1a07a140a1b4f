/**
 * Groups with members change their protocol: a classic one goes over when the first member of the newer protocol comes, and back when the last one has
 * gone. Everybody keeps what it has; members of the classic protocol notice no more than a rebalance.
 */
import type { Group } from '../group.ts'
import { groupKey, groupValue } from '../group-records.ts'
import { joinFailed, Member, syncFailed } from '../member.ts'
import { errorCodes } from '../../../protocol/error-codes.ts'
import type { StoredRecord } from '../../topics/internal-topic.ts'
import { assignedIn, assignmentBytes, subscriptionOf } from './classic-bytes.ts'
import { ConsumerGroup } from './consumer-group.ts'
import { type ConsumerMember, newMember } from './consumer-member.ts'
import { currentRecord, groupRecord, groupTombstones, memberRecord, memberTombstones, targetEpochRecord, targetRecord } from './consumer-records.ts' // prettier-ignore
import type { TopicView } from './topic-view.ts'

const CONSUMER = 'consumer'

const asConsumer = (member: Member, generation: number, topics: TopicView): ConsumerMember | undefined => {
  const subscription = subscriptionOf(member.protocols, topics)
  const assigned = assignedIn(member.assignment, topics)
  if (subscription === undefined || assigned === undefined) return undefined
  return {
    ...newMember(member.id, member.instanceId),
    rackId: subscription.rackId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    topics: subscription.topics,
    epoch: generation,
    previousEpoch: generation,
    assigned,
    classic: { sessionTimeoutMs: member.sessionTimeoutMs, protocols: member.protocols },
  }
}

/** The same group as the newer protocol has it; undefined where its members say what the broker does not understand. */
export const upgraded = (group: Group, topics: TopicView): ConsumerGroup | undefined => {
  if (group.protocolType !== CONSUMER) return undefined
  const consumer = new ConsumerGroup()
  consumer.epoch = consumer.assignmentEpoch = group.generation
  for (const member of group.members.values()) {
    const one = asConsumer(member, group.generation, topics)
    if (one === undefined) return undefined
    consumer.put(one)
    consumer.targets.set(one.id, one.assigned)
  }
  return consumer
}

/** What stores a group that has gone over. */
export const upgradeRecords = (groupId: string, consumer: ConsumerGroup): StoredRecord[] => [
  ...[...consumer.members.values()].map((member) => memberRecord(groupId, member)),
  groupRecord(groupId, consumer.epoch, consumer.metadataHash ?? 0),
  ...[...consumer.targets].map(([memberId, target]) => targetRecord(groupId, memberId, target)),
  targetEpochRecord(groupId, consumer.assignmentEpoch),
  ...[...consumer.members.values()].map((member) => currentRecord(groupId, member)),
]

/** The classic part of a group is emptied: who waits for something is told to come again. */
export const clearClassic = (group: Group, forget: (member: Member) => void): void => {
  group.stopTimer()
  for (const waiting of group.pending.values()) waiting[Symbol.dispose]()
  group.pending.clear()
  for (const member of group.members.values()) {
    forget(member)
    member.answerJoin(joinFailed(errorCodes.REBALANCE_IN_PROGRESS, member.id))
    member.answerSync(syncFailed(errorCodes.REBALANCE_IN_PROGRESS))
  }
  group.members.clear()
  group.statics.clear()
}

const asClassic = (member: ConsumerMember, consumer: ConsumerGroup, topics: TopicView): Member => {
  const made = new Member({
    id: member.id,
    instanceId: member.instanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    sessionTimeoutMs: member.classic?.sessionTimeoutMs ?? 0,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    protocolType: CONSUMER,
    protocols: member.classic?.protocols ?? [],
  })
  made.assignment = assignmentBytes(consumer.targetOf(member.id), topics)
  made.isNew = false
  made.synced = true
  return made
}

/** Puts the members back into the classic part; `consumer` is theirs no more. */
export const downgrade = (group: Group, consumer: ConsumerGroup, topics: TopicView, nowMs: number): void => {
  group.consumer = undefined
  // Not the group's epoch: members in step with each other are told to join again, and not that they are strangers.
  group.generation = Array.from(consumer.members.values()).reduce((most, { epoch }) => Math.max(most, epoch), 0)
  group.protocolType = CONSUMER
  for (const member of consumer.members.values()) group.add(asClassic(member, consumer, topics))
  group.protocolName = group.chooseProtocol()
  group.enter('Stable', nowMs)
}

/** What stores a group that has gone back. */
export const downgradeRecords = (group: Group, consumer: ConsumerGroup): StoredRecord[] => [
  ...[...consumer.members.keys()].flatMap((memberId) => memberTombstones(group.id, memberId)),
  ...groupTombstones(group.id),
  { key: groupKey(group.id), value: groupValue(group) },
]
