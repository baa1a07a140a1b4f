/** ConsumerGroupDescribe: groups of the newer protocol. 1+ tells the kind of each member. */
import { array, bool, defineApi, i16, i32, i8, minI32, str, struct, structs, uuid } from '../table.ts'

export const consumerGroupDescribe = defineApi({
  key: 69,
  name: 'ConsumerGroupDescribe',
  versions: [0, 1],
  flexibleFrom: 0,
  request: {
    groups: array(str()),
    includeAuthorizedOperations: bool(),
  },
  response: {
    throttleTimeMs: i32(),
    groups: structs({
      errorCode: i16(),
      errorMessage: str({ nullable: true }),
      groupId: str(),
      state: str(),
      epoch: i32(),
      assignmentEpoch: i32(),
      assignorName: str(),
      members: structs({
        memberId: str(),
        groupInstanceId: str({ nullable: true }),
        rackId: str({ nullable: true }),
        memberEpoch: i32(),
        clientId: str(),
        clientHost: str(),
        subscribedTopics: array(str()),
        subscribedTopicRegex: str({ nullable: true }),
        assignment: struct({
          topicPartitions: structs({
            topicId: uuid(),
            topic: str(),
            partitions: array(i32()),
          }),
        }),
        targetAssignment: struct({
          topicPartitions: structs({
            topicId: uuid(),
            topic: str(),
            partitions: array(i32()),
          }),
        }),
        memberType: i8({ since: 1, default: -1 }), // 0 classic, 1 consumer, -1 unknown
      }),
      authorizedOperations: i32({ default: minI32 }),
    }),
  },
})
