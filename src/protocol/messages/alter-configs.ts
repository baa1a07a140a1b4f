/** AlterConfigs: replaces all of a resource's configs. IncrementalAlterConfigs changes single ones. */
import { bool, defineApi, i16, i32, i8, str, structs } from '../table.ts'

export const alterConfigs = defineApi({
  key: 33,
  name: 'AlterConfigs',
  versions: [0, 2],
  flexibleFrom: 2,
  request: {
    resources: structs({
      resourceType: i8(),
      resourceName: str(),
      configs: structs({
        name: str(),
        value: str({ nullable: true }),
      }),
    }),
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: i32(),
    resources: structs({
      errorCode: i16(),
      errorMessage: str({ nullable: true }),
      resourceType: i8(),
      resourceName: str(),
    }),
  },
})
