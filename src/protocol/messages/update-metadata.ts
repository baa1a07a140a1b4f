/** UpdateMetadata, from a controller to brokers. 5+ groups by topic, 7+ has topic ids. A leader of -2 means that the topic is being deleted. */
import { array, bool, defineApi, i16, i32, i64, i8, str, structs, uuid, when } from '../table.ts'

export const updateMetadata = defineApi({
  key: 6,
  name: 'UpdateMetadata',
  versions: [0, 8],
  flexibleFrom: 6,
  request: {
    controllerId: i32(),
    isKRaftController: bool({ since: 8 }),
    type: i8({ since: 8, tag: 0 }), // 0 unknown, 1 incremental, 2 full
    controllerEpoch: i32(),
    brokerEpoch: i64({ since: 5, default: -1 }),
    partitionStates: structs(when({ until: 4 }), {
      topic: str(),
      partition: i32(),
      controllerEpoch: i32(),
      leader: i32(),
      leaderEpoch: i32(),
      isr: array(i32()),
      partitionEpoch: i32(),
      replicas: array(i32()),
      offlineReplicas: array(i32(), { since: 4 }),
    }),
    topicStates: structs(when({ since: 5 }), {
      topic: str(),
      topicId: uuid({ since: 7 }),
      partitionStates: structs({
        partition: i32(),
        controllerEpoch: i32(),
        leader: i32(),
        leaderEpoch: i32(),
        isr: array(i32()),
        partitionEpoch: i32(),
        replicas: array(i32()),
        offlineReplicas: array(i32(), { since: 4 }),
      }),
    }),
    liveBrokers: structs({
      id: i32(),
      host: str({ until: 0 }),
      port: i32({ until: 0 }),
      endpoints: structs(when({ since: 1 }), {
        port: i32(),
        host: str(),
        listenerName: str({ since: 3 }),
        securityProtocol: i16(), // 0 PLAINTEXT 1 SSL 2 SASL_PLAINTEXT 3 SASL_SSL
      }),
      rack: str({ since: 2, nullable: true }),
    }),
  },
  response: {
    errorCode: i16(),
  },
})
