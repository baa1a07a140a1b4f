/** AlterReplicaLogDirs: moves replicas between the log directories of one broker. */
import { array, defineApi, i16, i32, str, structs } from '../table.ts'

export const alterReplicaLogDirs = defineApi({
  key: 34,
  name: 'AlterReplicaLogDirs',
  versions: [0, 2],
  flexibleFrom: 2,
  request: {
    dirs: structs({
      dir: str(),
      topics: structs({
        topic: str(),
        partitions: array(i32()),
      }),
    }),
  },
  response: {
    throttleTimeMs: i32(),
    topics: structs({
      topic: str(),
      partitions: structs({
        partition: i32(),
        errorCode: i16(),
      }),
    }),
  },
})
