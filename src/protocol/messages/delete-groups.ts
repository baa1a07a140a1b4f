/** DeleteGroups: removes groups without members, and their offsets. */
import { array, defineApi, i16, i32, str, structs } from '../table.ts'

export const deleteGroups = defineApi({
  key: 42,
  name: 'DeleteGroups',
  versions: [0, 2],
  flexibleFrom: 2,
  request: {
    groups: array(str()),
  },
  response: {
    throttleTimeMs: i32(),
    groups: structs({
      groupId: str(),
      errorCode: i16(),
    }),
  },
})
