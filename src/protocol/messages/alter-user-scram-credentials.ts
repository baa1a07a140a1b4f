/** AlterUserScramCredentials: the client salts and hashes, the password itself is not sent. */
import { bytes, defineApi, i16, i32, i8, str, structs } from '../table.ts'

export const alterUserScramCredentials = defineApi({
  key: 51,
  name: 'AlterUserScramCredentials',
  versions: [0, 0],
  flexibleFrom: 0,
  request: {
    deletions: structs({
      name: str(),
      mechanism: i8(),
    }),
    upsertions: structs({
      name: str(),
      mechanism: i8(),
      iterations: i32(),
      salt: bytes(),
      saltedPassword: bytes(),
    }),
  },
  response: {
    throttleTimeMs: i32(),
    results: structs({
      user: str(),
      errorCode: i16(),
      errorMessage: str({ nullable: true }),
    }),
  },
})
