/** ListConfigResources. 0 lists client metrics only. */
import { array, defineApi, i16, i32, i8, str, structs } from '../table.ts'

export const listConfigResources = defineApi({
  key: 74,
  name: 'ListConfigResources',
  versions: [0, 1],
  flexibleFrom: 0,
  request: {
    resourceTypes: array(i8(), { since: 1, strict: true }), // v0 = client metrics only; empty = all supported
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16(),
    configResources: structs({
      name: str(),
      type: i8({ since: 1, default: 16 }),
    }),
  },
})
