/**
 * StopReplica, from a controller to brokers. 0 has one entry a partition, 1-2 lists of partitions, 3+ an epoch and a delete flag of each
 * (epoch -2: the topic goes).
 */
import { array, bool, defineApi, i16, i32, i64, str, structs, when } from '../table.ts'

export const stopReplica = defineApi({
  key: 5,
  name: 'StopReplica',
  versions: [0, 4],
  flexibleFrom: 2,
  request: {
    controllerId: i32(),
    isKRaftController: bool({ since: 4 }),
    controllerEpoch: i32(),
    brokerEpoch: i64({ since: 1, default: -1 }),
    deletePartitions: bool({ until: 2 }),
    topics: structs({
      topic: str(),
      partition: i32({ until: 0 }),
      partitions: array(i32(), { since: 1, until: 2 }),
      partitionStates: structs(when({ since: 3 }), {
        partition: i32(),
        leaderEpoch: i32({ default: -1 }),
        delete: bool(),
      }),
    }),
  },
  response: {
    errorCode: i16(),
    partitions: structs({
      topic: str(),
      partition: i32(),
      errorCode: i16(),
    }),
  },
})
