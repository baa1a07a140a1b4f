/**
 * CreateTopics. 1+ can validate only, 4+ may leave counts to the broker's defaults, 5+ answers with the effective counts and configs, 7+
 * with the topic id.
 */
import { array, bool, defineApi, i16, i32, i8, str, structs, uuid, when } from '../table.ts'

export const createTopics = defineApi({
  key: 19,
  name: 'CreateTopics',
  versions: [0, 7],
  flexibleFrom: 5,
  request: {
    topics: structs({
      topic: str(),
      numPartitions: i32(), // -1 = broker default (4+) or explicit assignment
      replicationFactor: i16(), // -1 = broker default (4+) or explicit assignment
      replicaAssignment: structs({
        partition: i32(),
        replicas: array(i32()),
      }),
      configs: structs({
        name: str(),
        value: str({ nullable: true }),
      }),
    }),
    timeoutMs: i32(),
    validateOnly: bool({ since: 1, strict: true }),
  },
  response: {
    throttleTimeMs: i32({ since: 2 }),
    topics: structs({
      topic: str(),
      topicId: uuid({ since: 7 }),
      errorCode: i16(),
      errorMessage: str({ since: 1, nullable: true }),
      configErrorCode: i16({ since: 5, tag: 0 }),
      numPartitions: i32({ since: 5, default: -1 }),
      replicationFactor: i16({ since: 5, default: -1 }),
      // configs: null if not authorized
      configs: structs(when({ since: 5, nullable: true }), {
        name: str(),
        value: str({ nullable: true }),
        readOnly: bool(),
        source: i8({ default: -1 }), // ConfigSource
        isSensitive: bool(),
      }),
    }),
  },
})
