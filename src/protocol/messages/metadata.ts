/** Metadata. "All topics" is an empty list in 0 and null from 1 on. 10+ knows topic ids, 12+ may ask by id alone, 13+ has an error of its own. */
import { array, bool, defineApi, i16, i32, minI32, str, structs, uuid, when } from '../table.ts'

export const metadata = defineApi({
  key: 3,
  name: 'Metadata',
  versions: [0, 13],
  flexibleFrom: 9,
  request: {
    topics: structs(when({ nullable: 1 }), {
      topicId: uuid({ since: 10 }),
      topic: str({ nullable: 10 }), // null only when asking by id
    }),
    allowAutoTopicCreation: bool({ since: 4, default: true }),
    includeClusterAuthorizedOperations: bool({ since: 8, until: 10 }),
    includeTopicAuthorizedOperations: bool({ since: 8 }),
  },
  response: {
    throttleTimeMs: i32({ since: 3 }),
    brokers: structs({
      nodeId: i32(),
      host: str(),
      port: i32(),
      rack: str({ since: 1, nullable: true }),
    }),
    clusterId: str({ since: 2, nullable: true }),
    controllerId: i32({ since: 1, default: -1 }),
    topics: structs({
      errorCode: i16(),
      topic: str({ nullable: 12 }),
      topicId: uuid({ since: 10 }),
      isInternal: bool({ since: 1 }),
      partitions: structs({
        errorCode: i16(),
        partition: i32(),
        leader: i32(), // -1 if none
        leaderEpoch: i32({ since: 7, default: -1 }),
        replicas: array(i32()),
        isr: array(i32()),
        offlineReplicas: array(i32(), { since: 5 }),
      }),
      authorizedOperations: i32({ since: 8, default: minI32 }), // bit n = ACL operation n; minI32 = not asked
    }),
    authorizedOperations: i32({ since: 8, until: 10, default: minI32 }),
    errorCode: i16({ since: 13 }), // 129 sends the client back to its bootstrap servers
  },
})
