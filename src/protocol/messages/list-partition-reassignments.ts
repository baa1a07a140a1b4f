/** ListPartitionReassignments: the moves that are under way. */
import { array, defineApi, i16, i32, str, structs, when } from '../table.ts'

export const listPartitionReassignments = defineApi({
  key: 46,
  name: 'ListPartitionReassignments',
  versions: [0, 0],
  flexibleFrom: 0,
  request: {
    timeoutMs: i32(),
    // topics: null = all
    topics: structs(when({ nullable: true }), {
      topic: str(),
      partitions: array(i32()),
    }),
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16(),
    errorMessage: str({ nullable: true }),
    topics: structs({
      topic: str(),
      partitions: structs({
        partition: i32(),
        replicas: array(i32()),
        addingReplicas: array(i32()),
        removingReplicas: array(i32()),
      }),
    }),
  },
})
