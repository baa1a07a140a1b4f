/** CreatePartitions: grows topics to a new total. */
import { array, bool, defineApi, i16, i32, str, structs, when } from '../table.ts'

export const createPartitions = defineApi({
  key: 37,
  name: 'CreatePartitions',
  versions: [0, 3],
  flexibleFrom: 2,
  request: {
    topics: structs({
      topic: str(),
      count: i32(),
      assignment: structs(when({ nullable: true }), {
        replicas: array(i32()),
      }),
    }),
    timeoutMs: i32(),
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: i32(),
    topics: structs({
      topic: str(),
      errorCode: i16(),
      errorMessage: str({ nullable: true }),
    }),
  },
})
