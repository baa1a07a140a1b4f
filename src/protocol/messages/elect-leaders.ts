/** ElectLeaders. 0 is about preferred leaders only, 1+ about unclean elections too. */
import { array, defineApi, i16, i32, i8, str, structs, when } from '../table.ts'

export const electLeaders = defineApi({
  key: 43,
  name: 'ElectLeaders',
  versions: [0, 2],
  flexibleFrom: 2,
  request: {
    electionType: i8({ since: 1, strict: true }), // 0 preferred, 1 unclean
    // topics: null = all partitions
    topics: structs(when({ nullable: true }), {
      topic: str(),
      partitions: array(i32()),
    }),
    timeoutMs: i32(),
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16({ since: 1 }),
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
