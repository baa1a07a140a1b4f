/** IncrementalAlterConfigs: sets, removes, appends to or subtracts from single configs. */
import { bool, defineApi, i16, i32, i8, str, structs } from '../table.ts'

export const incrementalAlterConfigs = defineApi({
  key: 44,
  name: 'IncrementalAlterConfigs',
  versions: [0, 1],
  flexibleFrom: 1,
  request: {
    resources: structs({
      resourceType: i8(),
      resourceName: str(),
      configs: structs({
        name: str(),
        op: i8(), // 0 SET 1 DELETE 2 APPEND 3 SUBTRACT
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
