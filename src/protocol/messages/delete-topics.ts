/** DeleteTopics. 0-5 by name, 6+ by name or id. */
import { array, defineApi, i16, i32, str, structs, uuid, when } from '../table.ts'

export const deleteTopics = defineApi({
  key: 20,
  name: 'DeleteTopics',
  versions: [0, 6],
  flexibleFrom: 4,
  request: {
    topicNames: array(str(), { until: 5 }),
    topics: structs(when({ since: 6, strict: true }), {
      topic: str({ nullable: true }),
      topicId: uuid(),
    }),
    timeoutMs: i32(),
  },
  response: {
    throttleTimeMs: i32({ since: 1 }),
    topics: structs({
      topic: str({ nullable: 6 }), // null if asked by unknown id
      topicId: uuid({ since: 6 }),
      errorCode: i16(),
      errorMessage: str({ since: 5, nullable: true }),
    }),
  },
})
