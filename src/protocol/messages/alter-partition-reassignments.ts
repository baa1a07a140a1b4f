/**
 * AlterPartitionReassignments: starts or, with null replicas, ends the move of a partition. 1+ may forbid a change of the replication
 * factor.
 */
import { array, bool, defineApi, i16, i32, str, structs } from '../table.ts'

export const alterPartitionReassignments = defineApi({
  key: 45,
  name: 'AlterPartitionReassignments',
  versions: [0, 1],
  flexibleFrom: 0,
  request: {
    timeoutMs: i32(),
    allowReplicationFactorChange: bool({ since: 1, default: true, strict: true }),
    topics: structs({
      topic: str(),
      partitions: structs({
        partition: i32(),
        replicas: array(i32(), { nullable: true }), // null = cancel
      }),
    }),
  },
  response: {
    throttleTimeMs: i32(),
    allowReplicationFactorChange: bool({ since: 1, default: true }),
    errorCode: i16(),
    errorMessage: str({ nullable: true }),
    topics: structs({
      topic: str(),
      partitions: structs({
        partition: i32(),
        errorCode: i16(),
        errorMessage: str({ nullable: true }),
      }),
    }),
  },
})
