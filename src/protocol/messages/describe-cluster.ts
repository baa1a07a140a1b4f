/** DescribeCluster: the brokers, for admin clients. 1+ may ask for controllers, 2+ for fenced brokers. */
import { bool, defineApi, i16, i32, i8, minI32, str, structs } from '../table.ts'

export const describeCluster = defineApi({
  key: 60,
  name: 'DescribeCluster',
  versions: [0, 2],
  flexibleFrom: 0,
  request: {
    includeClusterAuthorizedOperations: bool(),
    endpointType: i8({ since: 1, default: 1, strict: true }), // 1 brokers, 2 controllers
    includeFencedBrokers: bool({ since: 2 }),
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16(),
    errorMessage: str({ nullable: true }),
    endpointType: i8({ since: 1, default: 1 }),
    clusterId: str(),
    controllerId: i32({ default: -1 }),
    brokers: structs({
      nodeId: i32(),
      host: str(),
      port: i32(),
      rack: str({ nullable: true }),
      isFenced: bool({ since: 2 }),
    }),
    clusterAuthorizedOperations: i32({ default: minI32 }),
  },
})
