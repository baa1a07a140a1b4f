/** DescribeTopicPartitions: topics in pages. The response's cursor, if any, begins the next page. */
import { array, bool, defineApi, i16, i32, minI32, str, struct, structs, uuid, when } from '../table.ts'

export const describeTopicPartitions = defineApi({
  key: 75,
  name: 'DescribeTopicPartitions',
  versions: [0, 0],
  flexibleFrom: 0,
  request: {
    // topics: sorted by name by the broker
    topics: structs({
      topic: str(),
    }),
    responsePartitionLimit: i32({ default: 2000 }),
    cursor: struct(when({ nullable: true }), {
      topic: str(),
      partition: i32(),
    }),
  },
  response: {
    throttleTimeMs: i32(),
    topics: structs({
      errorCode: i16(),
      topic: str({ nullable: true }),
      topicId: uuid(),
      isInternal: bool(),
      partitions: structs({
        errorCode: i16(),
        partition: i32(),
        leaderId: i32(),
        leaderEpoch: i32({ default: -1 }),
        replicas: array(i32()),
        isr: array(i32()),
        eligibleLeaderReplicas: array(i32(), { nullable: true }),
        lastKnownElr: array(i32(), { nullable: true }),
        offlineReplicas: array(i32()),
      }),
      authorizedOperations: i32({ default: minI32 }),
    }),
    nextCursor: struct(when({ nullable: true }), {
      topic: str(),
      partition: i32(),
    }),
  },
})
