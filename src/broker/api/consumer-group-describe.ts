/** ConsumerGroupDescribe: state, epochs and members of groups of the newer protocol; other groups are unknown here. 1+ tells the kind of each member. */
import { errorCodes } from '../../protocol/error-codes.ts'
import { consumerGroupDescribe as api } from '../../protocol/messages/consumer-group-describe.ts'
import { minI32, type ResponseInput } from '../../protocol/table.ts'
import { type Assignment, listOf } from '../groups/consumer/assignment.ts'
import type { ConsumerGroup } from '../groups/consumer/consumer-group.ts'
import { defineHandler, type Services } from './handler.ts'
import { groupOperations } from './operations.ts'

type GroupAnswer = NonNullable<ResponseInput<typeof api>['groups']>[number]

const kinds = { classic: 0, consumer: 1 } as const

/** Topics that are gone meanwhile have no name and are left out. */
const named = (assignment: Assignment, { topics }: Services) => ({
  topicPartitions: listOf(assignment).flatMap(({ topicId, partitions }) => {
    const topic = topics.byId(topicId)?.name
    return topic === undefined ? [] : [{ topicId, topic, partitions }]
  }),
})

const told = (groupId: string, group: ConsumerGroup, operations: number, broker: Services): GroupAnswer => ({
  errorCode: errorCodes.NONE,
  errorMessage: null,
  groupId,
  state: group.state,
  epoch: group.epoch,
  assignmentEpoch: group.assignmentEpoch,
  assignorName: group.preferredAssignor ?? broker.config.settings['group.consumer.assignors'][0] ?? '',
  members: [...group.members.values()].map((member) => ({
    memberId: member.id,
    groupInstanceId: member.instanceId ?? null,
    rackId: member.rackId ?? null,
    memberEpoch: member.epoch,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopics: member.topics,
    subscribedTopicRegex: member.pattern ?? null,
    assignment: named(member.assigned, broker),
    targetAssignment: named(group.targetOf(member.id), broker),
    memberType: member.classic === undefined ? kinds.consumer : kinds.classic,
  })),
  authorizedOperations: operations,
})

const missing = (groupId: string, isThere: boolean): GroupAnswer => ({
  errorCode: errorCodes.GROUP_ID_NOT_FOUND,
  errorMessage: isThere ? `Group ${groupId} is not a consumer group.` : `Group ${groupId} not found.`,
  groupId,
  state: '',
  epoch: 0,
  assignmentEpoch: 0,
  assignorName: '',
  members: [],
})

export const consumerGroupDescribe = defineHandler({
  api,
  versions: [0, 1],
  handle: (request, { broker }) => ({
    throttleTimeMs: 0,
    groups: request.groups.map((groupId) => {
      const group = broker.groups.get(groupId)
      if (group?.consumer === undefined) return missing(groupId, group !== undefined)
      return told(groupId, group.consumer, request.includeAuthorizedOperations ? groupOperations : minI32, broker)
    }),
  }),
})
