/** ListGroups. 4+ shows and filters by state, 5+ by type. */
import { array, defineApi, i16, i32, str, structs } from '../table.ts'

export const listGroups = defineApi({
  key: 16,
  name: 'ListGroups',
  versions: [0, 5],
  flexibleFrom: 3,
  request: {
    statesFilter: array(str(), { since: 4, strict: true }), // empty = all
    typesFilter: array(str(), { since: 5, strict: true }), // classic consumer share streams; empty = all
  },
  response: {
    throttleTimeMs: i32({ since: 1 }),
    errorCode: i16(),
    groups: structs({
      groupId: str(),
      protocolType: str(),
      groupState: str({ since: 4 }),
      groupType: str({ since: 5 }),
    }),
  },
})
