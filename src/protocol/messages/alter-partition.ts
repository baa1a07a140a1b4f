/**
 * AlterPartition, from a partition's leader to the controller: the in-sync replicas changed. 2+ names topics by id, 3+ gives the epoch of
 * each broker.
 */
import { array, defineApi, i16, i32, i64, i8, str, structs, uuid, when } from '../table.ts'

export const alterPartition = defineApi({
  key: 56,
  name: 'AlterPartition',
  versions: [0, 3],
  flexibleFrom: 0,
  request: {
    brokerId: i32(),
    brokerEpoch: i64({ default: -1 }),
    topics: structs({
      topic: str({ until: 1 }),
      topicId: uuid({ since: 2 }),
      partitions: structs({
        partition: i32(),
        leaderEpoch: i32(),
        newIsr: array(i32(), { until: 2 }),
        newEpochIsr: structs(when({ since: 3 }), {
          brokerId: i32(),
          brokerEpoch: i64({ default: -1 }),
        }),
        leaderRecoveryState: i8({ since: 1 }),
        partitionEpoch: i32(), // znode version in ZooKeeper mode
      }),
    }),
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16(),
    topics: structs({
      topic: str({ until: 1 }),
      topicId: uuid({ since: 2 }),
      partitions: structs({
        partition: i32(),
        errorCode: i16(),
        leaderId: i32(),
        leaderEpoch: i32(),
        isr: array(i32()),
        leaderRecoveryState: i8({ since: 1 }),
        partitionEpoch: i32(),
      }),
    }),
  },
})
