/**
 * LeaderAndIsr, from a controller to brokers. 2+ groups the partitions by topic, 5+ answers by topic id, 6+ tells of leader recovery, 7+
 * comes from KRaft controllers too.
 */
import { array, bool, defineApi, i16, i32, i64, i8, str, structs, uuid, when } from '../table.ts'

export const leaderAndIsr = defineApi({
  key: 4,
  name: 'LeaderAndIsr',
  versions: [0, 7],
  flexibleFrom: 4,
  request: {
    controllerId: i32(),
    isKRaftController: bool({ since: 7 }),
    controllerEpoch: i32(),
    brokerEpoch: i64({ since: 2, default: -1 }),
    type: i8({ since: 5 }), // 1 incremental, 2 full
    partitionStates: structs(when({ until: 1 }), {
      topic: str(),
      partition: i32(),
      controllerEpoch: i32(),
      leader: i32(),
      leaderEpoch: i32(),
      isr: array(i32()),
      partitionEpoch: i32(), // znode version of the partition state
      replicas: array(i32()),
      isNew: bool({ since: 1 }),
    }),
    topicStates: structs(when({ since: 2 }), {
      topic: str(),
      topicId: uuid({ since: 5 }),
      partitionStates: structs({
        partition: i32(),
        controllerEpoch: i32(),
        leader: i32(),
        leaderEpoch: i32(),
        isr: array(i32()),
        partitionEpoch: i32(),
        replicas: array(i32()),
        addingReplicas: array(i32(), { since: 3 }),
        removingReplicas: array(i32(), { since: 3 }),
        isNew: bool({ since: 1 }),
        leaderRecoveryState: i8({ since: 6 }), // 0 recovered, 1 recovering
      }),
    }),
    liveLeaders: structs({
      brokerId: i32(),
      host: str(),
      port: i32(),
    }),
  },
  response: {
    errorCode: i16(),
    partitions: structs(when({ until: 4 }), {
      topic: str({ until: 4 }),
      partition: i32(),
      errorCode: i16(),
    }),
    topics: structs(when({ since: 5 }), {
      topicId: uuid(),
      partitions: structs({
        partition: i32(),
        errorCode: i16(),
      }),
    }),
  },
})
