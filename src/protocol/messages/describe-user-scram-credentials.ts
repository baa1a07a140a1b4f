/** DescribeUserScramCredentials: which mechanisms a user has, never the secrets. */
import { defineApi, i16, i32, i8, str, structs, when } from '../table.ts'

export const describeUserScramCredentials = defineApi({
  key: 50,
  name: 'DescribeUserScramCredentials',
  versions: [0, 0],
  flexibleFrom: 0,
  request: {
    // users: null/empty = all
    users: structs(when({ nullable: true }), {
      name: str(),
    }),
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16(),
    errorMessage: str({ nullable: true }),
    results: structs({
      user: str(),
      errorCode: i16(),
      errorMessage: str({ nullable: true }),
      credentialInfos: structs({
        mechanism: i8(), // 1 SCRAM-SHA-256, 2 SCRAM-SHA-512
        iterations: i32(),
      }),
    }),
  },
})
