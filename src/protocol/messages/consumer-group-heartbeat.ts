/**
 * ConsumerGroupHeartbeat: the one call of the newer group protocol. Null fields of the request mean unchanged since the last one. 1+ has
 * ids made by the client and subscription by pattern.
 */
import { array, defineApi, i16, i32, str, struct, structs, uuid, when } from '../table.ts'

export const consumerGroupHeartbeat = defineApi({
  key: 68,
  name: 'ConsumerGroupHeartbeat',
  versions: [0, 1],
  flexibleFrom: 0,
  request: {
    groupId: str(),
    memberId: str(), // v0: empty on join, broker assigns; v1+: client-generated
    memberEpoch: i32(), // 0 join, -1 leave, -2 static member leaving temporarily
    groupInstanceId: str({ nullable: true }),
    rackId: str({ nullable: true }),
    rebalanceTimeoutMs: i32({ default: -1 }), // -1 = unchanged since last heartbeat
    subscribedTopicNames: array(str(), { nullable: true }), // null = unchanged (same for the other nullable fields)
    subscribedTopicRegex: str({ since: 1, nullable: true, strict: true }),
    serverAssignor: str({ nullable: true }),
    // topics: partitions currently owned; null = unchanged
    topics: structs(when({ nullable: true }), {
      topicId: uuid(),
      partitions: array(i32()),
    }),
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16(),
    errorMessage: str({ nullable: true }),
    memberId: str({ nullable: true }),
    memberEpoch: i32(),
    heartbeatIntervalMs: i32(),
    // assignment: null = unchanged
    assignment: struct(when({ nullable: true }), {
      topics: structs({
        topicId: uuid(),
        partitions: array(i32()),
      }),
    }),
  },
})
